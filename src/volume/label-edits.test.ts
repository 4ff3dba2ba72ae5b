import { describe, expect, it } from 'vitest';
import type { LabelEdit } from '../declaration/edits.ts';
import { finish } from '../kernels/steps.ts';
import { applyEdit, wholeGrid } from './label-edits.ts';
import type { Size3, VoxelArray } from './volume.ts';

const SIZE: Size3 = [9, 7, 5];
const COMMON = { only: null, keep: [] } as const;

function paint(edit: LabelEdit, data: VoxelArray = new Uint8Array(315)): VoxelArray {
  finish(applyEdit(wholeGrid(data, SIZE, null), edit));
  return data;
}

function count(data: VoxelArray, label: number): number {
  return data.filter((value) => Number(value) === label).length;
}

function at(data: VoxelArray, x: number, y: number, z: number): number {
  return Number(data[x + 9 * (y + 7 * z)]);
}

const DAB = {
  tool: 'brush',
  axis: 2,
  slice: 1,
  radius: 1,
  metric: 'voxel',
  path: '4,3',
  label: 2,
  ...COMMON,
} as const;

describe('an edit', () => {
  it('paints in its slice alone, whichever axis it is across', () => {
    const xy = paint(DAB);
    expect([count(xy, 2), at(xy, 4, 3, 1), at(xy, 4, 4, 1), at(xy, 4, 3, 2)]).toEqual([5, 2, 2, 0]);
    const yz = paint({ ...DAB, axis: 0, slice: 8, path: '3,2' });
    expect([count(yz, 2), at(yz, 8, 3, 2), at(yz, 8, 3, 3), at(yz, 7, 3, 2)]).toEqual([5, 2, 2, 0]);
  });

  it('paints over some labels only, or spares some', () => {
    const halves = (): Uint8Array =>
      Uint8Array.from({ length: 315 }, (_, i) => (i % 9 < 4 ? 1 : 3));
    expect(count(paint({ ...DAB, only: [1] }, halves()), 2)).toBe(1);
    expect(count(paint({ ...DAB, keep: [1] }, halves()), 2)).toBe(4);
  });

  it('fills what is connected to its seed over faces, in its slice or in 3-D', () => {
    // A wall at x = 4 with a corner-wide gap.
    const walled = (): Uint8Array =>
      Uint8Array.from({ length: 315 }, (_, i) => (i % 9 === 4 ? 1 : 0));
    const fill = {
      tool: 'fill',
      axis: 2,
      seed: [0, 0, 2],
      diagonal: false,
      label: 5,
      ...COMMON,
    } as const;
    expect(count(paint(fill, walled()), 5)).toBe(4 * 7);
    expect(count(paint({ ...fill, axis: null }, walled()), 5)).toBe(4 * 7 * 5);
    expect(count(paint({ ...fill, label: 0 }, walled()), 0)).toBe(8 * 7 * 5);
    expect(count(paint({ ...fill, keep: [0] }, walled()), 5)).toBe(0);
  });

  it('fills over corners only where it is told to', () => {
    const checkers = (): Uint8Array =>
      Uint8Array.from({ length: 315 }, (_, i) => ((i % 9) + (Math.floor(i / 9) % 7)) % 2);
    const fill = {
      tool: 'fill',
      axis: 2,
      seed: [0, 0, 0],
      diagonal: false,
      label: 5,
      ...COMMON,
    } as const;
    expect(count(paint(fill, checkers()), 5)).toBe(1);
    expect(count(paint({ ...fill, diagonal: true }, checkers()), 5)).toBe(32);
  });

  it('paints runs from row to row', () => {
    const runs = {
      tool: 'interpolate',
      axis: 2,
      slices: [0, 2],
      runs: '7,4 60,1',
      label: 4,
      ...COMMON,
    } as const;
    const painted = paint(runs);
    expect(
      Array.from(painted as Uint8Array).flatMap((value, i) => (value === 4 ? [i] : [])),
    ).toEqual([7, 8, 9, 10, 71]);
  });

  it('paints 64-bit and floating-point labels', () => {
    expect(count(paint(DAB, new BigInt64Array(315)), 2)).toBe(5);
    expect(count(paint(DAB, new Float32Array(315)), 2)).toBe(5);
  });

  it.each([
    ['a slice beyond the last', { ...DAB, slice: 5 }, /z = 5, and the volume has 5 voxels there/],
    ['a path beyond the edge', { ...DAB, path: '4,3 9,3' }, /x = 9/],
    [
      'runs beyond the end',
      { tool: 'interpolate', axis: 2, slices: [0, 2], runs: '300,16', label: 1, ...COMMON },
      /another volume/,
    ],
    ['a label too large for the voxels', { ...DAB, label: 256 }, /labels up to 255/],
    ['a length without a voxel size', { ...DAB, metric: 'physical' }, /voxel size is not known/],
  ] as readonly (readonly [string, LabelEdit, RegExp])[])('refuses %s', (_what, edit, message) => {
    expect(() => paint(edit)).toThrow(message);
  });

  it('paints a slice as it paints the volume', () => {
    const edits: readonly LabelEdit[] = [
      { tool: 'ball', radius: 2.5, metric: 'voxel', path: '2,2,1 6,4,3', label: 1, ...COMMON },
      DAB,
      { tool: 'lasso', axis: 1, slice: 3, path: '0,0 8,0 4,4', label: 3, only: [0, 1], keep: [] },
      {
        tool: 'interpolate',
        axis: 2,
        slices: [0, 2],
        runs: '100,70',
        label: 4,
        only: null,
        keep: [2],
      },
      { tool: 'fill', axis: 1, seed: [0, 3, 4], diagonal: false, label: 6, ...COMMON },
    ];
    const whole = new Uint8Array(315);
    const slice = new Uint8Array(9 * 5);
    for (const edit of edits) {
      paint(edit, whole);
      const grid = {
        data: slice,
        box: [0, 9, 3, 4, 0, 5],
        strides: [1, 0, 9],
        size: SIZE,
        spacing: null,
      } as const;
      finish(applyEdit(grid, edit));
    }
    const expected = Array.from({ length: 45 }, (_, i) => at(whole, i % 9, 3, Math.floor(i / 9)));
    expect([...slice]).toEqual(expected);
    expect(new Set(slice)).toEqual(new Set([0, 1, 2, 3, 4, 6]));
  });
});
