/**
 * The table of settings: parsing, `--help`, the reference page and the variables all come from it.
 *
 * A setting `cacheDir` is the option `--cache-dir`, the variable `TAPESCAN_CACHE_DIR` and the key `cache-dir` of a
 * configuration file. An option wins over a variable, that over the file, that over the default.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CommandName } from './command-names.ts';
import { PROFILES, RULE_NAMES } from './rules.ts';
import { hostPort } from './settings/host-port.ts';
import {
  choice,
  date,
  decimal,
  duration,
  flag,
  httpUrl,
  integer,
  integerOr,
  type Kind,
  namedNumber,
  namedSwitch,
  namedText,
  rate,
  size,
  text,
} from './settings/kinds.ts';
import { INSTRUMENTS } from './types.ts';

/** What a command takes beside its options; all of it must be given. */
export const OPERANDS: Readonly<Record<CommandName, readonly string[]>> = {
  scan: [],
  daemon: [],
  top: [],
  replay: ['SCAN'],
  explain: ['SYMBOL'],
  diff: ['A', 'B'],
  check: ['lookahead'],
  cache: ['stats|verify|clear|warm'],
  doctor: [],
  sources: [],
  simulate: [],
  validate: [],
};

/** Headings of `--help`, in its order. */
export const GROUPS = [
  'Input',
  'Output',
  'Data',
  'Rules',
  'Criteria',
  'Plan',
  'Limits',
  'Cache',
  'Daemon',
  'Simulator',
  'General',
] as const;

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Setting<T> {
  readonly kind: Kind<T>;
  /** The value where nothing is said; without one, what `unset` says. */
  readonly default?: T;
  /** What happens without a value, for people. */
  readonly unset?: string;
  /** The value where nothing is said, from variables that other programs use too. */
  readonly fallback?: (env: Environment) => T | undefined;
  /** Placeholder of the value in help; none for a switch. */
  readonly value?: string;
  readonly help: string;
  readonly group: (typeof GROUPS)[number];
  readonly commands: readonly CommandName[];
  /**
   * May be given several times: a list in a file (or a map, of what is `NAME=VALUE`), separated in a variable by commas;
   * by line breaks where values may have commas in them.
   */
  readonly many?: true | 'lines';
  /** Read from the environment only, and never shown. */
  readonly secret?: true;
}

const scan = ['scan', 'daemon', 'doctor', 'validate'] as const;
/** What a daemon takes, and who looks whether it can. */
const daemon = ['daemon', 'doctor'] as const;
/** What writes a ranking. */
const ranking = ['scan', 'daemon', 'replay', 'doctor', 'validate'] as const;
/** What one scan writes once. */
const oneScan = ['scan', 'validate'] as const;
/** What fetches bars. */
const fetching = ['scan', 'daemon', 'doctor', 'check', 'cache', 'validate'] as const;
const keeping = ['scan', 'daemon', 'replay', 'doctor', 'cache', 'validate'] as const;
const reading = ['explain', 'diff', 'check'] as const;
const simulator = ['scan', 'daemon', 'doctor', 'check', 'cache', 'simulate', 'validate'] as const;

