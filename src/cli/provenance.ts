/** The provenance record: what made the results, where and when. Results themselves hold no time. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, Identified, StepOutcome } from '../engine/engine.ts';
import { VERSION } from '../engine/version.ts';
import { cancelled } from '../errors/errors.ts';
import { type Recipe, recipeDigest } from '../recipe/recipe.ts';
import type { StreamedVolume, VolumeDescription } from '../volume/streamed.ts';
import { voxelBytes } from '../volume/volume.ts';
import { isWebAddress } from './files.ts';
import type { OutputFile } from './outputs.ts';

export interface ProvenanceFacts {
  readonly recipe: Recipe;
  readonly input: Identified<VolumeDescription>;
  readonly outcomes: readonly StepOutcome<VolumeDescription>[];
  /** The voxels that a step made; null where they were not kept. */
  readonly madeBy: (outcome: number) => StreamedVolume | null;
  readonly startedAt: Date;
  readonly engine: Engine;
  /** Paths as the user named them. */
  readonly inputs: readonly string[];
  readonly outputs: readonly OutputFile[];
  readonly signal: AbortSignal;
}

async function fileSha256(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

interface InputRecord {
  readonly path: string;
  readonly sha256?: string;
  /** A folder's files, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

async function inputRecord(path: string, signal: AbortSignal): Promise<InputRecord> {
  // Parts of it were fetched; the digest of its voxels tells what they were.
  if (isWebAddress(path)) return { path };
  if (!(await stat(path)).isDirectory()) return { path, sha256: await fileSha256(path, signal) };
  const files: Record<string, string> = {};
  for (const name of (await readdir(path)).toSorted()) {
    const file = join(path, name);
    if ((await stat(file)).isFile()) files[name] = await fileSha256(file, signal);
  }
  return { path, files };
}

const HASH_AT_ONCE = 64 * 2 ** 20;

/** As `digestVoxels`, by the faster hash that Node has; lets signals in. */
export async function voxelSha256(volume: StreamedVolume, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const { volume: layers } of volume.layers()) {
    const bytes = voxelBytes(layers.data);
    for (let start = 0; start < bytes.length; start += HASH_AT_ONCE) {
      hash.update(bytes.subarray(start, start + HASH_AT_ONCE));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (signal.aborted) throw cancelled();
    }
  }
  return hash.digest('hex');
}

async function contentSha256(content: OutputFile['content']): Promise<string> {
  const hash = createHash('sha256');
  if (typeof content === 'string') return hash.update(content).digest('hex');
  if (typeof content === 'function') {
    await content({ write: async (bytes) => void hash.update(bytes) });
    return hash.digest('hex');
  }
  for await (const chunk of content.stream()) hash.update(chunk);
  return hash.digest('hex');
}

export async function provenanceText(facts: ProvenanceFacts): Promise<string> {
  const { recipe, input, outcomes, madeBy, startedAt, engine, inputs, outputs, signal } = facts;
  const inputRecords: InputRecord[] = [];
  for (const path of inputs) inputRecords.push(await inputRecord(path, signal));
  const steps = [];
  for (const [i, { stepId, operation, version, elapsedMs }] of outcomes.entries()) {
    const made = madeBy(i);
    steps.push({
      id: stepId,
      operation,
      version,
      elapsedMs: Math.round(elapsedMs),
      outputVoxelSha256: made === null ? null : await voxelSha256(made, signal),
    });
  }
  const outputRecords = [];
  for (const { name, content } of outputs) {
    outputRecords.push({ name, sha256: await contentSha256(content) });
  }
  const document = {
    format: 'tauscope-provenance',
    version: 1,
    software: { name: 'tauscope', version: VERSION },
    host: { node: process.version, platform: process.platform, arch: process.arch },
    threads: engine.kernels.threads,
    started: startedAt.toISOString(),
    finished: new Date().toISOString(),
    inputs: inputRecords,
    inputVoxelSha256: input.voxelDigest,
    recipeSha256: recipeDigest(recipe),
    steps,
    outputs: outputRecords,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
