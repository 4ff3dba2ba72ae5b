/** Reads boxes of voxels out of a store of bricks. */
import { Bug } from '../errors/errors.ts';
import { crc32 } from '../volume/crc32.ts';
import { boxOrigin, boxSize, holdsBox, type VoxelBox, wholeBox } from '../volume/box.ts';
import type { VolumeDescription } from '../volume/streamed.ts';
import {
  allocateVoxels,
  createVolume,
  type Volume,
  type VoxelArray,
  voxelCount,
  voxelsFromBytes,
} from '../volume/volume.ts';
import type {
  BrickedDescription,
  BrickedVolume,
  BrickLevel,
  BrickRange,
} from './bricked-volume.ts';
import { damagedStore, type LevelIndex, readIndex } from './index-file.ts';
import { BRICK_EDGE, type BrickPlace, SHEET_SLICES, SHEETS_PER_BRICK } from './layout.ts';
import type { BrickStorage } from './storage.ts';

export interface BrickReadOptions {
  /** Bytes of sheets kept for the next reads; default 128 MiB. */
  readonly cacheBytes?: number;
}

const CACHE_BYTES = 128 * 2 ** 20;

/** Opens a finished store; the reader owns the storage. Throws `store/damaged`. */
export function openBricks(storage: BrickStorage, options: BrickReadOptions = {}): BrickedVolume {
  const { description, levels } = readIndex(storage);
  const file = {
    storage,
    index: levels,
    cache: new SheetCache(options.cacheBytes ?? CACHE_BYTES),
    checked: levels.map(({ sums }) => new Uint8Array(sums.length)),
  };
  return new BrickReader(file, description);
}

/** An open store, which volumes of several descriptions may share. */
interface BrickFile {
  readonly storage: BrickStorage;
  readonly index: readonly LevelIndex[];
  readonly cache: SheetCache;
  /** Sheets whose checksum has been found right, by level. */
  readonly checked: readonly Uint8Array[];
}

class BrickReader implements BrickedVolume {
  readonly kind: BrickedVolume['kind'];
  readonly name: string;
  readonly size: BrickedVolume['size'];
  readonly type: BrickedVolume['type'];
  readonly spacing: BrickedVolume['spacing'];
  readonly origin: BrickedVolume['origin'];
  readonly phases: BrickedVolume['phases'];
  readonly range: readonly [number, number];
  readonly levels: readonly BrickLevel[];
  readonly #file: BrickFile;

  constructor(file: BrickFile, description: VolumeDescription) {
    const { kind, name, size, type, spacing, origin, phases } = description;
    this.kind = kind;
    this.name = name;
    this.size = size;
    this.type = type;
    this.spacing = spacing;
    this.origin = origin;
    this.phases = phases;
    this.levels = file.index.map(({ layout }, n) => ({ size: layout.size, factor: 2 ** n }));
    this.#file = file;
    let low = Number.NaN;
    let high = Number.NaN;
    for (const { minimum, maximum } of this.bricks()) {
      if (minimum < low || Number.isNaN(low)) low = minimum;
      if (maximum > high || Number.isNaN(high)) high = maximum;
    }
    this.range = [low, high];
  }

