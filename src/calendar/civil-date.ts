/** Dates of the calendar as day numbers (`Session`: days since 1970-01-01). */
import { MS_PER_DAY } from '../session.ts';
import type { Session } from '../types.ts';

export const SUNDAY = 0;
export const MONDAY = 1;
export const TUESDAY = 2;
export const WEDNESDAY = 3;
export const THURSDAY = 4;
export const FRIDAY = 5;
export const SATURDAY = 6;

/** The day number of a date; months from 1. */
export function dayNumber(year: number, month: number, day: number): Session {
  return Date.UTC(year, month - 1, day) / MS_PER_DAY;
}

export function yearOf(day: Session): number {
  return new Date(day * MS_PER_DAY).getUTCFullYear();
}

/** Day of the week, 0 (Sunday) to 6. */
export function weekdayOf(day: Session): number {
  // Day 0 was a Thursday; the second remainder is for days before 1970.
  return (((day + THURSDAY) % 7) + 7) % 7;
}

/** The `nth` (from 1) given weekday of a month. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): Session {
  const first = dayNumber(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7;
}

/** The last given weekday of a month. */
export function lastWeekday(year: number, month: number, weekday: number): Session {
  const last = dayNumber(year, month + 1, 1) - 1;
  return last - ((weekdayOf(last) - weekday + 7) % 7);
}
