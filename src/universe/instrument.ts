import { INSTRUMENTS, type Instrument, type SymbolId } from '../types.ts';
import { POLYGON_TYPES } from './polygon-types.ts';
import { symbolInstrument } from './symbol-instrument.ts';

/** What a list tells of the kind of a security. */
export interface InstrumentFacts {
  /** Canonical spelling. */
  readonly symbol: SymbolId;
  readonly name?: string | undefined;
  /** A directory's flag. */
  readonly isEtf?: boolean | undefined;
  /** A word for the kind, or a provider's code of it. */
  readonly type?: string | undefined;
}

const FIFTH_LETTER = /^[A-Z]{5}$/;

/**
 * The kind of a security, by what tells it best: the type in so many words, the flag, the suffix of the symbol, the
 * name, and last the fifth letter of a Nasdaq symbol. Absent where nothing tells: the bare name of a company.
 *
 * A name tells by the words that exchanges put behind the issuer's. Where a closed-end fund is named like a company
 * (`Oxford Lane Capital Corp. - Common Stock`), it reads as common.
 */
export function instrumentOf({ symbol, name, isEtf, type }: InstrumentFacts): Instrument | undefined {
  const typed = type === undefined ? undefined : (TYPES.get(type.toLowerCase()) ?? byWords(type));
  if (typed !== undefined) return typed;
  if (isEtf === true) return 'etf';
  const bySymbol = symbolInstrument(symbol);
  if (bySymbol !== undefined && !FIFTH_LETTER.test(symbol)) return bySymbol;
  return (name === undefined ? undefined : byWords(name)) ?? bySymbol;
}

/** Types by one word, or by a code of Polygon's; in lower case. */
const TYPES: ReadonlyMap<string, Instrument> = new Map<string, Instrument>([
  ...INSTRUMENTS.map((instrument) => [instrument, instrument] as const),
  ...Array.from(POLYGON_TYPES, ([code, instrument]) => [code.toLowerCase(), instrument] as const),
  ['stock', 'common'],
  ['equity', 'common'],
]);

/** Who names closed-end funds a trust, as real-estate and royalty trusts are named, which are companies. */
const FUND_SPONSORS =
  'abrdn|Angel Oak Financial|BlackRock|Calamos|DWS|Eaton Vance|Franklin|Gabelli|GAMCO|Guggenheim|Invesco|John Hancock|' +
  'MFS|Nuveen|Putnam|Royce|Sprott|Templeton|Thornburg|Virtus|Western Asset|XAI';
/** What comes before the units of a partnership or trust: its common shares, not bundles. */
const SHARES_AS_UNITS =
  'L\\.? ?P\\.?|LP|partners|partnership|partner|trust|fund|common|deposit[ao]ry|voting|class [a-z]|preferred|preference';

/**
 * The first pattern found decides. The order is that of containment: a unit has warrants in it, a warrant buys
 * depositary shares, these may stand for preferred ones, and a fund may hold any of them.
 */
const WORDS: readonly (readonly [pattern: RegExp, instrument: Instrument])[] = [
  [/\bETNs?\b|\bexchange[- ]traded notes?\b/i, 'note'],
  [
    /\b(?:ETFs?|ETV|ADRhedged)\b|\bexchange[- ]traded fund|\bindex fund\b|^(?:iShares|SPDR|ProShares|Direxion)\b/i,
    'etf',
  ],
  [/\b(?:corporate|equity) units?$/i, 'unit'],
  [
    new RegExp(
      `(?<!\\b(?:${SHARES_AS_UNITS}|one|each)\\s+(?:-\\s+)?|representing \\d+\\s+)\\bunits?\\b\\.?\\s*(?:$|[,(-]?\\s*(?:each|consist|compris))`,
      'i',
    ),
    'unit',
  ],
  [/\bwarrants?\b|\bADWs?\b/i, 'warrant'],
  [/(?<!\bthe )\brights?\b\.?\s*(?:$|[,(]|each |to |exp)/i, 'right'],
  [/\b(?:american|global) deposit[ao]ry\b|\bAD[SR]s?\b(?!-)|\bGDRs?\b|\bnew york registry\b/i, 'depositary'],
  [
    /\bprefer(?:red|ence)\s+(?:stocks?|shares?|units?|series|class|equity|interests?|limited partner|securit(?:y|ies)\b(?!\s*(?:and|&|income|fund)))|\bprefer(?:red|ence)$|\b(?:trust|perpetual) preferred\b|\bpfd\b(?!.*\b(?:fund|ordinary)\b)/i,
    'preferred',
  ],
  // Not American or global ones: a bank's slices of a preferred share.
  [/\bdeposit[ao]ry shares?\b/i, 'preferred'],
  [
    /\b(?:notes|debentures|bonds)\b.*\bdue\b|%.*\b(?:notes?|debentures?|bonds?)\b|\b(?:senior|subordinated|baby|global|convertible|rate) (?:notes|bonds|debentures?)\b|\bCorTS\b|\bSTRATS\b|\bPPLUS\b|\btrust (?:certificates|securities)\b|\btr (?:certs?|ctfs?)\b/i,
    'note',
  ],
  [/\bdeposit[ao]ry receipts?\b/i, 'depositary'],
  [
    /\bfund\b|\bclosed[- ]end\b|\b(?:gold|silver|platinum|palladium|uranium|bitcoin|ethereum) trust\b/i,
    'fund',
  ],
  [
    new RegExp(
      `^(?:the )?(?:${FUND_SPONSORS})\\b(?!.*\\b(?:realty|reit|real estate|mortgage)\\b).*\\b(?:trust|portfolio|municipals|shares of beneficial)\\b`,
      'i',
    ),
    'fund',
  ],
  [
    /\bcommon\b|\bordinary\b|\bcapital stock\b|\bshares? of beneficial interest\b|\bclass [a-z]\b|\b(?:voting|registered) (?:shares?|stock)\b|\blimited partner|\bunits?\b|\breit\b|\breal estate investment trust\b|\bbusiness development company\b|\bshares?$/i,
    'common',
  ],
];

function byWords(text: string): Instrument | undefined {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1];
}
