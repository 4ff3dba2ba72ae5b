import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../engine/engine.ts';
import { host } from '../../host/node.ts';
import { addStep } from '../../recipe/edit.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import { createVolume, type VoxelArray } from '../../volume/volume.ts';
import type { RawParameters } from '../../declaration/parameters.ts';
import { createKernelHost } from '../../wasm/kernel-host.ts';

const kernels = createKernelHost(host, 1);
const engine = createEngine(host, kernels, 0);
afterAll(() => kernels.dispose());

async function segment(data: VoxelArray, params: RawParameters) {
  const volume = createVolume({ kind: 'grey', name: 'row', size: [data.length, 1, 1], data });
  const recipe = addStep(emptyRecipe(), { operation: 'segment-threshold', version: 1, params });
  const input = await engine.identify(volume);
  const [outcome] = await engine.run(recipe, input, { signal: new AbortController().signal });
  return outcome!;
}

const intervals = [
  { name: 'pore', from: null, to: 10 },
  { name: 'binder', from: 11, to: 20 },
  { name: 'NMC', from: 24, to: null },
];

describe('thresholds', () => {
  it('lie half-way between intervals and hold their own value below them', async () => {
    for (const type of [Uint16Array, Float32Array, Float64Array]) {
      const { current } = await segment(type.of(0, 10, 11, 20, 22, 23, 60_000), { intervals });
      expect([...current.volume.data]).toEqual([0, 0, 1, 1, 1, 2, 2]);
    }
    const wide = await segment(BigInt64Array.of(-5n, 10n, 11n, 23n), { intervals });
    expect([...wide.current.volume.data]).toEqual([0, 0, 1, 2]);
  });

  it('name the phases by the intervals and mark the darkest as pore', async () => {
    const { current } = await segment(Uint8Array.of(1, 15, 30), { intervals });
    expect(current.volume).toMatchObject({
      kind: 'labels',
      phases: [
        { label: 0, name: 'pore', pore: true },
        { label: 1, name: 'binder', pore: false },
        { label: 2, name: 'NMC', pore: false },
      ],
    });
  });

  it('by Otsu’s method lie half-way between two occupied levels', async () => {
    const { tables } = await segment(Uint8Array.of(3, 3, 3, 9, 9, 40, 41), { phases: 3 });
    expect(tables[0]?.rows.map(({ upTo }) => upTo)).toEqual([6, 24.5, null]);
  });

  it.each([
    [Uint8Array.of(7, 7), { phases: 2 }, 'volume/constant', 'fewer different grey values'],
    [Uint8Array.of(1, 2), { phases: 2, intervals }, 'parameter/invalid', '3 grey intervals but 2'],
    [Uint8Array.of(1, 2), { phases: 2.5 }, 'parameter/invalid', 'must be a whole number'],
    [Float32Array.of(1, Number.NaN), { intervals }, 'volume/not-finite', 'voxel x 1, y 0, z 0'],
  ])('of %j by %j are refused', async (data, params, code, message) => {
    await expect(segment(data, params)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
