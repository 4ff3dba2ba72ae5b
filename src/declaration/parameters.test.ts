import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../volume/digest.ts';
import {
  defaultParameters,
  describeRange,
  type ParameterField,
  parseParameters,
  type RawParameters,
} from './parameters.ts';

const COMMON = { title: 'Title', help: 'Help.' } as const;
const RANGE = { unit: '', min: 0, max: 10, step: 1 } as const;

const FIELDS = {
  number: { ...COMMON, ...RANGE, kind: 'number', default: 1 },
  integer: { ...COMMON, ...RANGE, kind: 'integer', default: 2 },
  auto: { ...COMMON, ...RANGE, kind: 'auto-number', auto: 'Guessed.' },
  flag: { ...COMMON, kind: 'boolean', default: false },
  choice: {
    ...COMMON,
    kind: 'choice',
    options: [
      { value: 'a', title: 'A' },
      { value: 'b', title: 'B' },
    ],
    default: 'a',
  },
  box: { ...COMMON, kind: 'box' },
  labels: { ...COMMON, kind: 'labels' },
  intervals: { ...COMMON, kind: 'intervals', minCount: 1, maxCount: 3, auto: 'Peaks.' },
  phases: { ...COMMON, kind: 'phases' },
  values: { ...COMMON, ...RANGE, kind: 'label-values', auto: 'Pores.' },
} as const satisfies Record<string, ParameterField>;

function parse(raw: unknown) {
  return parseParameters(FIELDS, raw as RawParameters, 'test');
}

const INVALID = expect.objectContaining({ name: 'UserError', code: 'parameter/invalid' });

describe('parseParameters', () => {
  it('fills in defaults', () => {
    expect(parse({})).toEqual(defaultParameters(FIELDS));
  });

  it.each([
    ['number', '1'],
    ['number', Number.NaN],
    ['number', 'NaN'],
    ['number', Infinity],
    ['number', -0.1],
    ['number', null],
    ['integer', 1.5],
    ['integer', 1n],
    ['auto', undefined],
    ['auto', Number.NaN],
    ['flag', 0],
    ['choice', 'constructor'],
    ['choice', 'c'],
    ['box', [0, 1, 0, 1, 0]],
    ['box', [0, 1, 0, 1, 1, 1]],
    ['box', new Array<number>(6)],
    ['box', [0, 1, 0, 1, 0, 2 ** 60]],
    ['labels', []],
    ['labels', new Array<number>(3)],
    ['labels', [1, 1]],
    ['labels', [0.5]],
    ['labels', { length: 1, 0: 1 }],
    ['labels', Array.from({ length: 300 }, (_, i) => i)],
    ['intervals', [{ name: 'a', from: 1, to: 0 }]],
    [
      'intervals',
      [
        { name: 'a', from: 0, to: null },
        { name: 'b', from: 1, to: 2 },
      ],
    ],
    ['intervals', [{ name: 'a', from: 0, to: 1, extra: 1 }]],
    ['phases', [{ label: 0, name: 'a', colour: 'red', pore: true }]],
    ['phases', Array.from({ length: 300 }, (_, i) => phase(i))],
    ['phases', [phase(1), phase(1)]],
    ['values', []],
    ['values', [{ label: 0, value: Number.NaN }]],
    ['values', [{ label: 0, value: 1, extra: 1 }]],
    ['values', [1, 1].map((label) => ({ label, value: 1 }))],
  ] as const)('refuses a bad %s and says what is accepted (%#)', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(INVALID);
    expect(() => parse({ [name]: value })).toThrow(`test: Title (${name}) is `);
    expect(() => parse({ [name]: value })).toThrow(describeRange(FIELDS[name as 'number']));
  });

  it.each([['a'], [null], [[]], [3]])('refuses %j in place of parameters', (raw) => {
    expect(() => parse(raw)).toThrow(INVALID);
  });

  it('keeps its message short, whatever it was given', () => {
    let deep: unknown = 0;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    for (const labels of [deep, cyclic, 'x'.repeat(1e6), new Array(1e6).fill(7.5), () => 1]) {
      const caught = catchError(() => parse({ labels }));
      expect(caught).toEqual(INVALID);
      expect((caught as Error).message.length).toBeLessThan(400);
    }
    const name = 'n'.repeat(1e6);
    expect((catchError(() => parse({ [name]: 1 })) as Error).message.length).toBeLessThan(400);
  });

  it('takes no parameter from a prototype', () => {
    const hostile = JSON.parse('{"__proto__": {"number": 5}}') as RawParameters;
    expect(() => parse(hostile)).toThrow(/no parameter "__proto__"/);
    expect(parse(Object.create({ number: 5 }) as RawParameters).number).toBe(1);
    expect(() => parse({ constructor: 1 })).toThrow(/no parameter "constructor"/);
    expect(Object.prototype).not.toHaveProperty('number');
  });

  it('gives what canonical JSON holds, and refuses everything else', () => {
    const value = fc.oneof(
      fc.anything({ withBigInt: true, withSparseArray: true, withNullPrototype: true }),
      fc.jsonValue(),
    );
    const raw = fc.dictionary(fc.constantFrom(...Object.keys(FIELDS)), value);
    fc.assert(
      fc.property(raw, (given) => {
        let parsed: unknown;
        try {
          parsed = parse(given);
        } catch (error) {
          expect(error).toEqual(INVALID);
          return;
        }
        expect(parse(JSON.parse(canonicalJson(parsed)))).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });
});

function phase(label: number) {
  return { label, name: `p${label}`, colour: '#000000', pore: false };
}

function catchError(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}
