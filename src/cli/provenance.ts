/** The provenance record: what made the results, where and when. Results themselves hold no time. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Engine, IdentifiedVolume, StepOutcome } from '../engine/engine.ts';
import { VERSION } from '../engine/version.ts';
import { type Recipe, recipeDigest } from '../recipe/recipe.ts';
import { digestVoxels } from '../volume/digest.ts';

export interface ProvenanceFacts {
  readonly recipe: Recipe;
  readonly input: IdentifiedVolume;
  readonly outcomes: readonly StepOutcome[];
  readonly startedAt: Date;
  readonly engine: Engine;
  /** Paths as the user named them. */
  readonly inputs: readonly string[];
}

async function fileSha256(path: string): Promise<string | null> {
  if ((await stat(path)).isDirectory()) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export async function provenanceText(facts: ProvenanceFacts): Promise<string> {
  const { recipe, input, outcomes, startedAt, engine, inputs } = facts;
  const document = {
    format: 'tauscope-provenance',
    version: 1,
    software: { name: 'tauscope', version: VERSION },
    host: { node: process.version, platform: process.platform, arch: process.arch },
    threads: engine.kernels.threads,
    started: startedAt.toISOString(),
    finished: new Date().toISOString(),
    inputs: await Promise.all(
      inputs.map(async (path) => ({ path, sha256: await fileSha256(path) })),
    ),
    inputVoxelSha256: input.voxelDigest,
    recipeSha256: recipeDigest(recipe),
    steps: await Promise.all(
      outcomes.map(async (outcome) => ({
        id: outcome.stepId,
        operation: outcome.operation,
        version: outcome.version,
        elapsedMs: Math.round(outcome.elapsedMs),
        outputVoxelSha256: outcome.madeVolume ? await digestVoxels(outcome.current.volume) : null,
      })),
    ),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
