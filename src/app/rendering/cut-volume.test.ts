import { describe, expect, it } from 'vitest';
import { at, channels, PHASES, preview, SIZE } from '../../../tests/support/preview-volume.ts';
import { bakePhases } from './bake-volume.ts';
import { WHOLE_BOX } from './clipping.ts';
import { cutOpen } from './cut-volume.ts';

describe('cutOpen', () => {
  const solid = preview(() => 2);
  const baked = bakePhases(solid, PHASES, []);

  it('takes out what is before the crosshair in x, y and z, and nothing else', () => {
    const cut = cutOpen(baked, solid, WHOLE_BOX, [5, 4, 3]);
    const clear = Array.from(cut.keys()).filter((i) => (cut[i] as number) >>> 24 === 0);
    expect(clear.length).toBe(6 * 4 * 3);
    expect(clear).toContain(at(6, 3, 2));
    expect(clear).not.toContain(at(5, 3, 2));
    expect(clear).not.toContain(at(6, 4, 2));
  });

  it('shows on the cut faces what the slices show, pores as well', () => {
    const mixed = preview((_x, y) => (y < 5 ? 0 : 2));
    const cut = cutOpen(bakePhases(mixed, PHASES, []), mixed, WHOLE_BOX, [5, 4, 3]);
    const [red, green, blue, alpha] = channels(cut[at(5, 2, 1)]);
    expect([red, green]).toEqual([0, 0]);
    expect(blue).toBeGreaterThan(200);
    expect(alpha).toBe(255);
  });

  it('leaves hidden phases clear on the cut faces', () => {
    const mixed = preview((_x, y) => (y < 5 ? 0 : 2));
    const cut = cutOpen(bakePhases(mixed, PHASES, [0]), mixed, WHOLE_BOX, [5, 3, 3]);
    expect(channels(cut[at(5, 1, 1)])[3]).toBe(0);
  });

  it('leaves the baked volume alone and works at every crosshair', () => {
    const before = baked.words.slice();
    for (let z = 0; z < SIZE[2]; z += 7) {
      for (let y = 0; y < SIZE[1]; y += 3) {
        for (let x = 0; x < SIZE[0]; x++) cutOpen(baked, solid, WHOLE_BOX, [x, y, z]);
      }
    }
    expect(baked.words).toEqual(before);
    const flat = preview(() => 2, [4, 4, 1]);
    expect(cutOpen(bakePhases(flat, PHASES, []), flat, WHOLE_BOX, [1, 2, 0]).length).toBe(16);
  });

  it('paints the slices at the sides of the box, to where samples no longer mix in others', () => {
    const mixed = preview((_x, y) => (y < 5 ? 0 : 2));
    const box = { low: [0.5, 0, 0], high: [1, 1, 1] } as const;
    const cut = cutOpen(bakePhases(mixed, PHASES, []), mixed, box, null);
    for (const x of [5, 6, 7]) expect(channels(cut[at(x, 2, 4)])[3]).toBe(255);
    for (const x of [4, 8]) expect(channels(cut[at(x, 2, 4)])[3]).toBe(0);
    expect(channels(cut[at(6, 2, 4)])[2]).toBeGreaterThan(200);
  });

  it('takes the corner out of what the sides painted', () => {
    const mixed = preview(() => 2);
    const box = { low: [0, 0, 0.2], high: [1, 1, 1] } as const;
    const cut = cutOpen(bakePhases(mixed, PHASES, []), mixed, box, [5, 4, 3]);
    expect(channels(cut[at(7, 2, 1)])[3]).toBe(0);
  });
});
