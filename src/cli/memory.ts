/** Refuses before starting what the machine's memory cannot hold. */
import { freemem, totalmem } from 'node:os';
import type { PlannedStep } from '../engine/engine.ts';
import { UserError } from '../errors/errors.ts';
import type { VolumeMetadata } from '../io/format.ts';
import { bytesPerVoxel, type Volume, voxelCount } from '../volume/volume.ts';
import { formatBytes } from './terminal.ts';

export interface MachineMemory {
  /** What the process may ever have: the machine's memory or the container's limit. */
  readonly total: number;
  /** What is available now; null where the system does not tell it usefully. */
  readonly available: number | null;
}

export function machineMemory(): MachineMemory {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  // macOS counts file caches as used, so its figure would warn of everything.
  return { total, available: process.platform === 'darwin' ? null : Math.min(freemem(), total) };
}

/** Throws where the voxels alone are more than the machine has. */
export function assertVolumeFits(
  name: string,
  { size, type, channels }: Pick<VolumeMetadata, 'size' | 'type' | 'channels'>,
  memory: MachineMemory,
): void {
  const bytes = voxelCount(size) * bytesPerVoxel(type) * Math.max(1, channels);
  if (bytes <= memory.total) return;
  throw new UserError(
    'memory/over-budget',
    `${name} has ${size.join(' × ')} voxels of ${type}, ${formatBytes(bytes)}, and this machine has ${formatBytes(memory.total)} of memory: crop or bin it first.`,
    { bytes, available: memory.total },
  );
}

/**
 * Peak of a run over its input: every volume a step makes is kept until the results are written, and
 * the step that works needs its estimate beside them.
 */
export function peakOf(
  planned: readonly PlannedStep[],
  input: Pick<Volume, 'size' | 'type'>,
): { readonly bytes: number; readonly step: string } {
  const floats = 4 * voxelCount(input.size);
  let kept = voxelCount(input.size) * bytesPerVoxel(input.type);
  let peak = { bytes: kept, step: '' };
  for (const { step, operation, estimate } of planned) {
    if (kept + estimate.bytes > peak.bytes) {
      peak = { bytes: kept + estimate.bytes, step: step.id };
    }
    if (operation.output !== 'none') kept += Math.min(estimate.bytes, floats);
  }
  return peak;
}

/**
 * Throws where the plan needs more memory than the machine has; returns a remark where it needs
 * more than is available now, else null.
 */
export function checkPlanFits(
  planned: readonly PlannedStep[],
  input: Pick<Volume, 'size' | 'type'>,
  memory: MachineMemory,
): string | null {
  const { bytes, step } = peakOf(planned, input);
  if (bytes > memory.total) {
    throw new UserError(
      'memory/over-budget',
      `Step ${step} brings the memory needed to ${formatBytes(bytes)}, and this machine has ${formatBytes(memory.total)}: crop the volume first.`,
      { step, bytes, available: memory.total },
    );
  }
  if (memory.available === null || bytes <= memory.available) return null;
  return `step ${step} brings the memory needed to about ${formatBytes(bytes)} and ${formatBytes(memory.available)} are available now: this may be slow or fail`;
}

/** Throws where a generator's peak is more than the machine has. */
export function assertBytesFit(what: string, bytes: number, memory: MachineMemory): void {
  if (bytes <= memory.total) return;
  throw new UserError(
    'memory/over-budget',
    `${what} needs ${formatBytes(bytes)} of memory, and this machine has ${formatBytes(memory.total)}: make it smaller.`,
    { bytes, available: memory.total },
  );
}
