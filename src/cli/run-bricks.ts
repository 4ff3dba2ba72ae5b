/** Runs a recipe on an input that is kept on disk as bricks, for volumes that do not fit in memory. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillBricks } from '../bricks/fill.ts';
import type { BrickStorage } from '../bricks/storage.ts';
import { brickResults } from '../engine/brick-results.ts';
import { type Engine, type Identified, planSteps, type StepOutcome } from '../engine/engine.ts';
import { OutOfCoreCache, runOutOfCore } from '../engine/out-of-core.ts';
import { createFileStorage } from '../host/file-storage.ts';
import type { VolumeMetadata } from '../io/format.ts';
import { openSlabs } from '../io/open.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { volumeIdentity } from '../volume/digest.ts';
import type { VoxelSource } from '../volume/streamed.ts';
import { bytesPerVoxel, voxelCount } from '../volume/volume.ts';
import type { Surroundings } from './command.ts';
import { describeFileError } from './files.ts';
import { describeInput, type InputChoices, orNameOption } from './input.ts';
import { machineMemory, type MachineMemory, peakOf } from './memory.ts';
import { withOption } from './run-recipe.ts';
import { formatBytes } from './terminal.ts';

const LEAST_BYTES = 256 * 2 ** 20;
const MOST_BYTES = 4 * 2 ** 30;

/** What parts of a volume may take: a quarter of what is there, which leaves room for the system. */
function partBytes({ total, available }: MachineMemory): number {
  return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, (available ?? total) / 4));
}

/** Null where the volume and what is made of it fit in memory; else a sentence that says why not. */
export async function whyBricks(
  recipe: Recipe,
  { size, type, spacing }: VolumeMetadata,
  kind: 'grey' | 'labels' | null,
  { total }: MachineMemory,
): Promise<string | null> {
  const shapes = (kind === null ? (['grey', 'labels'] as const) : [kind]).map((each) => ({
    kind: each,
    size,
    type,
    spacing,
  }));
  const peaks = await Promise.all(
    shapes.map(async (shape) => {
      // What a recipe refuses of the one kind it may take of the other.
      const planned = await planSteps(recipe, shape, false).catch(() => []);
      return peakOf(planned, shape).bytes;
    }),
  );
  const needed = Math.max(voxelCount(size) * bytesPerVoxel(type), ...peaks);
  return needed <= total
    ? null
    : `the volume and its results take ${formatBytes(needed)} and this machine has ${formatBytes(total)} of memory, so they are kept on disk as bricks`;
}

export interface BrickRun {
  readonly input: Identified<VoxelSource>;
  readonly metadata: VolumeMetadata;
  readonly outcomes: readonly StepOutcome<VoxelSource>[];
}

/**
 * Fills bricks from the files, runs the recipe and hands the results to `use`; then the bricks go,
 * whatever happens. `folder`: where they are kept meanwhile; null for the system's temporary folder.
 */
export async function runOnBricks<T>(
  job: {
    readonly engine: Engine;
    readonly recipe: Recipe;
    readonly inputs: readonly string[];
    readonly choices: InputChoices;
    readonly folder: string | null;
  },
  surroundings: Surroundings,
  use: (run: BrickRun) => Promise<T>,
): Promise<T> {
  const { engine, recipe, inputs, choices } = job;
  const { signal, progress, remark } = surroundings;
  const folder = await temporaryFolder(job.folder ?? tmpdir());
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    let files = 0;
    const create = async (): Promise<BrickStorage> => {
      files += 1;
      return createFileStorage(join(folder, `${files}.bricks`));
    };
    const { sources, siblings } = await describeInput(inputs, choices, signal);
    const read = { signal, siblings, ...choices.read };
    const filled = await fillBricks(await orNameOption(openSlabs(sources, read)), create, {
      signal,
      progress: (fraction) => progress('reading', fraction),
      ...(choices.kind === null ? {} : { kind: choices.kind }),
      ...(choices.spacing === null ? {} : { spacing: choices.spacing }),
    });
    const { bricks: volume, metadata, voxelDigest } = filled;
    for (const warning of metadata.warnings) remark(warning);
    const identity = volumeIdentity(volume, voxelDigest);
    const input = { volume, identity, voxelDigest, onGpu: false };
    const cache = new OutOfCoreCache();
    const outcomes = await runOutOfCore(engine, recipe, input, {
      signal,
      storage: brickResults(create),
      limits: { memoryBytes: partBytes(machineMemory()) },
      keep: 'last',
      cache,
      onEvent: (event) => {
        if (event.kind === 'progress') progress(event.stepId, event.overall);
      },
    }).catch((error: unknown) => {
      throw withOption(error);
    });
    const result = await use({ input, metadata, outcomes });
    await cache.forget();
    await volume.remove();
    return result;
  } finally {
    process.off('exit', remove);
    remove();
  }
}

async function temporaryFolder(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, 'tauscope-bricks-'));
  } catch (cause) {
    throw describeFileError(cause, parent, 'written');
  }
}
