/** What is written down of a result that a GPU computed, and how a reader is told. */
import type { GpuDeclaration } from '../operations/operation.ts';

export interface GpuRecord {
  readonly device: 'gpu';
  readonly adapter: string;
  /** How far the result may be from the CPU's, as a fraction of `relativeTo`. */
  readonly tolerance: number;
  readonly relativeTo: string;
  /** The largest difference found where both computed. */
  readonly difference: number;
}

/** What of a result rests on a GPU: its own step, or a step before it. */
export interface RestsOnGpu {
  readonly gpu: GpuRecord | null;
  readonly current: { readonly onGpu: boolean };
}

export function restsOnGpu({ gpu, current }: RestsOnGpu): boolean {
  return gpu !== null || current.onGpu;
}

export function gpuRecord(
  { tolerance, relativeTo }: GpuDeclaration,
  adapter: string,
  difference: number,
): GpuRecord {
  return { device: 'gpu', adapter, tolerance, relativeTo, difference };
}

/** Without the full stop: "computed on GPU (adapter), within 1e-5 of …". */
export function describeGpu({ adapter, tolerance, relativeTo, difference }: GpuRecord): string {
  const found = difference === 0 ? 'no difference' : `at most ${difference.toExponential(1)}`;
  return `computed on GPU (${adapter}), within ${tolerance.toExponential()} of ${relativeTo} of the CPU's values; ${found} was found where both were computed`;
}

/** For whatever leaves the program and rests on a GPU. */
export const GPU_NOTE =
  'Computed on GPU: not the same bits as the CPU gives; run again without the GPU for those.';
