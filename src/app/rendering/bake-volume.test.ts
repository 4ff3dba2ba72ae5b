import { describe, expect, it } from 'vitest';
import { at, channels, PHASES, preview } from '../../../tests/support/preview-volume.ts';
import type { Size3 } from '../../volume/volume.ts';
import { bakeField, bakeGrey, bakePhases, boxBlur, lightGrey, solidLabels } from './bake-volume.ts';

describe('boxBlur', () => {
  it('keeps a constant volume', () => {
    const { data, size } = preview(() => 77);
    expect(new Set(boxBlur(data, size, 3))).toEqual(new Set([77]));
  });

  it('is the mean of the neighbours, with the edge repeated outwards', () => {
    const line = { size: [5, 1, 1] as const, data: Uint8Array.of(0, 0, 90, 0, 30) };
    expect(Array.from(boxBlur(line.data, line.size, 1))).toEqual([0, 30, 30, 40, 20]);
  });

  it('does the same along each axis', () => {
    const values = [0, 0, 90, 0, 30];
    const shapes: Size3[] = [
      [5, 1, 1],
      [1, 5, 1],
      [1, 1, 5],
    ];
    const blurred = shapes.map((size) => boxBlur(Uint8Array.from(values), size, 1));
    expect(blurred[1]).toEqual(blurred[0]);
    expect(blurred[2]).toEqual(blurred[0]);
  });
});

describe('solidLabels', () => {
  it('are all but pore and hidden phases, or the pores where nothing else is left', () => {
    const labels = (hidden: readonly number[]): number[] =>
      solidLabels(PHASES, hidden).map(({ label }) => label);
    expect(labels([])).toEqual([1, 2]);
    expect(labels([1])).toEqual([2]);
    expect(labels([1, 2])).toEqual([0]);
    expect(labels([0, 1, 2])).toEqual([]);
  });
});

describe('bakePhases', () => {
  const half = preview((x) => (x < 6 ? 2 : 0));

  it('is opaque inside a solid, clear in pores, and half-way at the surface between', () => {
    const { words } = bakePhases(half, PHASES, []);
    expect(channels(words[at(2, 5, 4)])[3]).toBe(255);
    expect(channels(words[at(9, 5, 4)])[3]).toBe(0);
    const [inner, outer] = [5, 6].map((x) => channels(words[at(x, 5, 4)])[3] ?? 0);
    expect(inner).toBeGreaterThan(127);
    expect(outer).toBeLessThan(127);
    expect((inner ?? 0) + (outer ?? 0)).toBeCloseTo(255, -1);
  });

  it('gives clear voxels beside a solid its colour, so that edges have no dark rim', () => {
    const [red = 0, green, blue] = channels(bakePhases(half, PHASES, []).words[at(6, 5, 4)]);
    expect(red).toBeGreaterThan(60);
    expect([green, blue]).toEqual([0, 0]);
  });

  it('lights the side towards the lamp more than the one away from it', () => {
    const ball = preview((x, y, z) => ((x - 6) ** 2 + (y - 5) ** 2 + (z - 4) ** 2 < 9 ? 2 : 0));
    const { words } = bakePhases(ball, PHASES, []);
    const above = channels(words[at(6, 3, 4)])[0] ?? 0;
    const below = channels(words[at(6, 7, 4)])[0] ?? 0;
    expect(above).toBeGreaterThan(1.2 * below);
    expect(below).toBeGreaterThan(50);
  });

  it('draws nothing of hidden phases', () => {
    const { words, faces } = bakePhases(half, PHASES, [0, 1, 2]);
    expect(words.every((word) => word === 0)).toBe(true);
    expect(faces.every((word) => word === 0)).toBe(true);
  });
});

describe('bakeGrey', () => {
  const ramp = preview((x) => x * 20);
  const look = { low: 60, high: 160, colourMap: 'grey' as const, lit: true };

  it('keeps the levels as alpha, apart from clear and painted', () => {
    const { words, faces } = bakeGrey(lightGrey(ramp), [0, 255], look);
    const alphas = Array.from({ length: 12 }, (_, x) => channels(words[at(x, 5, 4)])[3] ?? 0);
    expect(alphas).toEqual(alphas.toSorted((a, b) => a - b));
    expect(alphas[5]).toBe(Math.round(1 + (100 * 253) / 255));
    expect(channels(faces[0])[3]).toBe(255);
  });

  it('draws a value in the colour that the window gives it, where no light falls on it', () => {
    const unlit = bakeGrey(lightGrey(ramp), [0, 255], { ...look, lit: false });
    expect(channels(unlit.words[at(3, 5, 4)]).slice(0, 3)).toEqual([0, 0, 0]);
    expect(channels(unlit.words[at(8, 5, 4)]).slice(0, 3)).toEqual([255, 255, 255]);
  });

  it('follows the grey values that the copy stands for', () => {
    const lit = lightGrey(ramp);
    const same = bakeGrey(lit, [1000, 3550], { ...look, low: 1600, high: 2600 });
    expect(same.words).toEqual(bakeGrey(lit, [0, 255], look).words);
  });

  it('survives a window without width', () => {
    const { words } = bakeGrey(lightGrey(ramp), [5, 5], { ...look, low: 5, high: 5 });
    expect(words.length).toBe(ramp.data.length);
  });
});

describe('bakeField', () => {
  const field = { ...preview((x) => (x < 4 ? 0 : 20 * x)), hasOutside: true };
  const look = { low: 0, high: 255, colourMap: 'viridis', lit: false } as const;

  it('is solid where there is a value, in the colour of the value, and clear elsewhere', () => {
    const { words, faces } = bakeField(field, look, false);
    expect(channels(words[at(2, 5, 4)])[3]).toBe(0);
    expect(channels(words[at(6, 5, 4)])[3]).toBe(255);
    expect(faces[0]).toBe(0);
    expect(channels(faces[1]).slice(0, 3)).toEqual([0x44, 0x01, 0x54]);
    expect(channels(faces[255]).slice(0, 3)).toEqual([0xfd, 0xe7, 0x25]);
  });

  it('keeps the levels as alpha for an opacity curve', () => {
    const { words } = bakeField(field, look, true);
    expect([2, 6, 11].map((x) => channels(words[at(x, 5, 4)])[3])).toEqual([0, 120, 220]);
  });
});
