/**
 * `npx tsx scripts/measure-speeds.ts`: measures what a unit of each operation's estimated work takes
 * on one thread and writes the first guesses of `src/app/stores/first-speeds.ts`. The processor's
 * time counts, so that other programs disturb little; the middle of three runs.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../src/engine/engine.ts';
import { host } from '../src/host/node.ts';
import { loadAllOperations } from '../src/operations/registry.ts';
import { generateCathode } from '../src/phantoms/cathode.ts';
import { addStep } from '../src/recipe/edit.ts';
import { emptyRecipe } from '../src/recipe/recipe.ts';
import { createKernelHost } from '../src/wasm/kernel-host.ts';

const EDGE = 64;
const RUNS = 3;
const target = resolve(
  fileURLToPath(new URL('..', import.meta.url)),
  'src/app/stores/first-speeds.ts',
);

const { grey, truth } = await generateCathode({ size: EDGE, seed: 1 });
const kernels = createKernelHost(host, 1);
const engine = createEngine(host, kernels, 0);
const inputs = { grey: await engine.identify(grey), labels: await engine.identify(truth) };
const lines: string[] = [];
for (const { id, version, input } of await loadAllOperations()) {
  // The noise hides the peaks that it would look for.
  const params = id === 'segment-watershed' ? { phases: 3 } : {};
  const recipe = addStep(emptyRecipe(), { operation: id, version, params });
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    engine.trim();
    const before = process.cpuUsage();
    const [outcome] = await engine.run(recipe, inputs[input === 'labels' ? 'labels' : 'grey'], {
      signal: new AbortController().signal,
    });
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1e6 / (outcome?.work ?? 1));
  }
  const middle = times.toSorted((a, b) => a - b)[RUNS >> 1] as number;
  console.log(`${id}: ${(middle * 1e9).toPrecision(2)} ns`);
  lines.push(`  '${id}': ${middle.toExponential(1)},`);
}
kernels.dispose();
writeFileSync(
  target,
  `/** Seconds for a unit of an estimate's work on one thread. Written by \`npx tsx scripts/measure-speeds.ts\`. */
export const FIRST_SPEEDS: Readonly<Partial<Record<string, number>>> = {
${lines.join('\n')}
};
`,
);
