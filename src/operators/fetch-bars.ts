import { Observable, type OperatorFunction } from 'rxjs';
import { ScanError, type SymbolErrorCode } from '../errors.ts';
import { AdaptiveConcurrency, type Verdict } from '../state/adaptive-concurrency.ts';
import { Breaker } from '../state/breaker.ts';
import { CallPlaces, type Place } from '../state/call-places.ts';
import { type Clock, systemClock } from '../state/clock.ts';
import { Fifo } from '../state/fifo.ts';
import { type Limiter, RateLimiter } from '../state/rate-limit.ts';
import type { Slowest } from '../state/slowest.ts';
import { type Stop, skippedBy } from '../state/stop.ts';
import type { BarSource, Entry, History, Traveller } from '../types.ts';

type Missing = Extract<Traveller, { kind: 'missing' }>;

export interface FetchBarsOptions {
  /** Requests under way at once, at most. @default 64 */
  readonly concurrency?: number;
  /** How many of them, as the provider takes them. @default as `AdaptiveConcurrency` */
  readonly adaptive?: AdaptiveConcurrency;
  /** Where the calls under way are counted, of one subscription. @default `concurrency` places */
  readonly places?: CallPlaces;
  /** Told how long each call took, waiting for tokens not counted. */
  readonly slowest?: Pick<Slowest, 'offer'>;
  /** Milliseconds that one attempt may take, from request to last byte. @default 10_000 */
  readonly timeoutMs?: number;
  /** The limiter that the source takes its tokens from. @default one without a limit */
  readonly limiter?: Limiter;
  /** Makes attempts wait while the provider is in trouble. @default one with its own defaults */
  readonly breaker?: Breaker;
  readonly stop: Stop;
  readonly now?: () => number;
}

interface Call {
  readonly traveller: Missing;
  readonly cut: AbortController;
  readonly place: Place;
  readonly isAgain: boolean;
  readonly isProbe: boolean;
  readonly ticket: number;
  readonly epoch: number;
}

/** Failures by which a provider shows that it is in trouble. */
const TROUBLE: ReadonlySet<SymbolErrorCode> = new Set(['connection-failed', 'timed-out', 'server-error']);

/**
 * Fetches the bars of each missing symbol: one attempt, no retry.
 *
 * Where the provider says how long to wait (`Retry-After`), every attempt that has not started waits that long: the
 * limit is the key's, not the symbol's. Neither that, nor waiting for a token or for the breaker takes from a
 * symbol's time. Symbols that failed before (`leftMs`) say nothing of the provider by failing again: a few dead ones
 * neither open the breaker nor lower the concurrency. While the provider is well, a symbol that used its time up once
 * has a quarter of it in further attempts, or four times what calls take.
 *
 * Order: as fetches finish; started in order of arrival, those that failed before ahead of the others while they have
 * less than a quarter of the places. Failure: that symbol's outcome, the stream goes on. Holds: every waiting symbol,
 * and at most `concurrency` bodies.
 */
