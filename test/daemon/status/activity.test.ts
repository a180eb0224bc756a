import { describe, expect, it } from 'vitest';
import { Activity } from '../../../src/daemon/status/activity.ts';
import { createLiveScan } from '../../support/live-scans.ts';
import { createRanking } from '../../support/rankings.ts';

const { summary } = createRanking(2, { scan: 'over' });

describe('Activity', () => {
  it('goes from idle to scanning to publishing and back', () => {
    const activity = new Activity();
    const states = [activity.state];
    activity.begin(createLiveScan());
    states.push(activity.state);
    activity.publish();
    states.push(activity.state);
    activity.end(summary);
    states.push(activity.state);
    expect(states).toEqual(['idle', 'scanning', 'publishing', 'idle']);
    expect([activity.live, activity.lastSummary]).toEqual([undefined, summary]);
  });

  it('scans again after a scan that was published', () => {
    const activity = new Activity();
    activity.begin(createLiveScan());
    activity.publish();
    activity.end(summary);
    activity.begin(createLiveScan());
    expect(activity.state).toBe('scanning');
  });

  it('is stopping once it is told so, with the scan that is still under way', () => {
    const activity = new Activity();
    const live = createLiveScan();
    activity.begin(live);
    activity.stop();
    expect([activity.state, activity.live]).toEqual(['stopping', live]);
  });

  it('keeps the last summary over a scan that failed', () => {
    const activity = new Activity();
    activity.begin(createLiveScan());
    activity.end(summary);
    activity.begin(createLiveScan());
    activity.end();
    expect(activity.lastSummary).toBe(summary);
  });

  it('tells of the end of each scan, and of none where nothing was under way', () => {
    const activity = new Activity();
    let ends = 0;
    const unsubscribe = activity.onEnd(() => ends++);
    activity.end(summary);
    expect([ends, activity.lastSummary]).toEqual([0, undefined]);
    activity.begin(createLiveScan());
    activity.end();
    activity.end();
    expect(ends).toBe(1);
    unsubscribe();
    activity.begin(createLiveScan());
    activity.end();
    expect(ends).toBe(1);
  });

  it('adds up what has passed the stages of all scans', () => {
    const activity = new Activity();
    const stage = (name: string, passed: number) => ({ stage: name, inside: 0, passed, seconds: 0 });
    activity.begin(createLiveScan({ stages: [stage('fetch', 3), stage('score', 2)] }));
    expect(Object.fromEntries(activity.passed)).toEqual({ fetch: 3, score: 2 });
    activity.end();
    expect(Object.fromEntries(activity.passed)).toEqual({ fetch: 3, score: 2 });
    activity.begin(createLiveScan({ stages: [stage('score', 5)] }));
    expect(Object.fromEntries(activity.passed)).toEqual({ fetch: 3, score: 7 });
  });
});
