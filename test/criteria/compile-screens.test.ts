import { describe, expect, it } from 'vitest';
import { compileScreens } from '../../src/criteria/compile-screens.ts';
import { ConfigError } from '../../src/errors.ts';
import { subject } from './subjects.ts';

async function problemsOf(options: Parameters<typeof compileScreens>[0]): Promise<readonly string[]> {
  const error = await compileScreens(options).then(
    () => expect.fail('compiled'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

/** Whether a condition holds. */
async function holds(where: string, of = subject()): Promise<boolean> {
  const [screen] = await compileScreens({ where });
  return screen!.test(of);
}

describe('compileScreens', () => {
  it('has no screen where nothing is asked', async () => {
    expect(await compileScreens({})).toEqual([]);
  });

  it('gives the screens that are used in their order, each once, and the condition last', async () => {
    const screens = await compileScreens({
      where: 'close > 5',
      use: ['nr7', 'my-dip', 'nr7'],
      define: [
        ['my-dip', 'rsi_14 < 30'],
        ['unused', 'close > 1'],
      ],
    });
    expect(screens.map(({ name }) => name)).toEqual(['nr7', 'my-dip', 'where']);
  });

  it('judges each subject by itself', async () => {
    const [a, b] = await compileScreens({
      use: ['cheap', 'dear'],
      define: [
        ['cheap', 'close < 10'],
        ['dear', 'close > 100'],
      ],
    });
    const low = subject({ close: 5 });
    const high = subject({ close: 500 });
    expect([a!.test(low), b!.test(low), a!.test(high), b!.test(high), a!.test(low)]).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it.each([
    ['close > 5', false],
    ['signal == "Long"', false],
    ['composite > 80', true],
    ['composite_signal == "Long"', true],
    ['close > 5 or coverage < 1', true],
    ['factors . momentum > 70', true],
    ['symbol == "composite"', false],
    ['close > 5 // composite', false],
  ])('knows whether %s needs the market', async (where, needsMarket) => {
    const [screen] = await compileScreens({ where });
    expect(screen!.needsMarket).toBe(needsMarket);
  });

  it('reads the row, the listing, the place and the symbol', async () => {
    const of = subject(
      { close: 12, rating: 20, trend: 1, momentum: 0 },
      {
        listing: { sector: 'Energy', subIndustry: 'Drilling', marketCap: 2e9, instrument: 'common' },
        place: { composite: 70, signal: 'Long', coverage: 0.9, factors: { momentum: 91, trend: null } },
      },
    );
    expect(await holds('close == 12 and rating == 20 and signal == "Long"', of)).toBe(true);
    expect(await holds('symbol == "AAPL" and sector == "Energy" and sub_industry == "Drilling"', of)).toBe(
      true,
    );
    expect(await holds('market_cap >= 2e9 and instrument == "common" and exchange == ""', of)).toBe(true);
    expect(await holds('composite == 70 and composite_signal == "Long" and coverage == 0.9', of)).toBe(true);
    expect(await holds('factors.momentum == 91 and not known(factors.trend)', of)).toBe(true);
  });

  it('takes a comparison with what is not available for false, and != for true', async () => {
    for (const name of ['close', 'market_cap', 'composite', 'factors.high']) {
      for (const sign of ['<', '<=', '>', '>=', '=='])
        expect(await holds(`${name} ${sign} 0`), `${name} ${sign}`).toBe(false);
      expect(await holds(`${name} != 0`), name).toBe(true);
      expect(await holds(`known(${name})`), name).toBe(false);
    }
    expect(await holds('known(sector)')).toBe(false);
    expect(await holds('sector == ""')).toBe(true);
    expect(await holds('known(close / 0)', subject({ close: 1 }))).toBe(false);
  });

  it('has functions of numbers and of texts', async () => {
    const of = subject({ gap_1d: -0.03, sma_50: 4, sma_200: 6 }, { listing: { name: 'Acme Energy Fund' } });
    expect(
      await holds('abs(gap_1d) > 0.02 and min(sma_50, sma_200) == 4 and max(sma_50, sma_200) == 6', of),
    ).toBe(true);
    expect(await holds('lower(name).contains("energy") and name.startsWith("Acme")', of)).toBe(true);
    expect(await holds('name.endsWith("Fund") and not name.contains("energy")', of)).toBe(true);
    expect(await holds('max(sma_50, close) > 0', of)).toBe(false);
  });

  it('names every problem at once, with the place where it came from', async () => {
    const problems = await problemsOf({
      where: 'sector < 30',
      use: ['golden-cros', 'mine', 'broken'],
      define: [
        ['mine', 'close > 1'],
        ['mine', 'close > 2'],
        ['nr7', 'close > 3'],
        ['where', 'close > 3'],
        ['No', 'close > 3'],
        ['broken', 'rsi_41 < 30'],
      ],
    });
    expect(problems).toEqual([
      'screen mine: defined twice',
      'screen nr7: is built in; choose another name',
      'screen where: `where` is the name of --where',
      'screen No: a name is of small letters, digits and dashes, as in `my-dip`',
      'screen broken: unknown column `rsi_41` at 1; did you mean `rsi_14`?\n  rsi_41 < 30\n  ^^^^^^',
      '--screen: unknown screen `golden-cros`; did you mean `golden-cross`?',
      '--where: `sector < 30` compares text with a number at 1\n  sector < 30\n  ^^^^^^^^^^^',
    ]);
  });

  it('lists the screens where no name is near', async () => {
    const [problem] = await problemsOf({ use: ['zzzzzz'], define: [['my-own', 'close > 1']] });
    expect(problem).toMatch(/^--screen: unknown screen `zzzzzz`; there are my-own, golden-cross, /);
  });

  it('checks a screen that is not used', async () => {
    expect(await problemsOf({ define: [['mine', 'close']] })).toHaveLength(1);
  });
});

describe('a mistake is told where it was typed, in the words of who typed it', () => {
  it.each([
    ['not close > 1 and rsi_41 < 3', 19, 6, 'unknown column `rsi_41`', 'did you mean `rsi_14`?'],
    ['RSI_14 < 3', 1, 6, 'unknown column `RSI_14`', 'did you mean `rsi_14`?'],
    [
      'close > 1 and factors.momentm > 3',
      15,
      15,
      'unknown column `factors.momentm`',
      'did you mean `factors.momentum`?',
    ],
    ['sector == Energy', 11, 6, 'unknown column `Energy`', 'text is written in quotes: `"Energy"`'],
    [
      '1 < 2 and sector not in [3]',
      11,
      17,
      '`sector not in [3]` looks for text in a list of numbers',
      'write `sector in ["Energy", "Utilities"]`',
    ],
    ['not sector < 30 or close > 3', 5, 11, '`sector < 30` compares text with a number'],
    [
      '1 < 2 and (close + 1) * 2 < (sector)',
      11,
      26,
      '`(close + 1) * 2 < (sector)` compares a number with text',
    ],
    ['2 * close + sector > 3', 1, 18, '`2 * close + sector` calculates with a number and text'],
    ['1 < 2 and close', 11, 5, '`close` is a number, not a condition', 'compare it, as in `close > 0`'],
    ['1 < 2 and not close', 15, 5, '`close` is a number, not a condition', 'compare it, as in `close > 0`'],
    ['!close > 3', 2, 5, '`close` is a number, not a condition', 'compare it, as in `close > 0`'],
    [' close + 1 ', 2, 9, '`close + 1` is a number, not a condition', 'compare it, as in `close + 1 > 0`'],
    ['sector', 1, 6, '`sector` is text, not a condition'],
    ['close ? true : false', 1, 5, '`close` is a number, not a condition', 'compare it, as in `close > 0`'],
    [
      '(close > 1 ? 1 : "a") == 1',
      2,
      19,
      '`close > 1 ? 1 : "a"` is a number or text',
      'both must be of one type',
    ],
    ['sector in [1, "a"]', 15, 3, '`"a"` is text, and what stands before it in the list is not'],
    ['-sector == 3', 1, 7, '`sector` is text, not a number'],
    ['1 < 2 and lower(close) == "a"', 11, 12, '`lower(close)` is not `lower(text)`'],
    ['sector.contains(1)', 1, 18, '`sector.contains(1)` is not `text.contains(text)`'],
    ['"a" in sector', 1, 13, '`"a" in sector` looks in no list', 'write `sector.contains("a")`'],
    ['close = 3', 7, 1, 'unexpected `=`', 'write `==` to compare'],
    ['close <> 3', 7, 2, 'unexpected `<>`', 'write `!=`'],
    ['close => 3', 7, 2, 'unexpected `=>`', 'write `>=`'],
    ['close === 3', 7, 3, 'unexpected `===`', 'write `==`'],
    [
      '30 < rsi_14 < 40',
      13,
      1,
      'two comparisons in a row',
      'write `30 < rsi_14 and rsi_14 < …`, or parentheses around one of them',
    ],
    [
      'not 1 < close < 4',
      15,
      1,
      'two comparisons in a row',
      'write `1 < close and close < …`, or parentheses around one of them',
    ],
    ['rsi_14 between 30 and 40', 8, 7, 'unknown column `between`', 'write `30 < rsi_14 and rsi_14 < 70`'],
    ['ret_5d > 5%', 11, 1, 'unexpected `%`', 'write 2% as 0.02, or as 2 where the column is in percent'],
    ['market_cap > 10k', 14, 3, '`10k` is not a number', 'write numbers such as 1000, 0.5 or 2e9'],
    ['name == "abc', 9, 1, 'unexpected `"`', 'the text is not closed'],
    ['name == "a\\q"', 9, 5, '`"a\\q"` has a `\\` that is none of CEL’s'],
    ['(close > 3', 1, 1, '`(` is not closed'],
    ['close > 3)', 10, 1, '`)` closes nothing'],
    ['close > (3]', 11, 1, '`]` closes nothing'],
    ['not close > and close > 5', 13, 3, 'unexpected `and`'],
    ['not close >', 12, 1, 'breaks off', 'something must follow'],
    ['close > 3 close', 11, 5, 'unexpected `close`'],
    ['', 1, 1, 'no condition'],
    ['// nothing', 1, 1, 'no condition'],
  ])('%s', async (where, column, length, what, remedy?: string) => {
    // The first mistake; those that follow from it are behind.
    const [problem] = await problemsOf({ where });
    expect(problem!.split('\n')).toEqual([
      `--where: ${what} at ${column}${remedy === undefined ? '' : `; ${remedy}`}`,
      `  ${where}`,
      `  ${' '.repeat(column - 1)}${'^'.repeat(length)}`,
    ]);
  });

  it('shows the line of a text that has several', async () => {
    expect(await problemsOf({ where: 'close > 3\nand rsi_41 < 3\nand close < 9' })).toEqual([
      '--where: unknown column `rsi_41` at 5 of line 2; did you mean `rsi_14`?\n  and rsi_41 < 3\n      ^^^^^^',
    ]);
  });

  it('shows the surroundings of the place in a long line', async () => {
    const padding = 'close > 3 and '.repeat(30);
    const [problem] = await problemsOf({ where: `${padding}rsi_41 < 3 and ${padding}close > 3` });
    const [message, line, carets] = problem!.split('\n') as [string, string, string];
    expect(message).toContain(`at ${padding.length + 1};`);
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('rsi_41');
  });

  it('shows nothing that a terminal obeys', async () => {
    const problems = await problemsOf({ where: 'name == \u001b[31m\u202e + "\u0007"' });
    expect(problems.join('').match(/[^\P{C}\n]/u)).toBeNull();
  });
});
