/**
 * The head and the index of a store. Head (64 bytes): magic, version, place, length and checksum of
 * the index, checksum of the head. The head is written last of all: a file whose writing was cut off
 * begins with zeros and does not open.
 */
import * as v from 'valibot';
import { UserError } from '../errors/errors.ts';
import { crc32 } from '../volume/crc32.ts';
import { LENGTH_UNITS } from '../volume/length.ts';
import type { VolumeDescription } from '../volume/streamed.ts';
import { bytesPerVoxel, VOXEL_TYPES, voxelCount } from '../volume/volume.ts';
import { LevelLayout, levelSizes, SHEETS_PER_BRICK } from './layout.ts';
import type { BrickStorage } from './storage.ts';

/** The bricks begin here. */
export const DATA_START = 4096;

const HEAD_BYTES = 64;
const MAGIC = 'TAUBRICK';
const VERSION = 1;
const MAX_TEXT_BYTES = 2 ** 20;

/** What the index knows of a level. */
export interface LevelIndex {
  readonly layout: LevelLayout;
  /** First byte of each layer. */
  readonly layers: Float64Array<ArrayBuffer>;
  /** Finite range of each brick; NaN where it has no finite voxel. */
  readonly minima: Float64Array<ArrayBuffer>;
  readonly maxima: Float64Array<ArrayBuffer>;
  /** CRC-32 of each sheet, 8 for each brick. */
  readonly sums: Uint32Array<ArrayBuffer>;
}

export function emptyIndex({ size, type }: VolumeDescription): readonly LevelIndex[] {
  return levelSizes(size).map((levelSize) => {
    const layout = new LevelLayout(levelSize, type);
    return {
      layout,
      layers: new Float64Array(layout.across[2]),
      minima: new Float64Array(layout.brickCount).fill(Number.NaN),
      maxima: new Float64Array(layout.brickCount).fill(Number.NaN),
      sums: new Uint32Array(layout.brickCount * SHEETS_PER_BRICK),
    };
  });
}

/** The tables of all levels in their order in the file. */
function tablesOf(levels: readonly LevelIndex[]) {
  return levels.flatMap(({ layers, minima, maxima, sums }) => [layers, minima, maxima, sums]);
}

function bytesOf(table: Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
}

/** Writes index and head behind `end`; the store is complete when it returns. */
export function writeIndex(
  storage: BrickStorage,
  end: number,
  description: VolumeDescription,
  levels: readonly LevelIndex[],
): void {
  const { kind, name, size, type, spacing, origin, phases } = description;
  const text = new TextEncoder().encode(
    JSON.stringify({ kind, name, size, type, spacing, origin, phases }),
  );
  const length = new Uint8Array(Uint32Array.of(text.length).buffer);
  let at = end;
  let sum = 0;
  for (const bytes of [length, text, ...tablesOf(levels).map(bytesOf)]) {
    storage.write(at, bytes);
    sum = crc32(bytes, sum);
    at += bytes.length;
  }
  storage.flush();
  storage.write(0, headOf(end, at - end, sum));
  storage.flush();
}

function headOf(indexStart: number, indexLength: number, indexSum: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setFloat64(16, indexStart, true);
  view.setFloat64(24, indexLength, true);
  view.setUint32(32, indexSum, true);
  view.setUint32(HEAD_BYTES - 4, crc32(head.subarray(0, HEAD_BYTES - 4)), true);
  return head;
}

export function damagedStore(problem: string, cause?: unknown): UserError {
  return new UserError(
    'store/damaged',
    `The copy of the volume on disk is damaged (${problem}): open the file again.`,
    {},
    cause,
  );
}

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const FINITE = v.pipe(v.number(), v.finite());
const THREE = v.tuple([FINITE, FINITE, FINITE]);

const DESCRIPTION = v.strictObject({
  kind: v.picklist(['grey', 'labels']),
  name: v.string(),
  size: v.tuple([COUNT, COUNT, COUNT]),
  type: v.picklist(VOXEL_TYPES),
  spacing: v.nullable(v.strictObject({ values: THREE, unit: v.picklist(LENGTH_UNITS) })),
  origin: THREE,
  phases: v.array(
    v.strictObject({
      label: v.number(),
      name: v.string(),
      colour: v.string(),
      pore: v.boolean(),
    }),
  ),
});

/** Reads and checks head and index. Throws `store/damaged`. */
export function readIndex(storage: BrickStorage): {
  readonly description: VolumeDescription;
  readonly levels: readonly LevelIndex[];
} {
  const head = read(storage, 0, HEAD_BYTES, 'its head is missing');
  const view = new DataView(head.buffer);
  if (new TextDecoder().decode(head.subarray(0, 8)) !== MAGIC) {
    throw damagedStore('it was not written to its end');
  }
  if (view.getUint32(8, true) !== VERSION) throw damagedStore('another version wrote it');
  if (view.getUint32(HEAD_BYTES - 4, true) !== crc32(head.subarray(0, HEAD_BYTES - 4))) {
    throw damagedStore('the checksum of its head is wrong');
  }
  const start = view.getFloat64(16, true);
  const length = view.getFloat64(24, true);
  if (!(start >= DATA_START && length >= 4 && start + length <= storage.size)) {
    throw damagedStore('its index lies outside');
  }
  const bytes = read(storage, start, length, 'its index is cut short');
  if (crc32(bytes) !== view.getUint32(32, true)) {
    throw damagedStore('the checksum of its index is wrong');
  }
  const textLength = new DataView(bytes.buffer).getUint32(0, true);
  if (textLength > Math.min(MAX_TEXT_BYTES, length - 4)) throw damagedStore('its index is short');
  const description = describe(bytes.subarray(4, 4 + textLength));
  if (voxelCount(description.size) * bytesPerVoxel(description.type) > storage.size) {
    throw damagedStore('it is smaller than its voxels');
  }
  const levels = emptyIndex(description);
  const tables = tablesOf(levels).map(bytesOf);
  if (4 + textLength + tables.reduce((sum, table) => sum + table.length, 0) !== length) {
    throw damagedStore('its index has another length than its size asks for');
  }
  let at = 4 + textLength;
  for (const table of tables) {
    table.set(bytes.subarray(at, at + table.length));
    at += table.length;
  }
  assertLayers(levels, start);
  return { description, levels };
}

function read(
  storage: BrickStorage,
  offset: number,
  length: number,
  problem: string,
): Uint8Array<ArrayBuffer> {
  if (offset + length > storage.size) throw damagedStore(problem);
  const bytes = new Uint8Array(length);
  if (storage.read(offset, bytes) !== length) throw damagedStore(problem);
  return bytes;
}

function describe(text: Uint8Array): VolumeDescription {
  try {
    return v.parse(DESCRIPTION, JSON.parse(new TextDecoder().decode(text)));
  } catch (cause) {
    throw damagedStore('its description cannot be read', cause);
  }
}

/** Every layer lies behind the head and before the index, and none in another. */
function assertLayers(levels: readonly LevelIndex[], end: number): void {
  const stretches = levels
    .flatMap(({ layout, layers }) =>
      [...layers].map((from, layer) => ({ from, to: from + layout.layerBytes(layer) })),
    )
    .sort((a, b) => a.from - b.from);
  let last = DATA_START;
  for (const { from, to } of stretches) {
    if (!(Number.isSafeInteger(from) && from >= last && to <= end)) {
      throw damagedStore('its index puts bricks where none can be');
    }
    last = to;
  }
}
