import { describe, expect, it } from 'vitest';
import { ListFormat } from '../../src/universe/list-format.ts';

function described(...lines: readonly string[]) {
  const format = new ListFormat();
  return lines.flatMap((line) => format.tokens(line));
}

/** Without what is said of the symbols. */
function tokens(...lines: readonly string[]) {
  return described(...lines).map((token) =>
    typeof token !== 'string' && 'listing' in token ? token.text : token,
  );
}

const malformed = (text: string) => ({ text, defect: 'malformed' });

describe('a plain list', () => {
  it('has one symbol a line', () => {
    expect(tokens('AAPL', '', '  ', ' BRK.B ', '\tT')).toEqual(['AAPL', 'BRK.B', 'T']);
  });

  it('has several symbols a line', () => {
    expect(tokens('AAPL, MSFT;GOOG\tT  E,,F', ',', ';X;')).toEqual([
      'AAPL',
      'MSFT',
      'GOOG',
      'T',
      'E',
      'F',
      'X',
    ]);
  });

  it('has comments where a symbol could start, and nowhere else', () => {
    expect(tokens('# AAPL', '#AAPL', 'MSFT # NA', 'T,#x', '  # y', 'AAM# E')).toEqual([
      'MSFT',
      'T',
      'AAM#',
      'E',
    ]);
  });

  it('keeps the words that other readers take for values', () => {
    expect(tokens('NA', 'TRUE NAN,ON', 'NULL', 'E', 'T')).toEqual([
      'NA',
      'TRUE',
      'NAN',
      'ON',
      'NULL',
      'E',
      'T',
    ]);
  });

  it('passes on what is no symbol, to be counted', () => {
    expect(tokens('AAPL', '"MSFT"', '%%%', '{"symbol":"T"}', 'A|B')).toEqual([
      'AAPL',
      '"MSFT"',
      '%%%',
      '{"symbol":"T"}',
      'A|B',
    ]);
  });

  it('may have a title', () => {
    expect(tokens('Symbol', 'AAPL', 'MSFT,T')).toEqual(['AAPL', 'MSFT', 'T']);
    expect(tokens('"TICKER"', 'AAPL')).toEqual(['AAPL']);
    expect(tokens('# my list', '', 'ticker', 'AAPL')).toEqual(['AAPL']);
  });
});

describe('a delimited list', () => {
  it.each([',', ';', '\t', '|'])('is read by its header, cells separated by %j', (by) => {
    const line = (...cells: readonly string[]) => cells.join(by);
    expect(
      tokens(line('Name', 'Symbol', 'Price'), line('Apple', 'AAPL', '1'), line('x', ' BRK.B ', '')),
    ).toEqual(['AAPL', 'BRK.B']);
  });

  it.each([
    ['Name,TICKER,X', 'a,AAPL,x'],
    ['ACT Symbol|Security Name|CQS Symbol', 'AAPL|a|x'],
    ['ACT Symbol,Ticker,Symbol', 'x,y,AAPL'],
    ['Ticker Symbol,ACT Symbol', 'x,AAPL'],
    ['"Name, long","Symbol"', '"x, y",AAPL'],
    [' symbol , name', 'AAPL,x'],
  ])('takes the best of the columns of %j', (header, row) => {
    expect(tokens(header, row)).toEqual(['AAPL']);
  });

  it('reads quoted cells', () => {
    expect(
      tokens('name,symbol', '"a, b","AAPL"', '"say ""hi, you""",MSFT', '"never closed,T', '"",E', 'x,""'),
    ).toEqual(['AAPL', 'MSFT', malformed('"never closed,T'), 'E']);
  });

  it('has rows without a symbol, and rows that break off', () => {
    expect(tokens('name,symbol', 'a,', 'b,  ,', '', 'AAPL', '# c,T', 'd,NA')).toEqual([
      malformed('AAPL'),
      'NA',
    ]);
  });

  it("leaves out Nasdaq Trader's last line, and only there", () => {
    expect(tokens('Symbol|Security Name', 'A|Agilent', 'File Creation Time: 1205202521:33||')).toEqual(['A']);
    expect(tokens('Symbol,Security Name', 'File Creation Time: 1205202521:33,')).toEqual([
      'File Creation Time: 1205202521:33',
    ]);
  });
});

describe('JSON lines', () => {
  it('have a symbol or a ticker', () => {
    expect(
      tokens('{"symbol":"AAPL","ticker":"x"}', '', '{"ticker":"NULL"}', ' {"symbol":null,"ticker":"T"} '),
    ).toEqual(['AAPL', 'NULL', 'T']);
  });

  it('may be arrays', () => {
    expect(tokens('["AAPL","MSFT"]', '[]', '[{"symbol":"T"},"E"]')).toEqual(['AAPL', 'MSFT', 'T', 'E']);
  });

  it.each(['{"symbol":', 'AAPL', '{"name":"x"}', '{"symbol":7}', 'null', '7', '{}'])(
    'count %s as one that cannot be read',
    (line) => {
      expect(tokens('{"symbol":"A"}', line)).toEqual(['A', malformed(line)]);
    },
  );

  it('count each element that cannot be read', () => {
    expect(tokens('["A",null,{"symbol":1}]')).toEqual([
      'A',
      malformed('["A",null,{"symbol":1}]'),
      malformed('["A",null,{"symbol":1}]'),
    ]);
  });

  it('may be nested beyond all reason', () => {
    const line = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(tokens(line)).toEqual([malformed(line)]);
  });
});

describe('what a list says of its symbols', () => {
  it('is read from the other columns of a delimited list', () => {
    expect(
      described('name,Symbol,Sector,note', '"Apple, Inc.",AAPL,Technology,x', ',T,n/a,', 'cut,E', '-,,x'),
    ).toEqual([
      { text: 'AAPL', listing: { name: 'Apple, Inc.', sector: 'Technology' } },
      'T',
      { text: 'E', listing: { name: 'cut' } },
    ]);
  });

  it('is nothing where no column says anything', () => {
    expect(described('symbol,price', 'AAPL,1')).toEqual(['AAPL']);
    expect(described('symbol', 'AAPL')).toEqual(['AAPL']);
    expect(described('AAPL, MSFT')).toEqual(['AAPL', 'MSFT']);
  });

  it('is read from the other keys of JSON lines, whatever their order', () => {
    expect(
      described(
        '{"symbol":"A","sector":"X","marketCap":1.5e9}',
        '{"sector":"Y","symbol":"B","market_cap":"$2M"}',
        '[{"ticker":"C","etf":true},"D",{"symbol":"E"},{"symbol":"F","sector":null}]',
      ),
    ).toEqual([
      { text: 'A', listing: { sector: 'X', marketCap: 1.5e9 } },
      { text: 'B', listing: { sector: 'Y', marketCap: 2e6 } },
      { text: 'C', listing: { instrument: 'etf' } },
      'D',
      'E',
      'F',
    ]);
  });
});
