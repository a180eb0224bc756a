import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { readListings } from '../../src/universe/read-listings.ts';

async function* bytes(text: string) {
  for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
}

const file = (name: string, ...lines: readonly string[]) => ({ name, chunks: bytes(lines.join('\n')) });

describe('readListings', () => {
  it('knows symbols by their canonical spelling', async () => {
    const listings = await readListings([
      file('a.csv', 'symbol,sector', 'BF/B,x', 'ABR^D,y', 'NA,z', 'NAN,n', 'ON,o', 'TRUE,t', '%%,bad', 'T,'),
    ]);
    expect([...listings]).toEqual([
      ['BF.B', { sector: 'x' }],
      ['ABRpD', { sector: 'y', instrument: 'preferred' }],
      ['NA', { sector: 'z' }],
      ['NAN', { sector: 'n' }],
      ['ON', { sector: 'o' }],
      ['TRUE', { sector: 't' }],
    ]);
  });

  it('takes the first row of a symbol in a file', async () => {
    const listings = await readListings([file('a.csv', 'symbol,name,sector', 'A,one,', 'a,two,x')]);
    expect([...listings]).toEqual([['A', { name: 'one' }]]);
  });

  it('adds what a later file says, and lets it have the last word field by field', async () => {
    const listings = await readListings([
      file('a.csv', 'symbol,name,sector', 'A,old,Technology', 'B,only,x'),
      file('b.txt', 'Symbol|Security Name|ETF', 'A|new|Y', 'C|third|N', 'File Creation Time: 1|'),
    ]);
    expect(Object.fromEntries(listings)).toEqual({
      A: { name: 'new', sector: 'Technology', instrument: 'etf' },
      B: { name: 'only', sector: 'x' },
      C: { name: 'third' },
    });
  });

  it('names every file that says nothing of its symbols', async () => {
    const reading = readListings([
      file('plain.txt', 'AAPL', 'MSFT'),
      file('good.csv', 'symbol,name', 'A,x'),
      file('prices.csv', 'symbol,price', 'A,1'),
      file('other.csv', 'name,sector', 'x,y'),
      file('empty.csv'),
    ]);
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map((problem) => /`[^`]+`/.exec(problem)?.[0])).toEqual([
      '`plain.txt`',
      '`prices.csv`',
      '`other.csv`',
      '`empty.csv`',
    ]);
  });

  it('passes on that a file cannot be read', async () => {
    const broken = (async function* () {
      yield Buffer.from('symbol,name\n');
      throw new Error('gone');
    })();
    await expect(readListings([{ name: 'x', chunks: broken }])).rejects.toThrow('gone');
  });
});
