import { expect, it } from 'vitest';
import { checkSelections } from '../../src/universe/check-selections.ts';

const listings = [
  { sector: 'Technology', industry: 'Semiconductors' },
  { sector: 'Health Care', industry: 'Major Pharmaceuticals' },
  { name: 'Says little' },
];

it('finds nothing wrong with what listings have, in letters of either case', () => {
  expect(checkSelections({ sectors: ['technology', 'Health Care'], industries: [] }, listings)).toEqual([]);
  expect(checkSelections({}, [])).toEqual([]);
});

it('names all values where there are few', () => {
  expect(checkSelections({ sectors: ['Tech', 'Technology'], industries: ['Oil'] }, listings)).toEqual([
    'Expected a sector of the listings, got `Tech`: there are `Health Care`, `Technology`',
    'Expected an industry of the listings, got `Oil`: there are `Major Pharmaceuticals`, `Semiconductors`',
  ]);
});

it('names the nearest values where there are many', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    industry: `Filler ${String.fromCharCode(65 + index)}`,
  }));
  const industries = [
    ...many,
    { industry: 'Computer Software: Prepackaged Software' },
    { industry: 'EDP Services' },
  ];
  const [problem] = checkSelections({ industries: ['software'] }, industries);
  expect(problem).toMatch(
    /^Expected an industry of the listings, got `software`: the nearest are `Computer Software: Prepackaged Software`, `.*`, `.*`$/,
  );
});

it('says that there are none', () => {
  expect(checkSelections({ subIndustries: ['x'] }, listings)).toEqual([
    'Expected a sub-industry of the listings, got `x`: they have none',
  ]);
});
