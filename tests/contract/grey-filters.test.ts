/** What all filters of grey volumes promise beyond the contract of every operation. */
import { describe, expect, it } from 'vitest';
import { parseParameters, type RawParameters } from '../../src/declaration/parameters.ts';
import { cancelled } from '../../src/errors/errors.ts';
import { randomNormal } from '../../src/kernels/random.ts';
import type { Operation, OperationResult } from '../../src/operations/operation.ts';
import { loadOperation } from '../../src/operations/registry.ts';
import {
  allocateVoxels,
  createVolume,
  type Size3,
  type Volume,
  VOXEL_TYPES,
  type VoxelType,
} from '../../src/volume/volume.ts';
import { withTestKernels } from '../support/kernels.ts';

const FILTERS = [
  'denoise-nl-means',
  'gradient-magnitude',
  'sharpen-unsharp-mask',
  'smooth-gaussian',
] as const;

async function run(
  operation: Operation,
  input: Volume,
  raw: RawParameters = {},
  options: { controller?: AbortController; progress?: (fraction: number) => void } = {},
): Promise<{ volume: Volume } & Pick<OperationResult, 'tables' | 'notes'>> {
  const { controller = new AbortController(), progress = () => undefined } = options;
  const result = await operation.run(
    input,
    parseParameters(operation.parameters, raw, operation.id),
    {
      signal: controller.signal,
      progress,
      breathe: async () => {
        if (controller.signal.aborted) throw cancelled();
      },
      withKernels: (bytes, driver) =>
        withTestKernels(bytes, driver, 1, { signal: controller.signal, progress }),
    },
  );
  return result as { volume: Volume } & OperationResult;
}

function ramp(type: VoxelType, size: Size3 = [6, 5, 4]): Volume {
  const count = size[0] * size[1] * size[2];
  const data = allocateVoxels(type, count);
  for (let i = 0; i < count; i++) {
    const grey = 20 + ((i * 7) % 90);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(grey);
    else data[i] = grey;
  }
  return createVolume({ kind: 'grey', size, data });
}

describe.each(FILTERS)('%s', async (id) => {
  const operation = await loadOperation(id);

  it('gives the same float32 numbers for every voxel type', async () => {
    const expected = (await run(operation, ramp('float32'))).volume;
    expect(expected.type).toBe('float32');
    for (const type of VOXEL_TYPES) {
      const { volume } = await run(operation, ramp(type));
      expect(volume.type).toBe('float32');
      expect(volume.data).toEqual(expected.data);
    }
  });

  it('keeps size, voxel size and origin', async () => {
    const input = createVolume({
      ...ramp('uint8'),
      spacing: { values: [1, 2, 3], unit: 'nm' },
      origin: [4, 5, 6],
    });
    const { volume } = await run(operation, input);
    expect(volume).toMatchObject({
      kind: 'grey',
      size: input.size,
      spacing: input.spacing,
      origin: input.origin,
    });
  });

  it('refuses a voxel that is not a number and names it', async () => {
    const input = ramp('float32');
    input.data[6 * 5 * 2 + 6 + 3] = Number.NaN;
    await expect(run(operation, input)).rejects.toMatchObject({
      code: 'volume/not-finite',
      message: expect.stringContaining('voxel x 3, y 1, z 2 is NaN'),
    });
  });

  it('leaves a constant volume constant', async () => {
    const size: Size3 = [7, 6, 5];
    const input = createVolume({ kind: 'grey', size, data: new Uint16Array(210).fill(777) });
    const { volume } = await run(operation, input);
    const expected = id === 'gradient-magnitude' ? 0 : 777;
    expect(new Set(volume.data as Float32Array)).toEqual(new Set([expected]));
  });

  it.each([[[1, 1, 1]], [[12, 1, 1]], [[1, 12, 1]], [[9, 8, 1]], [[1, 2, 9]]] as const)(
    'takes a volume of %j voxels',
    async (size) => {
      const { volume } = await run(operation, ramp('uint8', size));
      expect([...(volume.data as Float32Array)].every(Number.isFinite)).toBe(true);
    },
  );

  it('stops within one task when cancelled half-way', async () => {
    const size: Size3 = [48, 48, 48];
    const data = Float32Array.from({ length: 48 ** 3 }, (_, i) => randomNormal(1, 0, i));
    const controller = new AbortController();
    const seen: number[] = [];
    const stopped = run(
      operation,
      createVolume({ kind: 'grey', size, data }),
      {},
      {
        controller,
        progress: (fraction) => {
          seen.push(fraction);
          controller.abort();
        },
      },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(seen.at(-1)).toBeLessThan(1);
  });
});

describe('denoise-nl-means', async () => {
  const operation = await loadOperation('denoise-nl-means');
  const size: Size3 = [30, 30, 30];
  const flat = createVolume({
    kind: 'grey',
    size,
    data: Float32Array.from({ length: 27_000 }, (_, i) => 500 + 10 * randomNormal(3, 0, i)),
  });

  it('estimates the noise where none is given, and reports it', async () => {
    const { tables } = await run(operation, flat, { searchRadius: 1 });
    const row = tables?.[0]?.rows[0] as { sigma: number; source: string; h: number };
    expect(Math.abs(row.sigma / 10 - 1)).toBeLessThan(0.05);
    expect(row).toMatchObject({ source: 'estimated', h: 0.6 * row.sigma });
  });

  it('takes the given noise and multiplies it by the strength', async () => {
    const params = { searchRadius: 1, sigma: 8, strength: 0.5 };
    const { tables } = await run(operation, flat, params);
    expect(tables?.[0]?.rows).toEqual([{ sigma: 8, source: 'given', h: 4 }]);
  });

  it('takes most of the noise from a flat region', async () => {
    const { volume } = await run(operation, flat);
    const data = volume.data as Float32Array;
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length);
    expect(mean).toBeCloseTo(500, 0);
    expect(deviation).toBeLessThan(1.5);
  });

  it('says so where there is no noise to remove', async () => {
    const { volume, notes } = await run(operation, flat, { sigma: 0 });
    expect(volume.data).toEqual(flat.data);
    expect(notes?.[0]).toMatch(/unchanged/);
  });
});

describe('gradient-magnitude', async () => {
  const operation = await loadOperation('gradient-magnitude');
  const size: Size3 = [12, 10, 9];
  const data = Float32Array.from({ length: 1080 }, (_, i) => 6 * (i % 12));
  const middle = 6 + 12 * (5 + 10 * 4);

  it('is per voxel where the voxel size is unknown', async () => {
    const { volume, notes } = await run(operation, createVolume({ kind: 'grey', size, data }));
    expect(volume.data[middle]).toBeCloseTo(6, 4);
    expect(notes?.[0]).toContain('per voxel');
  });

  it.each(['gaussian', 'central'])(
    'divides by the voxel size where it is known: %s',
    async (method) => {
      const spacing = { values: [0.25, 1, 2], unit: 'µm' } as const;
      const input = createVolume({ kind: 'grey', size, data, spacing });
      const { volume, notes } = await run(operation, input, { method });
      expect(volume.data[middle]).toBeCloseTo(24, 3);
      expect(notes?.[0]).toContain('per µm');
    },
  );
});
