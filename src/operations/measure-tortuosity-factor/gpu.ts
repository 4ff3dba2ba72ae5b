/**
 * Tortuosity factors whose potential a GPU solves for. The CPU's solver begins with that potential
 * and certifies as ever, so the interval is as rigorous as without a GPU, whatever the GPU did.
 */
import { gpuFailed } from '../../gpu/device.ts';
import { solvePotential } from '../../gpu/diffusion.ts';
import type { DiffusionProblem } from '../../kernels/diffusion.ts';
import type { GpuContext, GpuImplementation } from '../operation.ts';
import { measure, type operation } from './index.ts';

/** The GPU stops at this fraction of what the interval may be wide; the certificate takes the rest. */
const REDUCTION = 1e-2;

function solveOnGpu(
  context: GpuContext,
  { size, codes, conductivities, edges, direction, accuracy }: DiffusionProblem,
  onProgress: (fraction: number) => void,
): Promise<Float32Array> {
  const problem = {
    size,
    codes,
    classes: Uint8Array.from({ length: 256 }, (_, code) =>
      (conductivities[code] ?? 0) > 0 ? 1 : 0,
    ),
    values: [0, 1],
    edges,
    direction,
    reduction: REDUCTION * accuracy,
  };
  return solvePotential(context.gpu, problem, context, onProgress).then(({ values }) => values);
}

export const implementation: GpuImplementation<(typeof operation)['parameters']> = {
  async run(input, params, context) {
    if (params.sides === 'periodic') throw gpuFailed('it does not solve for periodic sides');
    const result = await measure(input, params, context, (problem, onProgress) =>
      solveOnGpu(context, problem, onProgress),
    );
    const rows = result.tables?.find(({ id }) => id === 'transport')?.rows ?? [];
    const widths = rows.map((row) => Number(row['errorBound'] ?? 0));
    const tolerance = 2 * params.accuracy;
    // The CPU's own interval has at most the width of the accuracy.
    return { result, difference: Math.max(0, ...widths) + params.accuracy, tolerance };
  },
};
