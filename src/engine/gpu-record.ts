/** What is written down of a result that a GPU computed, and how a reader is told. */
import type { GpuDeclaration, GpuResult } from '../operations/operation.ts';

export interface GpuRecord {
  readonly device: 'gpu';
  readonly adapter: string;
  /** How far the result may be from the CPU's, as a fraction of `relativeTo`. */
  readonly tolerance: number;
  readonly relativeTo: string;
  readonly evidence: GpuDeclaration['evidence'];
  /** The largest difference found, or that bounds allow. */
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
  declared: GpuDeclaration,
  adapter: string,
  { difference, tolerance = declared.tolerance }: Pick<GpuResult, 'difference' | 'tolerance'>,
): GpuRecord {
  const { relativeTo, evidence } = declared;
  return { device: 'gpu', adapter, tolerance, relativeTo, evidence, difference };
}

/** Without the full stop: "computed on GPU (adapter), within 1e-5 of the CPU's values …". */
export function describeGpu(record: GpuRecord): string {
  const { adapter, tolerance, relativeTo } = record;
  return `computed on GPU (${adapter}), within ${tolerance.toExponential()} of the CPU's values, relative to ${relativeTo}; ${describeEvidence(record)}`;
}

function describeEvidence({ evidence, difference }: GpuRecord): string {
  const size = difference.toExponential(1);
  if (evidence === 'certificate') return `certified bounds leave at most ${size} between the two`;
  const found = difference === 0 ? 'no difference' : `at most ${size}`;
  return `${found} was found where both were computed`;
}

/** For whatever leaves the program and rests on a GPU. */
export const GPU_NOTE =
  'Computed on GPU: not the same bits as the CPU gives; run again without the GPU for those.';
