/** Connected components where the answer is known: closed forms, scipy's numbers, invariances. */
import { describe, expect, it } from 'vitest';
import { operation } from '../../src/operations/label-components/index.ts';
import { createVolume, type Size3, type Volume } from '../../src/volume/volume.ts';
import { rowsOf, runOperation, volumeOf } from '../support/run-operation.ts';

function labelVolume(size: Size3, data: Uint8Array, parts: Partial<Volume> = {}): Volume {
  return createVolume({ kind: 'labels', name: 'bodies', size, data, ...parts });
}

function fill(size: Size3, rule: (x: number, y: number, z: number) => number): Uint8Array {
  const [nx, ny, nz] = size;
  return Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
    rule(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))),
  );
}

const SIZE = [40, 33, 27] as const;

/** Park & Miller 1988; the volume of tests/support/label-components.py. */
function seeded(below: number): Uint8Array {
  let state = 2026;
  return Uint8Array.from({ length: SIZE[0] * SIZE[1] * SIZE[2] }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state * 20 < below * 2_147_483_647 ? 1 : 0;
  });
}

describe('closed forms', () => {
  it.each([
    ['6', 32],
    ['18', 1],
    ['26', 1],
  ])('finds in a checkerboard by %s neighbours %i components', async (connectivity, components) => {
    const board = labelVolume(
      [4, 4, 4],
      fill([4, 4, 4], (x, y, z) => (x + y + z) % 2),
    );
    const result = await runOperation(operation, board, { connectivity, phase: [1] });
    expect(rowsOf(result, 'counts')).toMatchObject([{ label: 1, components }]);
  });

  it('joins cubes that share a corner by 26 neighbours alone', async () => {
    const cubes = labelVolume(
      [6, 6, 6],
      fill([6, 6, 6], (x, y, z) =>
        (x < 3 && y < 3 && z < 3) || (x > 2 && y > 2 && z > 2) ? 1 : 0,
      ),
    );
    const count = async (connectivity: string) =>
      rowsOf(await runOperation(operation, cubes, { connectivity, phase: [1] }), 'counts')[0]?.[
        'components'
      ];
    expect([await count('6'), await count('18'), await count('26')]).toEqual([2, 2, 1]);
  });

  it('gives size, place and box of a cuboid in the coordinates of the volume', async () => {
    const cuboid = labelVolume(
      [12, 10, 8],
      fill([12, 10, 8], (x, y, z) => (x >= 2 && x < 6 && y >= 3 && y < 8 && z === 4 ? 7 : 3)),
      {
        spacing: { values: [0.5, 0.5, 2], unit: 'µm' },
        origin: [100, 200, -8],
        phases: [{ label: 7, name: 'pore', colour: '#0072b2', pore: true }],
      },
    );
    const result = await runOperation(operation, cuboid, { phase: [7] });
    expect(rowsOf(result, 'components')).toEqual([
      {
        component: 1,
        phase: 'pore',
        voxels: 20,
        volume: 10,
        volumeUnit: 'µm³',
        phaseShare: 1,
        centroidX: 100 + 0.5 * 3.5,
        centroidY: 200 + 0.5 * 5,
        centroidZ: 0,
        unit: 'µm',
        x0: 2,
        x1: 6,
        y0: 3,
        y1: 8,
        z0: 4,
        z1: 5,
        atBorder: false,
      },
    ]);
    expect(volumeOf(result).phases).toEqual([
      expect.objectContaining({ label: 0, pore: false }),
      expect.objectContaining({ label: 1, name: 'component 1', pore: true }),
    ]);
    expect(volumeOf(result).origin).toEqual([100, 200, -8]);
  });

  it('keeps components of every label apart and names their phase', async () => {
    const stripes = labelVolume([6, 1, 1], Uint8Array.of(4, 4, 4, 2, 2, 4));
    const result = await runOperation(operation, stripes, {});
    expect([...volumeOf(result).data]).toEqual([1, 1, 1, 2, 2, 3]);
    expect(rowsOf(result, 'counts').map((row) => [row['label'], row['components']])).toEqual([
      [2, 1],
      [4, 2],
    ]);
    expect(
      volumeOf(result)
        .phases.map(({ name }) => name)
        .slice(1),
    ).toEqual(['component 1, phase 4', 'component 2, phase 2', 'component 3, phase 4']);
  });

  it('numbers by size or by place, equal sizes by place', async () => {
    const line = labelVolume([9, 1, 1], Uint8Array.of(1, 0, 1, 1, 0, 1, 0, 1, 1));
    const labelled = async (order: string) => [
      ...volumeOf(await runOperation(operation, line, { phase: [1], order })).data,
    ];
    expect(await labelled('size')).toEqual([3, 0, 1, 1, 0, 4, 0, 2, 2]);
    expect(await labelled('position')).toEqual([1, 0, 2, 2, 0, 3, 0, 4, 4]);
  });

  it('removes what is too small, then what the border cuts, but not along an axis of one voxel', async () => {
    const plane = labelVolume(
      [7, 4, 1],
      // 1 1 . . . . .
      // . . . 1 1 . .
      // 1 . . 1 1 . 1
      // . . . . . . 1
      fill([7, 4, 1], (x, y) =>
        (y === 0 && x < 2) ||
        ((y === 1 || y === 2) && (x === 3 || x === 4)) ||
        (y === 2 && (x === 0 || x === 6)) ||
        (y === 3 && x === 6)
          ? 1
          : 0,
      ),
    );
    const params = { phase: [1], minVoxels: 2, border: 'remove' };
    const result = await runOperation(operation, plane, params);
    expect(rowsOf(result, 'counts')).toMatchObject([
      { components: 4, labelled: 1, tooSmall: 1, cutByBorder: 2, notAmongLargest: 0 },
    ]);
    expect([...volumeOf(result).data].filter((label) => label === 1)).toHaveLength(4);
  });

  it('says where nothing is left, and where more components there are than labels', async () => {
    const board = labelVolume(
      [9, 9, 9],
      fill([9, 9, 9], (x, y, z) => (x + y + z) % 2),
    );
    const none = await runOperation(operation, board, { minVoxels: 2 });
    expect(none.notes).toEqual([expect.stringMatching(/^No component is left/)]);
    expect(new Set(volumeOf(none).data as Uint8Array)).toEqual(new Set([0]));
    const many = await runOperation(operation, board, {});
    expect(many.notes).toEqual([
      '474 components beyond the 255 largest became 0, as the number of components says.',
    ]);
    expect(rowsOf(many, 'components')).toHaveLength(255);
  });

  it('refuses a label that does not occur', async () => {
    const line = labelVolume([2, 1, 1], Uint8Array.of(1, 3));
    await expect(runOperation(operation, line, { phase: [2] })).rejects.toThrow(
      'bodies has no voxel with label 2; its labels are 1, 3.',
    );
  });
});

