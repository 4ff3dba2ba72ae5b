import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { PlannedStep } from '../engine/engine.ts';
import { assertBytesFit, assertVolumeFits, checkPlanFits, machineMemory } from './memory.ts';

const GIB = 2 ** 30;
const memory = { total: 4 * GIB, available: 2 * GIB };
/** 1 GiB of uint8. */
const volume = { size: [1024, 1024, 1024], type: 'uint8', channels: 1 } as const;

function step(id: string, output: 'grey' | 'none', bytes: number): PlannedStep {
  return {
    step: { id, operation: id, version: 1, params: {}, enabled: true },
    operation: { output },
    params: {},
    estimate: { bytes, work: 1 },
  } as unknown as PlannedStep;
}

describe('assertVolumeFits', () => {
  it('counts bytes of each voxel and channel', () => {
    expect(() => assertVolumeFits('a', volume, memory)).not.toThrow();
    expect(() => assertVolumeFits('a', { ...volume, type: 'uint32' }, memory)).not.toThrow();
    expect(() => assertVolumeFits('a', { ...volume, type: 'uint64' }, memory)).toThrow(
      'a has 1024 × 1024 × 1024 voxels of uint64, 8.00 GiB, and this machine has 4.00 GiB of memory: crop or bin it first.',
    );
    expect(() => assertVolumeFits('a', { ...volume, channels: 5 }, memory)).toThrow(/memory/);
  });
});

describe('checkPlanFits', () => {
  it('says nothing where there is room', () => {
    expect(checkPlanFits([step('a', 'none', GIB / 2)], volume, memory)).toBeNull();
  });

  it('remarks where less is available than needed', () => {
    expect(checkPlanFits([step('a', 'none', 2 * GIB)], volume, memory)).toBe(
      'step a brings the memory needed to about 3.00 GiB and 2.00 GiB are available now: this may be slow or fail',
    );
    expect(
      checkPlanFits([step('a', 'none', 2 * GIB)], volume, { ...memory, available: null }),
    ).toBeNull();
  });

  it('names the step that goes over what the machine has, volumes made before it included', () => {
    const steps = [step('a', 'grey', 1.5 * GIB), step('b', 'none', 1.6 * GIB)];
    expect(() => checkPlanFits(steps, volume, memory)).toThrow(
      'Step b brings the memory needed to 4.10 GiB, and this machine has 4.00 GiB: crop the volume first.',
    );
    expect(() => checkPlanFits(steps.slice(1), volume, memory)).not.toThrow();
  });

  it('keeps at most four bytes for each voxel of a made volume', () => {
    const small = { size: [10, 10, 10], type: 'uint8' } as const;
    const steps = [step('a', 'grey', 3.9 * GIB), step('b', 'none', 3.9 * GIB)];
    expect(() => checkPlanFits(steps, small, memory)).not.toThrow();
  });
});

describe('assertBytesFit', () => {
  it('refuses what is more than the machine has', () => {
    expect(() => assertBytesFit('It', 4 * GIB, memory)).not.toThrow();
    expect(() => assertBytesFit('It', 4 * GIB + 1, memory)).toThrow(/^It needs 4.00 GiB/);
  });
});

describe('machineMemory', () => {
  it('is at most what the machine has', () => {
    const { total, available } = machineMemory();
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(totalmem());
    expect(available ?? total).toBeLessThanOrEqual(total);
  });
});
