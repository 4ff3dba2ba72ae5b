import { describe, expect, it } from 'vitest';
import { rowsOf, runOperation, tableOf } from '../../../tests/support/run-operation.ts';
import { createVolume, type Size3 } from '../../volume/volume.ts';
import { operation } from './index.ts';

function build(size: Size3, label: (x: number, y: number, z: number) => number) {
  const [nx, ny, nz] = size;
  const data = new Uint8Array(nx * ny * nz);
  for (let i = 0; i < data.length; i++) {
    data[i] = label(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny)));
  }
  return createVolume({ kind: 'labels', name: 'built', size, data });
}

async function percolating(
  volume: ReturnType<typeof build>,
  label: number,
  connectivity = '6',
): Promise<string> {
  const result = await runOperation(operation, volume, { connectivity });
  return rowsOf(result, 'percolation')
    .filter((row) => row['label'] === label && row['percolates'] === true)
    .map((row) => row['direction'])
    .join('');
}

describe('percolation', () => {
  it('finds the axis of a straight channel along each direction', async () => {
    const size = [8, 7, 6] as const;
    expect(
      await percolating(
        build(size, (_x, y, z) => (y === 3 && z === 2 ? 1 : 0)),
        1,
      ),
    ).toBe('x');
    expect(
      await percolating(
        build(size, (x, _y, z) => (x === 3 && z === 2 ? 1 : 0)),
        1,
      ),
    ).toBe('y');
    expect(
      await percolating(
        build(size, (x, y) => (x === 3 && y === 2 ? 1 : 0)),
        1,
      ),
    ).toBe('z');
  });

  it('is along both axes of a slab and not across it', async () => {
    const slabs = build([8, 8, 8], (_x, y) => (y % 4 < 2 ? 1 : 0));
    expect(await percolating(slabs, 0)).toBe('xz');
    expect(await percolating(slabs, 1)).toBe('xz');
  });

  it('depends on the connectivity where voxels touch at edges', async () => {
    const staircase = build([6, 6, 1], (x, y) => (x === y ? 1 : 0));
    // One slice thick: every component touches both faces across z.
    expect(await percolating(staircase, 1, '6')).toBe('z');
    expect(await percolating(staircase, 1, '18')).toBe('xyz');
    const diagonal = build([5, 5, 5], (x, y, z) => (x === y && y === z ? 1 : 0));
    expect(await percolating(diagonal, 1, '18')).toBe('');
    expect(await percolating(diagonal, 1, '26')).toBe('xyz');
  });

  it('warns that wider connectivity is not transport', async () => {
    const volume = build([2, 2, 2], () => 0);
    const notesOf = async (connectivity: string): Promise<string | undefined> =>
      tableOf(await runOperation(operation, volume, { connectivity }), 'percolation').notes[0];
    expect(await notesOf('6')).toMatch(/through faces/);
    expect(await notesOf('26')).toMatch(/may still have no conducting path/);
  });

  it('counts components of any label type', async () => {
    const volume = createVolume({
      kind: 'labels',
      size: [7, 1, 1],
      data: Int32Array.of(-5, 1000, 1000, -5, 1000, -5, -5),
    });
    const rows = rowsOf(await runOperation(operation, volume), 'percolation');
    expect(rows.map((row) => [row['label'], row['direction'], row['components']])).toEqual([
      [-5, 'x', 3],
      [-5, 'y', 3],
      [-5, 'z', 3],
      [1000, 'x', 2],
      [1000, 'y', 2],
      [1000, 'z', 2],
    ]);
    expect(rows[0]?.['largestComponentFraction']).toBe(0.5);
    expect(rows[1]?.['percolatingFraction']).toBe(1);
  });
});
