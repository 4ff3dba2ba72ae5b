/** Fills a store of bricks from files in one pass, and finds out what opening in memory would. */
import { cancelled } from '../errors/errors.ts';
import { createTurns } from '../io/decode-job.ts';
import type { ReadOptions, SlabReader, VolumeMetadata } from '../io/format.ts';
import { judgeVoxels, type OpenedSlabs } from '../io/open.ts';
import { VoxelDigest } from '../volume/digest.ts';
import { countLabels } from '../volume/labels.ts';
import type { VoxelSpacing } from '../volume/length.ts';
import { streamed } from '../volume/streamed.ts';
import type { VolumeSurvey } from '../volume/statistics.ts';
import { placeWith, type Volume } from '../volume/volume.ts';
import type { BrickedVolume } from './bricked-volume.ts';
import { VoxelCensus } from './census.ts';
import type { BrickStorage } from './storage.ts';
import { brickSource, SLAB_BYTES, slabSlices } from './source.ts';
import { type BrickWriteOptions, createBrickWriter } from './writer.ts';

export interface FillOptions
  extends Pick<ReadOptions, 'signal' | 'progress'>,
    Pick<BrickWriteOptions, 'cacheBytes'> {
  /** Overrides the guess whether the values are grey values or labels. */
  readonly kind?: Volume['kind'];
  /** In place of the file's. */
  readonly spacing?: VoxelSpacing;
}

export interface LabelCount {
  readonly label: number;
  readonly count: number;
}

export interface FilledBricks {
  readonly bricks: BrickedVolume;
  /** With what was odd about the voxels. */
  readonly metadata: VolumeMetadata;
  readonly survey: VolumeSurvey;
  readonly census: VoxelCensus;
  /** Of labels, rising; empty for grey values. */
  readonly labelCounts: readonly LabelCount[];
  /** As `digestVoxels` has it of the volume in memory. */
  readonly voxelDigest: string;
}

/**
 * Writes the volume into a storage from `createStorage`, which is removed where anything throws. What
 * is grey and what are labels is guessed as for a volume in memory; where the voxels of the middle
 * slice told it wrong, the storage is filled again, since the smaller levels differ. Memory: a few
 * slabs of 64 MiB and what the reader needs. Cancelled by the signal within a piece of work of some
 * milliseconds.
 */
export async function fillBricks(
  { reader, metadata }: OpenedSlabs,
  createStorage: () => Promise<BrickStorage>,
  options: FillOptions = {},
): Promise<FilledBricks> {
  const guess = options.kind ?? (await guessKind(reader));
  const filled = await fillAs(guess, reader, metadata, createStorage, options);
  const right = filled.kind;
  if (right === guess) return filled;
  await filled.bricks.remove();
  return fillAs(right, reader, metadata, createStorage, { ...options, kind: right });
}

async function guessKind(reader: SlabReader): Promise<Volume['kind']> {
  const { size, type, tags } = reader.metadata;
  if (type.startsWith('float')) return reader.kind;
  const middle = Math.floor(size[2] / 2);
  const census = new VoxelCensus(type);
  await census.add(await reader.readSlices(middle, middle + 1), createTurns());
  const survey = census.result([size[0], size[1], 1]);
  // One value says nothing: the middle may be empty.
  if (survey.constant) return reader.kind;
  return judgeVoxels({ kind: reader.kind, tags }, survey, undefined).kind;
}

async function fillAs(
  kind: Volume['kind'],
  reader: SlabReader,
  metadata: VolumeMetadata,
  createStorage: () => Promise<BrickStorage>,
  options: FillOptions,
): Promise<FilledBricks & { readonly kind: Volume['kind'] }> {
  const { size, type, tags } = metadata;
  const turn = createTurns();
  const breathe = async (): Promise<void> => {
    await turn();
    if (options.signal?.aborted) throw cancelled();
  };
  const { name, origin } = reader;
  const place = { spacing: metadata.spacing, origin };
  const { spacing } = options;
  const phases = kind === 'grey' ? [] : reader.phases;
  const described = spacing === undefined ? place : placeWith(place, spacing);
  const description = { kind, name, size, type, phases, ...described };
  const storage = await createStorage();
  try {
    const writer = createBrickWriter(storage, description, { ...options, breathe });
    const census = new VoxelCensus(type);
    const digest = new VoxelDigest();
    const step = slabSlices(size, type);
    for (let first = 0; first < size[2]; first += step) {
      const slab = await reader.readSlices(first, Math.min(size[2], first + step));
      await census.add(slab, breathe);
      await digest.add(slab, breathe);
      await writer.writeSlices(first, slab);
      options.progress?.(Math.min(1, (first + step) / size[2]));
    }
    if (options.signal?.aborted) throw cancelled();
    const bricks = await writer.finish();
    const survey = census.result(size);
    const judged = judgeVoxels({ kind: reader.kind, tags }, survey, options.kind);
    return {
      bricks,
      kind: judged.kind,
      metadata: {
        ...metadata,
        warnings: [...metadata.warnings, ...reader.warnings, ...judged.warnings],
      },
      survey,
      census,
      labelCounts: judged.kind === 'labels' ? await labelCounts(bricks, census, breathe) : [],
      voxelDigest: digest.hex(),
    };
  } catch (error) {
    await storage.remove();
    throw error;
  }
}

/** Voxels of each label, rising; a pass over the bricks where levels were not counted. */
async function labelCounts(
  bricks: BrickedVolume,
  census: VoxelCensus,
  breathe: () => Promise<void>,
): Promise<readonly LabelCount[]> {
  const known = census.present();
  if (known !== null) return known;
  const found = new Map<number, number>();
  for await (const { volume } of streamed(brickSource(bricks, breathe), SLAB_BYTES).layers()) {
    const { labels, counts } = countLabels(volume);
    for (const [i, label] of labels.entries()) {
      found.set(label, (found.get(label) ?? 0) + (counts[i] as number));
    }
  }
  return [...found].map(([label, count]) => ({ label, count })).sort((a, b) => a.label - b.label);
}
