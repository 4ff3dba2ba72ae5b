/** What running will take, from the engine's estimates. */
import type { StepEstimate, VolumeInfo } from '../../../../workers/engine-api.ts';
import { bytesPerVoxel, voxelCount } from '../../../volume/volume.ts';

/** Bytes of the opened volume and of the hungriest step. */
export function peakBytes(source: VolumeInfo, estimates: readonly StepEstimate[]): number {
  const own = voxelCount(source.size) * bytesPerVoxel(source.type);
  return own + Math.max(0, ...estimates.map((estimate) => estimate.bytes));
}

/** Seconds left, from what the work so far took; null while too little is done to say. */
export function secondsLeft(fraction: number, elapsedSeconds: number): number | null {
  if (elapsedSeconds < 1 || fraction < 0.02) return null;
  return (elapsedSeconds * (1 - fraction)) / fraction;
}
