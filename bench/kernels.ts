/**
 * How much faster each operation's WebAssembly kernel is than its scalar TypeScript reference, on the
 * seeded cathode phantom at default parameters. Processor time on one thread, best of the repeats.
 * Both results must be the same bits.
 */
import { parseParameters, type RawParameters } from '../src/declaration/parameters.ts';
import type { Operation, OperationResult } from '../src/operations/operation.ts';
import { loadAllOperations } from '../src/operations/registry.ts';
import { loadPhantom } from '../src/phantoms/registry.ts';
import { digestBytes } from '../src/volume/digest.ts';
import { type Volume, voxelBytes, voxelCount } from '../src/volume/volume.ts';
import { createOwnHost, type OwnHost } from './own.ts';

/** Where a default would be read off the volume, and the phantom is too noisy for that. */
const PARAMETERS: Readonly<Record<string, RawParameters>> = {
  // Between the grey levels of the phantom's phases: 21845, 29491 and 41506.
  'segment-watershed': {
    intervals: [
      { name: 'Pore', from: null, to: 23_000 },
      { name: 'Carbon-binder domain', from: 27_500, to: 31_500 },
      { name: 'Active material', from: 38_000, to: null },
    ],
  },
};

export interface KernelMeasurement {
  readonly operation: string;
  readonly voxels: number;
  readonly referenceMs: number;
  readonly kernelMs: number;
  /** Processor time of the reference over that of the kernel on one thread. */
  readonly ratio: number;
  readonly nanosecondsPerVoxel: number;
  /** Wall time on one thread over wall time on all. */
  readonly threadSpeedUp: number;
  readonly sameBits: boolean;
}

interface Timed {
  readonly result: OperationResult;
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function timed(run: () => Promise<OperationResult> | OperationResult): Promise<Timed> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const result = await run();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, cpuMs: (user + system) / 1000, wallMs };
}

/** Best times of `repeats` runs after one to warm up. */
async function best(
  repeats: number,
  run: () => Promise<OperationResult> | OperationResult,
): Promise<Timed> {
  let { result, cpuMs, wallMs } = await timed(run);
  for (let i = 0; i < repeats; i++) {
    const next = await timed(run);
    result = next.result;
    cpuMs = Math.min(cpuMs, next.cpuMs);
    wallMs = Math.min(wallMs, next.wallMs);
  }
  return { result, cpuMs, wallMs };
}

function digestOf(result: OperationResult): string {
  const voxels = 'volume' in result ? digestBytes(voxelBytes(result.volume.data)) : '';
  return `${voxels} ${JSON.stringify(result.tables ?? [])}`;
}

async function measure(
  operation: Operation,
  input: Volume,
  repeats: number,
  [one, all]: readonly [OwnHost, OwnHost],
): Promise<KernelMeasurement | null> {
  if (operation.reference === undefined) return null;
  const params = parseParameters(
    operation.parameters,
    PARAMETERS[operation.id] ?? {},
    operation.id,
  );
  const reference = await best(1, () => operation.reference?.(input, params) ?? { tables: [] });
  const kernel = await best(repeats, () => operation.run(input, params, one.context));
  const threaded = await best(repeats, () => operation.run(input, params, all.context));
  const voxels = voxelCount(input.size);
  return {
    operation: operation.id,
    voxels,
    referenceMs: reference.cpuMs,
    kernelMs: kernel.cpuMs,
    ratio: reference.cpuMs / kernel.cpuMs,
    nanosecondsPerVoxel: (kernel.cpuMs * 1e6) / voxels,
    threadSpeedUp: kernel.wallMs / threaded.wallMs,
    sameBits:
      new Set([reference, kernel, threaded].map(({ result }) => digestOf(result))).size === 1,
  };
}

/** Measures the operations that `wanted` says yes to. */
export async function measureKernels(
  { edge, repeats, threads }: { edge: number; repeats: number; threads: number },
  wanted: (operation: string) => boolean,
  report: (line: string) => void,
): Promise<readonly KernelMeasurement[]> {
  const operations = (await loadAllOperations()).filter(({ id }) => wanted(id));
  if (operations.length === 0) return [];
  const hosts = [createOwnHost(1), createOwnHost(threads)] as const;
  const phantom = await loadPhantom('cathode');
  const { volumes } = await phantom.generate({ size: edge, seed: 1 });
  const measurements: KernelMeasurement[] = [];
  for (const operation of operations) {
    const input = volumes.find(
      ({ volume }) => operation.input === 'any' || volume.kind === operation.input,
    )?.volume;
    if (input === undefined) continue;
    const measured = await measure(operation, input, repeats, hosts);
    if (measured === null) continue;
    measurements.push(measured);
    report(`  ${operation.id}: ${measured.ratio.toFixed(1)}×`);
  }
  for (const each of hosts) each.dispose();
  return measurements;
}
