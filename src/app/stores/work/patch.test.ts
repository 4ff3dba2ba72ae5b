import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Patch, patchBetween, patched, type Plain } from './patch.ts';

const PLAIN = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Plain>;

describe('a patch', () => {
  it('makes the second document of the first, also after a way through text', () => {
    fc.assert(
      fc.property(PLAIN, PLAIN, (before, after) => {
        const patch = patchBetween(before, after);
        if (patch === null) expect(after).toEqual(before);
        else expect(patched(before, JSON.parse(JSON.stringify(patch)) as Patch)).toEqual(after);
      }),
    );
  });

  it('is none between equal documents', () => {
    fc.assert(
      fc.property(PLAIN, (value) => {
        expect(patchBetween(value, structuredClone(value))).toBeNull();
      }),
    );
  });

  it('of a stroke at the end of a long list holds the stroke alone', () => {
    const strokes = Array.from({ length: 1000 }, (_, i) => ({ path: `${i},${i}` }));
    const patch = patchBetween({ strokes }, { strokes: [...strokes, { path: 'new' }] });
    expect(JSON.stringify(patch)).toBe('["{",[["strokes",["[",1000,0,[{"path":"new"}]]]],[]]');
  });

  it('keeps entries called __proto__ as entries', () => {
    const before = JSON.parse('{"__proto__": 1}') as Plain;
    const after = JSON.parse('{"__proto__": {"polluted": true}}') as Plain;
    const made = patched(before, patchBetween(before, after) as Patch);
    expect(JSON.stringify(made)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
