import { lastValueFrom, tap } from 'rxjs';
import { digestList, subjectKey } from '../../daemon/changes/subject-key.ts';
import type { ScanRequest } from '../../daemon/request.ts';
import type { Activity } from '../../daemon/status/activity.ts';
import type { Manifest } from '../../journal/manifest.ts';
import type { Logger } from '../../log.ts';
import { runScan, type ScanEvent } from '../../streams/run-scan.ts';
import type { Ranking, SymbolId } from '../../types.ts';
import { asOfSession } from '../as-of-session.ts';
import { createScreens } from '../create-screens.ts';
import { formingSession } from '../open-scan.ts';
import type { OpenParts } from './open-parts.ts';
import { Receipts } from './receipts.ts';

export interface ScanRequestOptions {
  readonly log: Logger;
  readonly activity: Activity;
  readonly signal: AbortSignal;
  /** The entry of a stream that asks for it. */
  readonly entry?: string | undefined;
}

/** What came of a request. */
export interface RequestedScan {
  readonly ranking: Ranking;
  /** What ended the scan before its end. */
  readonly lost: unknown;
  /** What the ranking is made of, where a journal asks for it. */
  readonly manifest: (() => Manifest) | undefined;
  /** The same for rankings that can be compared; `undefined` where the list was not read to its end. */
  readonly subject: string | undefined;
}

/**
 * Scans what a request asks for, with the daemon's settings where it says nothing.
 *
 * Failure: `ConfigError` for a request that cannot be scanned, and what ends a scan before there is a ranking.
 */
export async function scanRequest(
  request: ScanRequest,
  { settings, engine, journal }: Pick<OpenParts, 'settings' | 'engine' | 'journal'>,
  { log, activity, signal, entry }: ScanRequestOptions,
): Promise<RequestedScan> {
  const asked = settingsOf(request, settings);
  const { where, screen, define, top, rankBy } = asked;
  const screens = await createScreens({ where, screen, define });
  const named = request.universe === undefined ? undefined : engine.openList(request.universe, request.asOf);
  const given = givenList(request);
  const recorder = journal?.startScan();
  const receipts = settings.withReceipts ? new Receipts(request.id, top !== undefined) : undefined;
  const failed = new Set<SymbolId>();
  let ranking: Ranking | undefined;
  try {
    const events = runScan({
      ...engine.options,
      id: request.id,
      universe: named ?? given.universe,
      asOf: asOfSession(asked),
      forming: request.asOf === undefined ? formingSession(settings, log) : undefined,
      ...{ screens, top, rankBy, signal },
      onStart: (live) => activity.begin(live),
      onBeside: recorder?.onBeside,
    }).pipe(
      tap((event: ScanEvent) => {
        if (event.kind === 'ranking') ranking = { ...event.ranking, failed };
        else {
          recorder?.take(event);
          receipts?.take(event);
          if (event.kind === 'failed') failed.add(event.entry.symbol);
        }
      }),
    );
    const lost = await lastValueFrom(events).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (ranking === undefined) throw lost;
    const whole = ranking;
    const { dataset } = engine.options.source;
    const manifest = recorder && (() => recorder.manifest({ ranking: whole, dataset, settings: asked }));
    const list = given.digest();
    const subject =
      named === undefined && list === undefined
        ? undefined
        : subjectKey({ ...asked, universe: request.universe, list, asOf: request.asOf });
    return { ranking: published(whole, receipts, entry), lost, manifest, subject };
  } finally {
    named?.stop();
  }
}

/** A ranking with what goes with it into outputs. */
function published(ranking: Ranking, receipts: Receipts | undefined, entry: string | undefined): Ranking {
  const accounted = receipts?.addTo(ranking) ?? ranking;
  return entry === undefined
    ? accounted
    : { ...accounted, summary: { ...accounted.summary, request: entry } };
}

/** The settings of one scan. */
export function settingsOf(request: ScanRequest, settings: OpenParts['settings']): OpenParts['settings'] {
  const { where, screen, top, rankBy, asOf } = request;
  return {
    ...settings,
    where: where ?? settings.where,
    screen: screen ?? settings.screen,
    top: top ?? settings.top,
    rankBy: rankBy ?? settings.rankBy,
    asOf: asOf ?? settings.asOf,
  };
}

/** The list that comes with a request, and what it is called once it was read. */
function givenList({ list = [] }: ScanRequest) {
  if (Symbol.iterator in list) return { universe: list, digest: () => list };
  const digested = digestList(list);
  return {
    universe: { chunks: digested.list, isFile: false, stop() {} },
    digest: digested.digest,
  };
}
