/**
 * How much memory and time a recipe takes on a volume that is kept on disk: a median of 3³ voxels,
 * thresholds, fractions. `tsx bench/out-of-core.ts [slices] [MiB]`: slices of 1024² uint16 voxels,
 * 512 of them (1 GiB) by default, and the memory that parts may take.
 */
import { createBrickWriter } from '../src/bricks/writer.ts';
import { brickResults } from '../src/engine/brick-results.ts';
import { createEngine } from '../src/engine/engine.ts';
import { OutOfCoreCache, runOutOfCore } from '../src/engine/out-of-core.ts';
import { createFileStorage } from '../src/host/file-storage.ts';
import { host } from '../src/host/node.ts';
import { randomUint32 } from '../src/kernels/random.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe } from '../src/recipe/recipe.ts';
import { createKernelHost } from '../src/wasm/kernel-host.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EDGE = 1024;
const slices = Number(process.argv[2] ?? 512);
const memoryBytes = Number(process.argv[3] ?? 256) * 2 ** 20;
const MIB = 2 ** 20;

let peak = 0;
const watching = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  peak = process.memoryUsage.rss();
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  console.log(`${what}: ${seconds.toFixed(1)} s, at most ${Math.round(peak / MIB)} MiB resident`);
  return result;
}

/** Two grey levels in blocks of 16 voxels, with noise that repeats from slice to slice. */
function slice(z: number, noise: Uint16Array, out: Uint16Array): void {
  for (let i = 0; i < out.length; i++) {
    const [x, y] = [i % EDGE, Math.floor(i / EDGE)];
    const isBright = ((x >> 4) + (y >> 4) + (z >> 4)) % 3 === 0;
    out[i] = (isBright ? 36_000 : 15_000) + (noise[(i * 7 + z * 131) % noise.length] as number);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tauscope-bench-'));
const kernels = createKernelHost(host);
const engine = createEngine(host, kernels, 0);
let files = 0;
const create = async () => createFileStorage(join(folder, `${(files += 1)}.bricks`));
try {
  const volume = await timed(
    `writing ${(slices * EDGE * EDGE * 2) / MIB} MiB as bricks`,
    async () => {
      const size = [EDGE, EDGE, slices] as const;
      const description = { kind: 'grey', name: 'blocks', size, type: 'uint16' } as const;
      const place = { spacing: null, origin: [0, 0, 0] as const, phases: [] };
      const writer = createBrickWriter(await create(), { ...description, ...place });
      const noise = Uint16Array.from({ length: 65_521 }, (_, i) => randomUint32(1, 0, i) % 9000);
      const voxels = new Uint16Array(EDGE * EDGE * 8);
      for (let z = 0; z < slices; z += 8) {
        for (let k = 0; k < 8; k++) {
          slice(z + k, noise, voxels.subarray(k * EDGE * EDGE, (k + 1) * EDGE * EDGE));
        }
        await writer.writeSlices(z, voxels);
      }
      return writer.finish();
    },
  );
  let recipe = emptyRecipe();
  for (const operation of ['denoise-median', 'segment-threshold', 'measure-volume-fraction']) {
    recipe = addStep(recipe, { operation, version: 1 });
  }
  const outcomes = await timed('median, thresholds, fractions', () =>
    runOutOfCore(
      engine,
      recipe,
      { volume, identity: 'bench', voxelDigest: null, onGpu: false },
      {
        signal: new AbortController().signal,
        storage: brickResults(create),
        limits: { memoryBytes },
        keep: 'last',
        cache: new OutOfCoreCache(),
        onEvent(event) {
          if (event.kind !== 'done') return;
          const { stepId, elapsedMs } = event.outcome;
          console.log(
            `  ${stepId}: ${(elapsedMs / 1000).toFixed(1)} s, peak so far ${Math.round(peak / MIB)} MiB`,
          );
        },
      },
    ),
  );
  console.log(outcomes.at(-1)?.tables[0]?.rows);
} finally {
  clearInterval(watching);
  kernels.dispose();
  rmSync(folder, { recursive: true, force: true });
}
