import type { CommandName } from '../command-names.ts';
import { optionsHelp } from '../settings/help.ts';

const OVERVIEW = `tapescan finds what is worth looking at in a list of symbols: it fetches daily bars, scores every
symbol, and writes a ranking. Every symbol that comes in is accounted for.

Usage:
  tapescan scan       [options] < symbols.txt > ranked.ndjson
  tapescan daemon     [options]     scan lists as they come, or one on a schedule
  tapescan top        [options]     what a daemon does, live
  tapescan replay     SCAN [options]            the ranking of an earlier scan, to the byte and without a call
  tapescan explain    SYMBOL [options] < ranked.ndjson      why it ranks where it does, or why not at all
  tapescan diff       A B [options]                         what changed between two rankings, and why
  tapescan check      lookahead [options] < symbols.txt     whether any number looks ahead
  tapescan cache      stats|verify|clear|warm [options]     what is kept of bars
  tapescan doctor     [options]     what works of what is configured, and how to mend the rest
  tapescan sources                  where bars can come from, and what each needs
  tapescan simulate   [options]     serve a synthetic market on loopback, in Polygon's format
  tapescan validate   [options]     check the configuration and show what holds
  tapescan version
  tapescan help [command]

Try it without a key:
  tapescan simulate --list | tapescan scan --source simulator --top 20 --format table
`;

const EXITS = `Exit status:
  0    every symbol was ranked, filtered, stale or a repetition
  1    the ground was lost: an output cannot be written, the provider refuses every call
  3    some symbols failed, or the deadline cut the scan short; the rest is written
  78   the configuration is wrong; nothing was started
  130  interrupted (Ctrl-C), 143 terminated: what was finished is written, the rest is skipped
`;

const USAGES: Readonly<Record<CommandName, string>> = {
  scan: `Scans symbols and writes their ranking, best first.

Usage: tapescan scan [options]

  cat symbols.txt | tapescan scan > ranked.ndjson
  tapescan scan --universe nasdaq_screener.csv --top 50 --format table
  tapescan scan --universe symbols.txt --out ranked.csv --out redis://localhost/0/rankings \\
                --receipts receipts.ndjson --summary summary.json
`,
  daemon: `Scans lists as they come in on standard input, one after the other, or a list on a schedule, and publishes every ranking.
A list ends with a blank line, with the input, or after a pause; a line of JSON is a request of its own:
{"id":"dips","symbols":["AAPL","MSFT"],"where":"rsi_14 < 30","top":10}

Usage: tapescan daemon [options]

  mkfifo lists && tapescan daemon --out ranked.ndjson --http 8080 <> lists
  tapescan daemon --universe us-stocks --session closed --out redis://localhost/0/rankings
  tapescan daemon --universe symbols.txt --every 5m --session open --live --out ranked.ndjson
`,
  replay: `Makes the ranking of an earlier scan again, from the journal in --state-dir and the bars in the cache, without a call.
It is written where it is the same to the byte; otherwise the symbols that differ are named, and nothing is written.
Which scans there are, a name that is not known tells.

Usage: tapescan replay SCAN [options]

  tapescan scan --universe symbols.txt --scan-id monday --state-dir state > monday.ndjson
  tapescan replay monday --state-dir state | cmp - monday.ndjson
`,
  top: `Shows what a daemon does, each second anew: the scan under way, its stages, the provider, the cache, what waits.
Where the output is no terminal, shows it once. The daemon has to be started with --http. q ends it.

Usage: tapescan top [options]

  tapescan daemon --universe symbols.txt --every 5m --out ranked.ndjson --http 9464 &
  tapescan top
  TAPESCAN_HTTP_TOKEN=… tapescan top --connect scanner.example.com:9464
`,
  explain: `Explains a symbol by a ranking: every subscore with its conditions, weight and points, which sum to the rating;
the factors of the composite; what the signal lacks. With the receipts of the scan, also why a symbol is not in it.

Usage: tapescan explain SYMBOL [options]

  tapescan explain AAPL --from ranked.ndjson
  tapescan explain AAPL --from ranked.ndjson --receipts receipts.ndjson --format json
`,
  diff: `Compares two rankings: what entered, left and moved, and which inputs moved it; the points of the reasons sum to
the change of the rating.

Usage: tapescan diff A B [options]

  tapescan diff monday.ndjson tuesday.ndjson
`,
  check: `Recomputes every indicator, feature and rating with truncated histories, and fails where a value of an earlier session
moves. Reports from which bar on each indicator does not depend on where its history begins, next to what it claims.
Looks at 700 sessions, and simulates 800, where --lookback and --sessions say nothing else.

Usage: tapescan check lookahead [options]

  tapescan simulate --list --symbols 200 | tapescan check lookahead --source simulator --symbols 200
  tapescan check lookahead --universe symbols.txt --format json
`,
  cache: `Shows what is kept (stats), checks it and removes what is damaged (verify), removes it all (clear), or fetches what
a scan of the list would lack (warm). The bars are in --cache-dir, and on the server of TAPESCAN_CACHE_REDIS where one is set.

Usage: tapescan cache stats|verify|clear|warm [options]

  tapescan cache stats
  tapescan cache warm --universe symbols.txt --rate 5/m
`,
  doctor: `Connects to everything that is configured, as a scan would: the list, the cache, the outputs, the provider. Says what
works, what does not and how to mend it, and how many calls and minutes a scan of --universe would take.

Usage: tapescan doctor [options]

  tapescan doctor --universe symbols.txt --out redis://localhost/0/rankings
`,
  sources: `Lists where bars can come from: what each source gives, what it needs, and what is known of its limits.

Usage: tapescan sources
`,
  simulate: `Serves a synthetic market on loopback, in the format of the Polygon API, until it is stopped. Prints its
URL on one line when it is ready. The same seed is the same market, however many symbols it has.

Usage: tapescan simulate [options]

  tapescan simulate --port 8090 --fault 500=0.02 --latency 50 &
  tapescan simulate --list | tapescan scan --polygon-url http://127.0.0.1:8090 --no-cache

A cache goes by the URL: for another market at the same address, scan with --no-cache or another --cache-dir.
`,
  validate: `Checks the configuration as a scan would and shows every setting with its origin; connects to nothing.

Usage: tapescan validate [options]
`,
};

/** The text of `tapescan help [command]`. */
export function helpText(command?: CommandName): string {
  if (command === undefined) return `${OVERVIEW}\n${EXITS}`;
  const settings = `Every option is also a variable (--cache-dir: TAPESCAN_CACHE_DIR) and a key of the YAML file that
--config FILE or TAPESCAN_CONFIG names (cache-dir). An option wins over a variable, that over the file.
`;
  return [USAGES[command], optionsHelp(command), settings, ...(command === 'scan' ? [EXITS] : [])].join('\n');
}
