/**
 * `npm run bench [-- --size 64 --repeats 3 --only denoise-nl-means]`: how much faster each
 * operation's WebAssembly kernel is than its scalar TypeScript reference, on the seeded cathode
 * phantom at default parameters. The ratios are of processor time on one thread, best of the
 * repeats, so that another program on the machine disturbs them little; they, not the times, are
 * what can be compared between machines. Both results must be the same bits.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseParameters, type RawParameters } from '../src/declaration/parameters.ts';
import { host } from '../src/host/node.ts';
import type { Operation, OperationContext, OperationResult } from '../src/operations/operation.ts';
import { loadAllOperations } from '../src/operations/registry.ts';
import { loadPhantom } from '../src/phantoms/registry.ts';
import { digestBytes } from '../src/volume/digest.ts';
import { type Volume, voxelBytes, voxelCount } from '../src/volume/volume.ts';
import { createKernelHost, type KernelHost } from '../src/wasm/kernel-host.ts';

const REPORT = fileURLToPath(new URL('../.cache/bench.json', import.meta.url));

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

interface Measurement {
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
  [one, all]: readonly [KernelHost, KernelHost],
): Promise<Measurement | null> {
  if (operation.reference === undefined) return null;
  const params = parseParameters(
    operation.parameters,
    PARAMETERS[operation.id] ?? {},
    operation.id,
  );
  const { signal } = new AbortController();
  const progress = (): void => undefined;
  const on = (kernels: KernelHost): OperationContext => ({
    signal,
    progress,
    breathe: () => host.turn(),
    withKernels: (bytes, driver) => kernels.runJob({ bytes, signal, progress }, driver),
  });
  const reference = await best(1, () => operation.reference?.(input, params) ?? { tables: [] });
  const kernel = await best(repeats, () => operation.run(input, params, on(one)));
  const threaded = await best(repeats, () => operation.run(input, params, on(all)));
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

function row(cells: readonly string[]): string {
  const [first = '', ...numbers] = cells;
  return first.padEnd(32) + numbers.map((cell) => cell.padStart(14)).join('');
}

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '48' },
    repeats: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});

const threads = Math.max(2, host.threadCount());
const hosts = [createKernelHost(host, 1), createKernelHost(host, threads)] as const;
const phantom = await loadPhantom('cathode');
const { volumes } = await phantom.generate({ size: Number(values.size), seed: 1 });

console.log(
  row([
    'operation',
    'reference ms',
    'kernel ms',
    'ratio',
    'ns/voxel',
    `${threads} threads`,
    'bits',
  ]),
);
const measurements: Measurement[] = [];
for (const operation of await loadAllOperations()) {
  if (values.only !== undefined && values.only !== operation.id) continue;
  const input = volumes.find(
    ({ volume }) => operation.input === 'any' || volume.kind === operation.input,
  )?.volume;
  if (input === undefined) continue;
  const measured = await measure(operation, input, Number(values.repeats), hosts);
  if (measured === null) continue;
  measurements.push(measured);
  console.log(
    row([
      measured.operation,
      measured.referenceMs.toFixed(0),
      measured.kernelMs.toFixed(1),
      `${measured.ratio.toFixed(1)}×`,
      measured.nanosecondsPerVoxel.toFixed(1),
      `${measured.threadSpeedUp.toFixed(2)}×`,
      measured.sameBits ? 'same' : 'DIFFERENT',
    ]),
  );
}
for (const each of hosts) each.dispose();
mkdirSync(dirname(resolve(REPORT)), { recursive: true });
writeFileSync(REPORT, `${JSON.stringify(measurements, null, 2)}\n`);
process.exitCode = measurements.every(({ sameBits }) => sameBits) ? 0 : 1;