  async readBox(box: VoxelBox, level = 0, breathe?: () => Promise<void>): Promise<Volume> {
    const index = this.#file.index[level];
    const [x0, x1, y0, y1, z0, z1] = box;
    const isBox = x0 < x1 && y0 < y1 && z0 < z1;
    if (index === undefined || !isBox || !holdsBox(wholeBox(index.layout.size), box)) {
      throw new Bug('There is no such box.', { box: [...box], level });
    }
    const size = boxSize(box);
    const data = allocateVoxels(this.type, voxelCount(size));
    const isCached = sheetBytes(index, box) <= this.#file.cache.budget / 2;
    for (const place of bricksOf(index, box)) {
      const [, , , , from, to] = place.box;
      const first = Math.floor((Math.max(z0, from) - from) / SHEET_SLICES);
      const last = Math.floor((Math.min(z1, to) - 1 - from) / SHEET_SLICES);
      for (let sheet = first; sheet <= last; sheet++) {
        copySheet(this.#sheet(level, place, sheet, isCached), place.box, sheet, data, box);
      }
      await breathe?.();
    }
    return createVolume({ ...this.#descriptionOf(level, box), size, data });
  }

  *bricks(level = 0): Iterable<BrickRange> {
    const { layout, minima, maxima } = this.#file.index[level] as LevelIndex;
    for (const { index, box } of bricksOf({ layout }, wholeBox(layout.size))) {
      yield { box, minimum: minima[index] as number, maximum: maxima[index] as number };
    }
  }

  describedAs(change: Partial<BrickedDescription>): BrickedVolume {
    const { kind, name, size, type, spacing, origin, phases } = this;
    const before = { kind, name, size, type, spacing, origin, phases };
    return new BrickReader(this.#file, { ...before, ...change });
  }

  async remove(): Promise<void> {
    this.#file.cache.clear();
    await this.#file.storage.remove();
  }

  /** Name, voxel size and place of a box of a level. */
  #descriptionOf(level: number, box: VoxelBox) {
    const { kind, name, phases, spacing, origin } = this;
    if (spacing === null) return { kind, name, phases, spacing, origin };
    const factor = 2 ** level;
    const [hx, hy, hz] = spacing.values;
    const coarse = { ...spacing, values: [hx * factor, hy * factor, hz * factor] as const };
    // The centre of a voxel of a level is that of the voxels it stands for.
    const shift = (factor - 1) / 2;
    const start = [origin[0] + shift * hx, origin[1] + shift * hy, origin[2] + shift * hz] as const;
    return {
      kind,
      name,
      phases,
      spacing: coarse,
      origin: boxOrigin({ origin: start, spacing: coarse }, box),
    };
  }

  #sheet(level: number, place: BrickPlace, sheet: number, isCached: boolean): VoxelArray {
    const { storage, cache } = this.#file;
    const { layout, layers, sums } = this.#file.index[level] as LevelIndex;
    const number = place.index * SHEETS_PER_BRICK + sheet;
    const key = number + level * 2 ** 40;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const [x0, x1, y0, y1, z0, z1] = place.box;
    const sliceBytes = (x1 - x0) * (y1 - y0) * layout.width;
    const slices = Math.min(SHEET_SLICES, z1 - z0 - sheet * SHEET_SLICES);
    const bytes = new Uint8Array(slices * sliceBytes);
    const layer = layers[Math.floor(z0 / BRICK_EDGE)] as number;
    const have = storage.read(layer + place.offset + sheet * SHEET_SLICES * sliceBytes, bytes);
    if (have !== bytes.length) throw damagedStore('it ends too soon');
    const checked = this.#file.checked[level] as Uint8Array;
    if (checked[number] !== 1) {
      if (crc32(bytes) !== sums[number]) throw damagedStore('the checksum of a brick is wrong');
      checked[number] = 1;
    }
    const voxels = voxelsFromBytes(this.type, bytes, bytes.length / layout.width);
    if (isCached) cache.keep(key, voxels);
    return voxels;
  }
}

/** The bricks that a box meets, x fastest. */
function* bricksOf({ layout }: Pick<LevelIndex, 'layout'>, box: VoxelBox): Iterable<BrickPlace> {
  const first = (axis: 0 | 1 | 2): number => Math.floor((box[2 * axis] as number) / BRICK_EDGE);
  const last = (axis: 0 | 1 | 2): number =>
    Math.floor(((box[2 * axis + 1] as number) - 1) / BRICK_EDGE);
  for (let iz = first(2); iz <= last(2); iz++) {
    for (let iy = first(1); iy <= last(1); iy++) {
      for (let ix = first(0); ix <= last(0); ix++) yield layout.brick(ix, iy, iz);
    }
  }
}

/** Bytes of the sheets that a box meets, at most. */
function sheetBytes({ layout }: LevelIndex, box: VoxelBox): number {
  const along = (axis: 0 | 1 | 2, edge: number): number => {
    const [from, to] = [box[2 * axis] as number, box[2 * axis + 1] as number];
    return (Math.ceil(to / edge) - Math.floor(from / edge)) * edge;
  };
  return along(0, BRICK_EDGE) * along(1, BRICK_EDGE) * along(2, SHEET_SLICES) * layout.width;
}

/** Copies what a sheet has of a box. */
function copySheet(
  voxels: VoxelArray,
  brick: VoxelBox,
  sheet: number,
  out: VoxelArray,
  box: VoxelBox,
): void {
  const [bx0, bx1, by0, by1, bz0] = brick;
  const bottom = bz0 + sheet * SHEET_SLICES;
  const [columns, rows] = [bx1 - bx0, by1 - by0];
  const slices = voxels.length / (columns * rows);
  const [width, height] = boxSize(box);
  const [x0, x1] = [Math.max(box[0], bx0), Math.min(box[1], bx1)];
  const [y0, y1] = [Math.max(box[2], by0), Math.min(box[3], by1)];
  const [z0, z1] = [Math.max(box[4], bottom), Math.min(box[5], bottom + slices)];
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      const from = x0 - bx0 + columns * (y - by0 + rows * (z - bottom));
      const to = x0 - box[0] + width * (y - box[2] + height * (z - box[4]));
      // A call for each row costs more than the few voxels of a thin box.
      if (x1 - x0 > SHORT_ROW) out.set(voxels.subarray(from, from + x1 - x0) as never, to);
      else for (let i = 0; i < x1 - x0; i++) out[to + i] = voxels[from + i] as never;
    }
  }
}

const SHORT_ROW = 16;

/** Sheets by key, those used longest ago going first. */
class SheetCache {
  readonly budget: number;
  private readonly sheets = new Map<number, VoxelArray>();
  private bytes = 0;

  constructor(budget: number) {
    this.budget = budget;
  }

  get(key: number): VoxelArray | undefined {
    const voxels = this.sheets.get(key);
    if (voxels === undefined) return undefined;
    this.sheets.delete(key);
    this.sheets.set(key, voxels);
    return voxels;
  }

  keep(key: number, voxels: VoxelArray): void {
    this.sheets.set(key, voxels);
    this.bytes += voxels.byteLength;
    for (const [oldest, old] of this.sheets) {
      if (this.bytes <= this.budget) break;
      this.sheets.delete(oldest);
      this.bytes -= old.byteLength;
    }
  }

  clear(): void {
    this.sheets.clear();
    this.bytes = 0;
  }
}