/** Quiet to talkative; `silent` writes nothing. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const FORMATS = ['ndjson', 'csv', 'json', 'table'] as const;
export const SOURCES = ['polygon', 'alpaca', 'archive', 'tiingo', 'yahoo', 'simulator'] as const;

export const SETTINGS = {
  universe: setting({
    kind: text('a file, or - for standard input'),
    default: '-',
    value: 'FILE',
    help: 'Symbols to scan: one or several a line, CSV with a symbol column, or NDJSON; - reads standard input; us-stocks is what the provider lists',
    group: 'Input',
    commands: fetching,
  }),
  from: setting({
    kind: text('a file, or - for standard input'),
    default: '-',
    value: 'FILE',
    help: 'The ranking to explain by: NDJSON, CSV or JSON; - reads standard input',
    group: 'Input',
    commands: ['explain'],
  }),
  listings: setting({
    kind: text('a file'),
    unset: 'none',
    value: 'FILE',
    help: 'What is known of symbols (sector, market cap, kind): the NASDAQ screener, the NASDAQ Trader directory, or any CSV with a symbol column; may be repeated',
    group: 'Input',
    commands: scan,
    many: 'lines',
  }),
  asOf: setting({
    kind: date,
    unset: 'the last completed session',
    value: 'DATE',
    help: 'Scan as if it were the evening of this day',
    group: 'Input',
    commands: fetching,
  }),
  live: setting({
    kind: flag,
    default: false,
    help: 'Score the bars so far of the session under way too, from the provider’s snapshot: one call; they are not kept',
    group: 'Input',
    commands: scan,
  }),
  lookback: setting({
    kind: integer(2, 5000),
    default: 260,
    value: 'SESSIONS',
    help: 'Bars that each symbol is judged by, at most',
    group: 'Input',
    commands: fetching,
  }),

  out: setting({
    kind: text('a file, - or redis://host/0/stream'),
    unset: 'standard output',
    value: 'WHERE',
    help: 'Write the ranking to a file, to - (standard output), or to redis://HOST/DB/STREAM (?maxlen=N trims the stream, ?latest=NAME keeps the newest ranking beside it); may be repeated',
    group: 'Output',
    commands: ranking,
    many: true,
  }),
  format: setting({
    kind: choice(FORMATS),
    unset: 'by the ending of the file; a table on a terminal; else ndjson',
    value: 'FORMAT',
    help: 'ndjson, csv, json or table; of an explanation or a difference, json or table',
    group: 'Output',
    commands: [...ranking, ...reading],
  }),
  top: setting({
    kind: integer(1, 10_000_000),
    unset: 'all',
    value: 'N',
    help: 'Write the best N only; ranked by the classic rating, no more rows are kept in memory',
    group: 'Output',
    commands: scan,
  }),
  limit: setting({
    kind: integer(1, 10_000_000),
    default: 20,
    value: 'N',
    help: 'Symbols of each kind in a table of differences, at most',
    group: 'Output',
    commands: ['diff'],
  }),
  rankBy: setting({
    kind: choice(['classic', 'composite']),
    default: 'classic',
    value: 'SCORE',
    help: 'What counts first: the classic rating, or the composite score, which compares all symbols of the scan',
    group: 'Output',
    commands: scan,
  }),
  cutEvery: setting({
    kind: integer(1, 10_000),
    default: 20,
    value: 'N',
    help: 'Cut each history at every so many sessions',
    group: 'Input',
    commands: ['check'],
  }),
  cutLast: setting({
    kind: integer(0, 10_000),
    default: 5,
    value: 'N',
    help: 'Cut each history at each of the last so many sessions too',
    group: 'Input',
    commands: ['check'],
  }),
  receipts: setting({
    kind: text('a file'),
    unset: 'none',
    value: 'FILE',
    help: 'How every symbol left the scan, as NDJSON: written by scan, read by explain',
    group: 'Output',
    commands: [...oneScan, 'explain'],
  }),
  summary: setting({
    kind: text('a file'),
    unset: 'none',
    value: 'FILE',
    help: 'Write counts, calls, bytes, cache hits, seconds and memory, as JSON',
    group: 'Output',
    commands: oneScan,
  }),
  trace: setting({
    kind: text('a folder'),
    unset: 'none',
    value: 'DIR',
    help: 'Write a timeline and CPU profiles of the scan into a folder, and how busy each thread was to standard error',
    group: 'Output',
    commands: oneScan,
  }),
  scanId: setting({
    kind: text(),
    unset: 'made from the session, the time and chance',
    value: 'ID',
    help: 'Name of the scan in rows and receipts',
    group: 'Output',
    commands: oneScan,
  }),

  source: setting({
    kind: choice(SOURCES),
    default: 'polygon',
    value: 'NAME',
    help: 'Where bars come from (tapescan sources); simulator is a synthetic market, served inside this process',
    group: 'Data',
    commands: fetching,
  }),
  polygonUrl: setting({
    kind: httpUrl,
    default: 'https://api.polygon.io',
    value: 'URL',
    help: 'Base URL of the Polygon API, or of what speaks like it',
    group: 'Data',
    commands: fetching,
  }),
  polygonKey: setting({
    kind: text(),
    unset: 'POLYGON_API_KEY; without that, none is sent',
    fallback: (env: Environment) => env.POLYGON_API_KEY || undefined,
    help: 'API key of Polygon',
    group: 'Data',
    commands: fetching,
    secret: true,
  }),
  alpacaUrl: setting({
    kind: httpUrl,
    default: 'https://data.alpaca.markets',
    value: 'URL',
    help: 'Base URL of the Alpaca API, or of what speaks like it',
    group: 'Data',
    commands: fetching,
  }),
  alpacaFeed: setting({
    kind: choice(['sip', 'iex', 'otc']),
    unset: 'the best that the key may have',
    value: 'FEED',
    help: 'Venues that Alpaca reports: sip is all of them; iex has a fortieth of the volume',
    group: 'Data',
    commands: fetching,
  }),
  alpacaKeyId: setting({
    kind: text(),
    unset: 'APCA_API_KEY_ID',
    fallback: (env: Environment) => env.APCA_API_KEY_ID || undefined,
    help: 'API key of Alpaca, its name',
    group: 'Data',
    commands: fetching,
    secret: true,
  }),
  alpacaSecret: setting({
    kind: text(),
    unset: 'APCA_API_SECRET_KEY',
    fallback: (env: Environment) => env.APCA_API_SECRET_KEY || undefined,
    help: 'API key of Alpaca, its secret',
    group: 'Data',
    commands: fetching,
    secret: true,
  }),
  tiingoUrl: setting({
    kind: httpUrl,
    default: 'https://api.tiingo.com',
    value: 'URL',
    help: 'Base URL of the Tiingo API, or of what speaks like it',
    group: 'Data',
    commands: fetching,
  }),
  tiingoToken: setting({
    kind: text(),
    unset: 'TIINGO_API_KEY',
    fallback: (env: Environment) => env.TIINGO_API_KEY || undefined,
    help: 'API token of Tiingo',
    group: 'Data',
    commands: fetching,
    secret: true,
  }),
  yahooUrl: setting({
    kind: httpUrl,
    default: 'https://query2.finance.yahoo.com',
    value: 'URL',
    help: 'Base URL of Yahoo’s chart service, or of what speaks like it',
    group: 'Data',
    commands: fetching,
  }),
  archive: setting({
    kind: text('a file or a folder'),
    unset: 'none',
    value: 'PATH',
    help: 'Bars for --source archive: CSV (.gz too), Parquet or Stooq files, one for all symbols or one for each',
    group: 'Data',
    commands: fetching,
  }),
  archiveRaw: setting({
    kind: flag,
    default: false,
    help: 'The prices of --archive are as traded, not adjusted for splits',
    group: 'Data',
    commands: fetching,
  }),
  publishDelay: setting({
    kind: duration('0s', '24h'),
    default: 30 * 60_000,
    value: 'TIME',
    help: 'How long after the close a session’s bars are taken to be final',
    group: 'Data',
    commands: fetching,
  }),
  slack: setting({
    kind: integer(0, 5000),
    default: 0,
    value: 'SESSIONS',
    help: 'Look so much further back for the bars that a symbol with gaps lacks',
    group: 'Data',
    commands: fetching,
  }),
  noBatch: setting({
    kind: flag,
    default: false,
    help: 'Fetch each symbol alone, also where many at once would take less time',
    group: 'Data',
    commands: scan,
  }),
  plan: setting({
    kind: flag,
    default: false,
    help: 'Print what would be fetched (calls, bytes, time at --rate, what is kept) and stop',
    group: 'Data',
    commands: ['scan'],
  }),
  weight: setting({
    kind: namedNumber([
      'trend',
      'momentum',
      'volume',
      'volatility',
      'oscillator',
      'breakout',
      'base',
      'bonus',
      'riskScale',
    ]),
    unset: 'those of the classic rating',
    value: 'NAME=NUMBER',
    help: 'Change a weight of the rating (docs/scoring.md); may be repeated',
    group: 'Data',
    commands: [...scan, 'explain', 'diff'],
    many: true,
  }),

  profile: setting({
    kind: choice(PROFILES),
    default: 'default',
    value: 'NAME',
    help: 'Which rules apply before data: default, or classic, which also drops one-letter and long tickers, funds, notes and small Real Estate and Utilities',
    group: 'Rules',
    commands: scan,
  }),
  rule: setting({
    kind: namedSwitch(RULE_NAMES),
    unset: 'as the profile has it',
    value: 'NAME=on|off',
    help: 'Switch a rule (docs/outcomes.md); may be repeated',
    group: 'Rules',
    commands: scan,
    many: true,
  }),
  excludeInstruments: setting({
    kind: choice(INSTRUMENTS),
    unset: 'none; etf, fund and note in the classic profile',
    value: 'KIND',
    help: 'Filter a kind of security (instrument-type); may be repeated',
    group: 'Rules',
    commands: scan,
    many: true,
  }),
  excludeSymbols: setting({
    kind: text('a symbol'),
    unset: 'none',
    value: 'SYMBOL',
    help: 'Filter a symbol of the list (excluded-symbol); may be repeated',
    group: 'Rules',
    commands: scan,
    many: true,
  }),
  sectors: setting({
    kind: text('a sector'),
    unset: 'all',
    value: 'SECTOR',
    help: 'Scan a sector only, as the list or --listings has it; may be repeated',
    group: 'Rules',
    commands: scan,
    many: 'lines',
  }),
  industries: setting({
    kind: text('an industry'),
    unset: 'all',
    value: 'INDUSTRY',
    help: 'Scan an industry only; may be repeated',
    group: 'Rules',
    commands: scan,
    many: 'lines',
  }),
  subIndustries: setting({
    kind: text('a sub-industry'),
    unset: 'all',
    value: 'NAME',
    help: 'Scan a sub-industry only; may be repeated',
    group: 'Rules',
    commands: scan,
    many: 'lines',
  }),
  minMarketCap: setting({
    kind: decimal(0, 1e15),
    default: 0,
    value: 'DOLLARS',
    help: 'Filter symbols with a smaller market capitalization, or none that is known (market-cap)',
    group: 'Rules',
    commands: scan,
  }),
  smallDefensiveCap: setting({
    kind: decimal(0, 1e15),
    default: 2_000_000_000,
    value: 'DOLLARS',
    help: 'What counts as small in Real Estate and Utilities (small-defensive)',
    group: 'Rules',
    commands: scan,
  }),
  minBars: setting({
    kind: integer(1, 5000),
    default: 20,
    value: 'N',
    help: 'Filter symbols with fewer bars (short-history)',
    group: 'Rules',
    commands: scan,
  }),
  minClose: setting({
    kind: decimal(0, 1_000_000),
    default: 1,
    value: 'DOLLARS',
    help: 'Filter symbols that close below (low-price)',
    group: 'Rules',
    commands: scan,
  }),
  minDollarVolume: setting({
    kind: decimal(0, 1e12),
    default: 250_000,
    value: 'DOLLARS',
    help: 'Filter symbols whose mean dollar volume of 40 sessions is below (thin-trading)',
    group: 'Rules',
    commands: scan,
  }),
  maxCloseCv: setting({
    kind: decimal(0, 1000),
    default: 0.5,
    value: 'RATIO',
    help: 'Filter symbols whose last 20 closes deviate by more, as a part of their mean (erratic-price)',
    group: 'Rules',
    commands: scan,
  }),
  maxJump: setting({
    kind: decimal(1, 1e9),
    default: 10,
    value: 'FACTOR',
    help: 'Filter symbols with a close so many times the one before, or such a part of it (price-jump)',
    group: 'Rules',
    commands: scan,
  }),
  maxSpike: setting({
    kind: decimal(1, 1e9),
    default: 3,
    value: 'FACTOR',
    help: 'Filter symbols with one close so far from both its neighbours (price-spike)',
    group: 'Rules',
    commands: scan,
  }),
  maxBadBars: setting({
    kind: integer(0, 10_000),
    default: 0,
    value: 'N',
    help: 'Filter symbols with more bars whose prices cannot be (impossible-bars)',
    group: 'Rules',
    commands: scan,
  }),

  where: setting({
    kind: text('a condition'),
    unset: 'none',
    value: 'EXPR',
    help: 'Rank only what meets a condition, such as "rsi_14 < 30 and close > sma_200" (docs/screens.md)',
    group: 'Criteria',
    commands: scan,
  }),
  screen: setting({
    kind: text('the name of a screen'),
    unset: 'none',
    value: 'NAME',
    help: 'Rank only what meets a named condition: golden-cross, breakout, squeeze … or one of --define; may be repeated',
    group: 'Criteria',
    commands: scan,
    many: true,
  }),
  define: setting({
    kind: namedText('EXPR'),
    unset: 'none',
    value: 'NAME=EXPR',
    help: 'Name a condition for --screen; may be repeated',
    group: 'Criteria',
    commands: scan,
    many: 'lines',
  }),

  account: setting({
    kind: decimal(1, 1e12),
    default: 10_000,
    value: 'DOLLARS',
    help: 'What trades are planned for',
    group: 'Plan',
    commands: scan,
  }),
  riskPercent: setting({
    kind: decimal(0.001, 100),
    default: 1,
    value: 'PERCENT',
    help: 'Part of the account that one trade may lose',
    group: 'Plan',
    commands: scan,
  }),
  rewardRisk: setting({
    kind: decimal(0.1, 100),
    default: 2,
    value: 'RATIO',
    help: 'Dollars to be won for each dollar at risk',
    group: 'Plan',
    commands: scan,
  }),
  liquidityCap: setting({
    kind: decimal(0.000_001, 1),
    default: 0.05,
    value: 'FRACTION',
    help: 'Largest position, as a part of the mean dollar volume of 20 sessions',
    group: 'Plan',
    commands: scan,
  }),
  shorts: setting({
    kind: flag,
    default: false,
    help: 'Plan short trades too, where the signal is Short',
    group: 'Plan',
    commands: scan,
  }),

  rate: setting({
    kind: rate,
    unset: 'none but what the provider asks for',
    value: 'CALLS/TIME',
    help: 'Calls to the provider, at most, every attempt and page counted: 5/m, 100/s',
    group: 'Limits',
    commands: fetching,
  }),
  rateRedis: setting({
    kind: text('redis://host'),
    unset: 'none: the limit is this process’s',
    help: 'URL of a Redis server through which processes with the same key share --rate',
    group: 'Limits',
    commands: fetching,
    secret: true,
  }),
  retryShare: setting({
    kind: decimal(0, 100),
    default: 0.2,
    value: 'FRACTION',
    help: 'Requests that may be repetitions, for each first one; 100 are always allowed',
    group: 'Limits',
    commands: scan,
  }),
  concurrency: setting({
    kind: integer(1, 1024),
    default: 64,
    value: 'N',
    help: 'Requests under way at once, at most; fewer while the provider is slow or refuses',
    group: 'Limits',
    commands: fetching,
  }),
  window: setting({
    kind: integer(1, 1_000_000),
    unset: '2048, fewer with a long lookback',
    value: 'N',
    help: 'Symbols inside at once; bounds memory',
    group: 'Limits',
    commands: scan,
  }),
  workers: setting({
    kind: integerOr('auto', 0, 64),
    default: 'auto',
    value: 'N',
    help: 'Scoring threads; 0 scores in place, auto starts threads when the work is worth them',
    group: 'Limits',
    commands: scan,
  }),
  timeout: setting({
    kind: duration('10ms', '10m'),
    default: 10_000,
    value: 'TIME',
    help: 'Longest that one request may take, to its last byte',
    group: 'Limits',
    commands: fetching,
  }),
  attempts: setting({
    kind: integer(1, 20),
    default: 5,
    value: 'N',
    help: 'Requests for one symbol, when it fails for a passing reason',
    group: 'Limits',
    commands: fetching,
  }),
  symbolTimeout: setting({
    kind: duration('10ms', '1h'),
    default: 60_000,
    value: 'TIME',
    help: 'Longest that one symbol may take, with all its attempts and the waits between them',
    group: 'Limits',
    commands: scan,
  }),
  deadline: setting({
    kind: duration('10ms', '24h'),
    default: 30 * 60_000,
    value: 'TIME',
    help: 'Longest that the scan may take; what is not finished is skipped, and said',
    group: 'Limits',
    commands: scan,
  }),
  shutdownTimeout: setting({
    kind: duration('10ms', '10m'),
    default: 10_000,
    value: 'TIME',
    help: 'Longest that an orderly stop may take after Ctrl-C or SIGTERM',
    group: 'Limits',
    commands: [...fetching, 'replay'],
  }),

  cacheDir: setting({
    kind: text('a folder'),
    unset: '$XDG_CACHE_HOME/tapescan, or ~/.cache/tapescan',
    fallback: (env: Environment) => join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tapescan'),
    value: 'DIR',
    help: 'Where bars are kept between scans',
    group: 'Cache',
    commands: [...keeping, 'explain'],
  }),
  cacheRedis: setting({
    kind: text('redis://host'),
    unset: 'none: bars are kept on this machine alone',
    help: 'URL of a Redis server that shares the cache with other machines, behind the disk of this one',
    group: 'Cache',
    commands: keeping,
    secret: true,
  }),
  noDataSessions: setting({
    kind: integer(0, 260),
    default: 5,
    value: 'N',
    help: 'Sessions for which a symbol without any bar is not asked for again',
    group: 'Cache',
    commands: scan,
  }),
  noCache: setting({
    kind: flag,
    default: false,
    help: 'Fetch everything, keep nothing',
    group: 'Cache',
    commands: scan,
  }),
  cacheSize: setting({
    kind: size(16 * 2 ** 20),
    default: 4 * 2 ** 30,
    value: 'SIZE',
    help: 'Most that the cache may take on disk; what was stored longest ago goes first',
    group: 'Cache',
    commands: keeping,
  }),
  cacheMemory: setting({
    kind: size(0),
    default: 256 * 2 ** 20,
    value: 'SIZE',
    help: 'Most that series kept in memory between the scans of a daemon may take, 0MB for none; 6,000 symbols of a year are 90 MB',
    group: 'Cache',
    commands: daemon,
  }),

  stateDir: setting({
    kind: text('a folder'),
    unset: 'none: nothing is remembered but the cache',
    value: 'DIR',
    help: 'Where the journal of scans is kept, and what a daemon remembers over a restart',
    group: 'Daemon',
    commands: ranking,
  }),
  listIdle: setting({
    kind: duration('10ms', '1h'),
    default: 500,
    value: 'TIME',
    help: 'A pause on standard input that ends a list; a blank line ends it at once',
    group: 'Daemon',
    commands: daemon,
  }),
  requests: setting({
    kind: text('redis://host/0/stream'),
    unset: 'none',
    value: 'URL',
    help: 'Take requests from a Redis stream too: entries whose field `request` is a JSON request, acknowledged once they are published',
    group: 'Daemon',
    commands: daemon,
  }),
  requestsGroup: setting({
    kind: text('a name'),
    default: 'tapescan',
    value: 'NAME',
    help: 'Consumer group of --requests: daemons of one group share the requests',
    group: 'Daemon',
    commands: daemon,
  }),
  requestsConsumer: setting({
    kind: text('a name'),
    unset: 'made from the host and the process',
    value: 'NAME',
    help: 'Name of this daemon in the group',
    group: 'Daemon',
    commands: daemon,
  }),
  outDir: setting({
    kind: text('a folder'),
    unset: 'none',
    value: 'DIR',
    help: 'Write each ranking to a file of its own in a folder, and the newest one to latest there too',
    group: 'Daemon',
    commands: daemon,
  }),
  append: setting({
    kind: text('a file'),
    unset: 'none',
    value: 'FILE',
    help: 'Append each ranking to a file, as NDJSON with a closing line; it is rotated when it is full',
    group: 'Daemon',
    commands: daemon,
  }),
  appendMaxSize: setting({
    kind: size(1024),
    default: 64 * 2 ** 20,
    value: 'SIZE',
    help: 'Size from which the file of --append is full',
    group: 'Daemon',
    commands: daemon,
  }),
  keepFiles: setting({
    kind: integer(1, 1_000_000),
    unset: 'all of --out-dir, 9 of --append',
    value: 'N',
    help: 'Older files of --out-dir and --append that stay',
    group: 'Daemon',
    commands: daemon,
  }),
  withReceipts: setting({
    kind: flag,
    default: false,
    help: 'Publish how every other symbol left, too: a row of type receipt each, behind the ranked ones; not in CSV and tables',
    group: 'Daemon',
    commands: daemon,
  }),
  spillDir: setting({
    kind: text('a folder'),
    unset: 'none: an output that fails lets the request fail',
    value: 'DIR',
    help: 'Where rankings wait for an output that does not work, until it does, also after a restart; 256 MB an output at most',
    group: 'Daemon',
    commands: daemon,
  }),
  onlyChanges: setting({
    kind: flag,
    default: false,
    help: 'Publish only what entered, moved or left since the last ranking of the same list; the first one is published whole',
    group: 'Daemon',
    commands: daemon,
  }),
  leastMove: setting({
    kind: integer(1, 1_000_000),
    default: 1,
    value: 'N',
    help: 'Places from which a row has moved; one with another signal always has',
    group: 'Daemon',
    commands: daemon,
  }),
  alert: setting({
    kind: namedText('EXPR'),
    unset: 'none',
    value: 'NAME=EXPR',
    help: 'Tell once a session which symbols of a ranking meet a condition, such as "change == \'entered\' and rank <= 10", or screen:breakout (docs/daemon.md); needs --state-dir; may be repeated',
    group: 'Daemon',
    commands: daemon,
    many: 'lines',
  }),
  alerts: setting({
    kind: text('a file or redis://host/0/stream'),
    unset: 'the log on standard error',
    value: 'WHERE',
    help: 'Append alerts to a file, as NDJSON that is rotated as that of --append, or to a Redis stream (?maxlen=N trims it)',
    group: 'Daemon',
    commands: daemon,
  }),
  keepAlive: setting({
    kind: flag,
    default: false,
    help: 'Stay when standard input has ended',
    group: 'Daemon',
    commands: daemon,
  }),
  watch: setting({
    kind: flag,
    default: false,
    help: 'Scan --universe whenever the file changes, and at the start',
    group: 'Daemon',
    commands: daemon,
  }),
  every: setting({
    kind: duration('1s', '24h'),
    unset: 'no schedule',
    value: 'TIME',
    help: 'Scan --universe so often',
    group: 'Daemon',
    commands: daemon,
  }),
  cron: setting({
    kind: text('five or six fields'),
    unset: 'no schedule',
    value: 'FIELDS',
    help: 'Scan --universe at the times of a cron line, such as "*/15 9-16 * * 1-5"',
    group: 'Daemon',
    commands: daemon,
  }),
  timeZone: setting({
    kind: text('a time zone'),
    default: 'America/New_York',
    value: 'ZONE',
    help: 'Where the times of --cron are',
    group: 'Daemon',
    commands: daemon,
  }),
  session: setting({
    kind: choice(['any', 'open', 'regular', 'closed']),
    default: 'any',
    value: 'WORD',
    help: 'When the schedule holds: any time; open, while the exchange trades; regular, on its days; closed, once after each close',
    group: 'Daemon',
    commands: daemon,
  }),
  overlap: setting({
    kind: choice(['skip', 'queue']),
    default: 'skip',
    value: 'WORD',
    help: 'What is due while the last scan runs: skip it, or queue one',
    group: 'Daemon',
    commands: daemon,
  }),
  http: setting({
    kind: integer(0, 65_535),
    unset: 'no server',
    value: 'PORT',
    help: 'Serve health, metrics, the latest ranking and events over HTTP; 0 takes a free port',
    group: 'Daemon',
    commands: daemon,
  }),
  httpHost: setting({
    kind: text('a host'),
    default: '127.0.0.1',
    value: 'HOST',
    help: 'Address that --http listens on; any but loopback needs TAPESCAN_HTTP_TOKEN',
    group: 'Daemon',
    commands: daemon,
  }),
  httpToken: setting({
    kind: text(),
    unset: 'none',
    help: 'What clients of --http send as bearer',
    group: 'Daemon',
    commands: [...daemon, 'top'],
    secret: true,
  }),
  connect: setting({
    kind: hostPort,
    default: '127.0.0.1:9464',
    value: 'HOST:PORT',
    help: 'Where the --http of the daemon listens that is to be looked at',
    group: 'Daemon',
    commands: ['top'],
  }),

  symbols: setting({
    kind: integer(1, 10_000_000),
    default: 6000,
    value: 'N',
    help: 'Symbols in the market',
    group: 'Simulator',
    commands: simulator,
  }),
  sessions: setting({
    kind: integer(1, 10_000),
    default: 300,
    value: 'N',
    help: 'Sessions of history',
    group: 'Simulator',
    commands: simulator,
  }),
  seed: setting({
    kind: integer(0, 2 ** 31 - 1),
    default: 1,
    value: 'N',
    help: 'Another seed, another market',
    group: 'Simulator',
    commands: simulator,
  }),
  end: setting({
    kind: date,
    unset: 'the last completed session',
    value: 'DATE',
    help: 'Last session of the market',
    group: 'Simulator',
    commands: simulator,
  }),
  bars: setting({
    kind: text('a file'),
    unset: 'a synthetic market',
    value: 'FILE',
    help: 'Serve the bars of a CSV file (.gz too) with columns symbol,date,open,high,low,close,volume',
    group: 'Simulator',
    commands: simulator,
  }),
  latency: setting({
    kind: integer(0, 600_000),
    default: 0,
    value: 'MS',
    help: 'Milliseconds before each answer',
    group: 'Simulator',
    commands: simulator,
  }),
  jitter: setting({
    kind: integer(0, 600_000),
    default: 0,
    value: 'MS',
    help: 'Milliseconds by which the latency varies, at random',
    group: 'Simulator',
    commands: simulator,
  }),
  rps: setting({
    kind: integer(1, 1_000_000),
    unset: 'no limit',
    value: 'N',
    help: 'Requests a second beyond which the answer is 429',
    group: 'Simulator',
    commands: simulator,
  }),
  fault: setting({
    kind: text('KIND=RATE'),
    unset: 'none',
    value: 'KIND=RATE',
    help: 'Answer a part (0 to 1) of the requests with a fault; may be repeated. Kinds: 429, 429-retry-after, 500, reset, truncate, malformed, html, error-200, slow, hang, empty, wrong-symbol',
    group: 'Simulator',
    commands: simulator,
    many: true,
  }),
  port: setting({
    kind: integer(0, 65_535),
    default: 0,
    value: 'PORT',
    help: 'Port on 127.0.0.1; 0 takes a free one',
    group: 'Simulator',
    commands: ['simulate'],
  }),
  calls: setting({
    kind: text('a file'),
    unset: 'none',
    value: 'FILE',
    help: 'Append a line for each call that was served, as NDJSON',
    group: 'Simulator',
    commands: ['simulate'],
  }),
  keepAnswers: setting({
    kind: size(0),
    default: 0,
    value: 'SIZE',
    help: 'Most that answers may take which are kept and given again, as by a provider that has them at hand; 0MB makes each anew',
    group: 'Simulator',
    commands: ['simulate'],
  }),
  list: setting({
    kind: flag,
    default: false,
    help: 'Print the symbols of the market, one a line, and serve nothing',
    group: 'Simulator',
    commands: ['simulate'],
  }),

  noColor: setting({
    kind: flag,
    unset: 'whether NO_COLOR is set',
    fallback: (env: Environment) => Boolean(env.NO_COLOR),
    help: 'Plain tables on a terminal',
    group: 'General',
    commands: [...ranking, 'top'],
  }),
  logLevel: setting({
    kind: choice(LOG_LEVELS),
    default: 'warn',
    value: 'LEVEL',
    help: 'silent, error, warn, info or debug; JSON lines on standard error',
    group: 'General',
    commands: [...simulator, 'replay'],
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends { readonly kind: Kind<infer T> }
  ? S extends { readonly many: true | 'lines' }
    ? readonly T[]
    : T
  : never;
type HasValue<S> = S extends { readonly default: unknown } | { readonly many: true | 'lines' }
  ? true
  : S extends { readonly fallback: (env: Environment) => infer T }
    ? undefined extends T
      ? false
      : true
    : false;

/** The settings of a run: those with a default always there, lists empty where nothing was said. */
export type Settings = {
  readonly [N in SettingName]: HasValue<(typeof SETTINGS)[N]> extends true
    ? ValueOf<(typeof SETTINGS)[N]>
    : ValueOf<(typeof SETTINGS)[N]> | undefined;
};

/** The table as rows. */
export const SETTING_ROWS = Object.entries(SETTINGS) as unknown as readonly (readonly [
  SettingName,
  Setting<unknown>,
])[];

/** Keeps the exact shape of an entry, so that the types of `Settings` follow from the table. */
function setting<const S extends Omit<Setting<unknown>, 'kind'>>(definition: S): S {
  return definition;
}