export function fetchBars(
  source: Pick<BarSource, 'fetchBars'>,
  history: History,
  {
    concurrency = 64,
    adaptive = new AdaptiveConcurrency({ ceiling: concurrency }),
    places = new CallPlaces(concurrency),
    slowest,
    timeoutMs = 10_000,
    now = systemClock.now,
    limiter = new RateLimiter(undefined, { clock: { ...systemClock, now } }),
    breaker = new Breaker({ clock: { ...systemClock, now } }),
    stop,
  }: FetchBarsOptions,
): OperatorFunction<Missing, Traveller> {
  const clock: Clock = { ...systemClock, now };

  const timedOut = new WeakSet<Entry>();

  /** Milliseconds for an attempt. Where others are answered quickly, what took all of its time once gets less. */
  const timeFor = ({ entry, leftMs = timeoutMs }: Missing): number => {
    const isStuck = timedOut.has(entry) && breaker.isWell;
    const longest = isStuck ? Math.max(timeoutMs / 4, 4 * adaptive.typicalMs || 0) : timeoutMs;
    return Math.min(timeoutMs, longest, leftMs);
  };

  const attempt = async ({ traveller, cut }: Call): Promise<Traveller> => {
    const { entry } = traveller;
    const { signal } = cut;
    const limitMs = timeFor(traveller);
    const started = now();
    const cancelCut = cutAfter(limitMs, cut);
    try {
      const payload = await source.fetchBars(entry.symbol, history, signal);
      // A batch goes to a thread as one block: what is no bytes must not get that far.
      if (!payload.pages.every((page) => page instanceof Uint8Array))
        throw new TypeError('A page that is no bytes');
      return { kind: 'fetched', entry, payload };
    } catch (cause) {
      if (stop.reason !== undefined) return skippedBy(stop, entry);
      const error = signal.aborted
        ? new ScanError('timed-out', `No complete answer within ${limitMs} ms`, { stage: 'fetch', cause })
        : ScanError.from(cause, 'fetch');
      if (error.code === 'timed-out') timedOut.add(entry);
      if (error.retryAfterMs !== undefined) limiter.pauseFor(error.retryAfterMs);
      return { kind: 'failed', entry, error, ms: now() - started - limiter.waitedBy(signal) };
    } finally {
      cancelCut();
    }
  };

  /** Cuts a call off after `ms`, not counting what it waits for tokens. */
  const cutAfter = (ms: number, cut: AbortController): (() => void) => {
    let waited = 0;
    const look = () => {
      const waitedMore = limiter.waitedBy(cut.signal) - waited;
      waited += waitedMore;
      if (waitedMore > 0) cancel = clock.after(waitedMore, look);
      else cut.abort();
    };
    let cancel = clock.after(ms, look);
    return () => cancel();
  };

  return (travellers) =>
    new Observable<Traveller>((subscriber) => {
      const first = new Fifo<Missing>();
      const again = new Fifo<Missing>();
      const underWay = new Set<Call>();
      let ended = false;
      let cancelWake: (() => void) | undefined;

      /** The next one that may start, if any. */
      const next = (isProbe: boolean): Missing | undefined => {
        if (!places.hasPlace(adaptive.limit)) return undefined;
        // What a symbol that has failed before would say of the provider is worth less.
        const goesAgain = again.size > 0 && !(isProbe && first.size > 0);
        if (goesAgain && places.mayGoAgain(adaptive.limit, first.size > 0)) return again.shift();
        return first.shift();
      };
      const pump = () => {
        if (stop.reason !== undefined) skipWaiting();
        while (!subscriber.closed && first.size + again.size > 0 && cancelWake === undefined) {
          const waitMs = Math.max(breaker.waitMs, limiter.pausedUntil - now());
          if (waitMs === Number.POSITIVE_INFINITY) return;
          if (waitMs > 0) {
            cancelWake = clock.after(waitMs, wake);
            return;
          }
          const isProbe = breaker.state !== 'closed';
          const traveller = next(isProbe);
          if (traveller === undefined) return;
          start(traveller, isProbe);
        }
      };
      const wake = () => {
        cancelWake = undefined;
        pump();
      };
      const start = (traveller: Missing, isProbe: boolean) => {
        const isAgain = traveller.leftMs !== undefined;
        const call: Call = {
          traveller,
          cut: new AbortController(),
          place: places.take(isAgain),
          isAgain,
          isProbe,
          ticket: breaker.start(),
          epoch: adaptive.epoch,
        };
        underWay.add(call);
        const started = now();
        attempt(call).then(
          (result) => leave(call, result, now() - started),
          (error: unknown) => subscriber.error(error),
        );
      };
      const leave = (call: Call, result: Traveller, ms: number) => {
        const { cut, place, isAgain, isProbe, ticket, epoch } = call;
        const isBusy = places.isBusy(adaptive.limit);
        underWay.delete(call);
        const isOvertaken = places.leave(place, !cut.signal.aborted, adaptive.limit);
        const verdict = verdictOf(result);
        const hasFailed = verdict === 'nothing' ? undefined : verdict === 'failed';
        const isOwn = isAgain && hasFailed === true;
        breaker.settle(ticket, isOwn && !isProbe ? undefined : hasFailed);
        // Whoever fails after all others were served was not one too many.
        const isLoad = !isOwn && !(isOvertaken && hasFailed === true);
        const tookMs = ms - limiter.waitedBy(cut.signal);
        slowest?.offer(call.traveller.entry.symbol, tookMs);
        adaptive.settle(epoch, isLoad ? verdict : 'nothing', tookMs, isBusy);
        subscriber.next(result);
        pump();
        endIfDone();
      };
      const endIfDone = () => {
        if (ended && underWay.size === 0 && first.size + again.size === 0) subscriber.complete();
      };
      const skipWaiting = () => {
        for (const waiting of [first, again]) {
          for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
            subscriber.next(skippedBy(stop, each.entry));
          }
        }
      };
      /** What is under way is cut, and what has not begun leaves behind the first of that. */
      const giveUp = () => {
        cancelWake?.();
        for (const { cut } of underWay) cut.abort();
        if (underWay.size > 0) return;
        skipWaiting();
        endIfDone();
      };

      stop.onStop(giveUp);
      subscriber.add(() => {
        cancelWake?.();
        stop.offStop(giveUp);
        for (const { cut } of underWay) cut.abort();
      });
      subscriber.add(
        travellers.subscribe({
          next: (traveller) => {
            if (stop.reason !== undefined) {
              subscriber.next(skippedBy(stop, traveller.entry));
              return;
            }
            (traveller.leftMs === undefined ? first : again).push(traveller);
            pump();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            ended = true;
            endIfDone();
          },
        }),
      );
    });
}

function verdictOf(result: Traveller): Verdict {
  if (result.kind === 'skipped') return 'nothing';
  if (result.kind !== 'failed') return 'well';
  const { code } = result.error;
  if (code === 'rate-limited') return 'refused';
  // Ours, not the provider's.
  if (code === 'defect') return 'nothing';
  return TROUBLE.has(code) ? 'failed' : 'well';
}