// Printed by tests/support/label-components.py (scipy.ndimage.label).
const SCIPY = [
  {
    connectivity: '6',
    below: 6,
    components: 2306,
    tooSmall: 1942,
    cutByBorder: 169,
    sizes: [657, 475, 291, 245, 199, 188, 164, 162],
    centroid: [28.665144596651444, 22.334855403348556, 9.310502283105023],
    box: [19, 40, 10, 33, 0, 19],
  },
  {
    connectivity: '18',
    below: 2,
    components: 1187,
    tooSmall: 986,
    cutByBorder: 74,
    sizes: [104, 89, 51, 43, 38, 33, 26, 24],
    centroid: [26.615384615384617, 5.884615384615385, 6.596153846153846],
    box: [16, 34, 0, 15, 0, 17],
  },
  {
    connectivity: '26',
    below: 2,
    components: 597,
    tooSmall: 485,
    cutByBorder: 72,
    sizes: [734, 331, 205, 101, 93, 67, 54, 49],
    centroid: [29.28474114441417, 12.93732970027248, 9.125340599455042],
    box: [15, 40, 0, 33, 0, 26],
  },
] as const;

describe.each(SCIPY)('scipy by $connectivity neighbours', (expected) => {
  const { connectivity, below, components, tooSmall, cutByBorder, sizes } = expected;
  const input = labelVolume(SIZE, seeded(below));
  const params = { connectivity, phase: [1] };

  it('has the same sizes, and the largest at the same place', async () => {
    const result = await runOperation(operation, input, params, { threads: 2 });
    const rows = rowsOf(result, 'components');
    expect(rows.slice(0, sizes.length).map((row) => row['voxels'])).toEqual(sizes);
    const [top] = rows;
    expect([top?.['centroidX'], top?.['centroidY'], top?.['centroidZ']]).toEqual(expected.centroid);
    expect(['x0', 'x1', 'y0', 'y1', 'z0', 'z1'].map((end) => top?.[end])).toEqual(expected.box);
  });

  it('counts as many components, small ones and cut ones', async () => {
    const result = await runOperation(operation, input, {
      ...params,
      minVoxels: 5,
      border: 'remove',
    });
    expect(rowsOf(result, 'counts')).toMatchObject([{ components, tooSmall, cutByBorder }]);
  });
});

describe('invariance', () => {
  const input = seeded(6);
  const [nx, ny, nz] = SIZE;

  async function describeComponents(size: Size3, data: Uint8Array) {
    const result = await runOperation(operation, labelVolume(size, data), { phase: [1] });
    const [row] = rowsOf(result, 'components');
    return {
      counts: rowsOf(result, 'counts'),
      sizes: rowsOf(result, 'components').map(({ voxels }) => voxels),
      largest: ['x', 'y', 'z'].map((axis) => ({
        centroid: row?.[`centroid${axis.toUpperCase()}`] as number,
        from: row?.[`${axis}0`] as number,
        to: row?.[`${axis}1`] as number,
      })),
    };
  }

  it('mirrors places and keeps sizes when the volume is mirrored', async () => {
    const plain = await describeComponents(SIZE, input);
    const mirrored = await describeComponents(SIZE, input.slice().reverse());
    expect(mirrored.counts).toEqual(plain.counts);
    expect(mirrored.sizes).toEqual(plain.sizes);
    plain.largest.forEach(({ centroid, from, to }, axis) => {
      const length = SIZE[axis] as number;
      expect(mirrored.largest[axis]?.centroid).toBeCloseTo(length - 1 - centroid, 12);
      expect(mirrored.largest[axis]).toMatchObject({ from: length - to, to: length - from });
    });
  });

  it('permutes places and keeps sizes when the axes are permuted', async () => {
    const turned = fill([nz, nx, ny], (z, x, y) => input[x + nx * (y + ny * z)] as number);
    const plain = await describeComponents(SIZE, input);
    const permuted = await describeComponents([nz, nx, ny], turned);
    expect(permuted.counts).toEqual(plain.counts);
    expect(permuted.sizes).toEqual(plain.sizes);
    const [x, y, z] = plain.largest;
    expect(permuted.largest).toEqual([z, x, y]);
  });
});
