/** Driver of the local thickness kernels: the same squares as `src/kernels/local-thickness.ts`. */
import type { DistanceOptions, Edges } from '../kernels/distance.ts';
import { containingSquares } from '../kernels/local-thickness.ts';
import { ValueCounts } from '../kernels/value-counts.ts';
import type { Size3 } from '../volume/volume.ts';
import { distanceBytes, measureSquares, type SquaredField, squaresOf } from './distance.ts';
import type { KernelSession } from './session.ts';
import { sessionPart } from './session-part.ts';
import { MOST_THREADS } from './slabs.ts';

/** Balls with a larger square are compared by their radii instead of the table. */
const TABLE_LIMIT = 1 << 14;

/** Byte offsets of a ball as in `wasm/src/local-thickness.ts`. */
const BALL_BYTES = 24;
const SQUARED_OFFSET = 16;
/** Edge of a block of open voxels. */
const BLOCK = 8;
const SQUARES = 192;
/** Balls in kernel memory at once. */
const BALLS_PER_CALL = 1 << 14;
/** Columns of blocks that the balls of one call may cross: at most 30 ms even in a single layer. */
const COLUMNS_PER_CALL = 1 << 17;
/** Each task looks at all balls of a call, so more tasks would do more in vain. */
const TASKS_PER_CALL = 16;
/** With more labels all are painted in one go: each alone costs a pass over the volume. */
const MOST_SINGLE_LABELS = 12;

/** Squares below this have a place of their own in an array. */
const DENSE_SQUARES = 1 << 20;

const TASK_VOXELS = 1 << 20;
const READ_VOXELS = 1 << 20;

/** Balls that are sorted at once: beyond them the volume is read again. */
function bandBalls(voxels: number): number {
  return (1 << 16) + Math.ceil(voxels / 16);
}

/** Squares of -192 … 200 that fit int16. */
function shortSquares(): Int16Array {
  return Int16Array.from({ length: 2 * SQUARES + 9 }, (_, i) =>
    Math.min(32_767, (i - SQUARES) ** 2),
  );
}

/** Blocks of open voxels, rows padded to whole words of summaries. */
function blockCount([nx, ny, nz]: Size3): number {
  return Math.ceil(nx / 64) * 8 * Math.ceil(ny / BLOCK) * Math.ceil(nz / BLOCK);
}

/** Arena bytes of `coverWithBalls`: 9.2 a voxel for cubic voxels, 17.2 else. */
export function thicknessBytes(size: Size3, cubic: boolean): number {
  const voxels = size[0] * size[1] * size[2];
  return (
    distanceBytes(size, cubic) +
    voxels * (cubic ? 4 : 8) +
    65 * blockCount(size) +
    BALLS_PER_CALL * BALL_BYTES +
    24 * (TABLE_LIMIT + 1) +
    MOST_THREADS * 64 +
    2048
  );
}

/** Bytes of the lists of balls, outside the arena. */
export function thicknessListBytes(size: Size3): number {
  return 12 * bandBalls(size[0] * size[1] * size[2]) + (1 << 20);
}

/** Balls in the order in which they are painted. */
interface Band {
  readonly voxels: Uint32Array;
  readonly squares: Float64Array;
  readonly count: number;
}

type Visit = (square: number, voxel: number, label: number) => void;
type Read = (visit: Visit) => Promise<void>;

/** Reads the balls that have to be painted: voxels whose square has a minus sign. */
function ballReader(session: KernelSession, field: SquaredField, voxels: number): Read {
  return async (visit) => {
    for (let start = 0; start < voxels; start += READ_VOXELS) {
      const squares = squaresOf(session, field, start, Math.min(READ_VOXELS, voxels - start));
      const labels = session.u8(field.labels + start, squares.length);
      for (let i = 0; i < squares.length; i++) {
        const square = squares[i] as number;
        if (square < 0) visit(-square, start + i, labels[i] as number);
      }
      await session.breathe();
    }
  };
}

/** Squares of balls, ascending, and how many balls have each. */
interface Found {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** A run of balls in descending order, whole squares or a part of the balls of one square. */
interface BandRange {
  /** Squares `values[low]` up to before `values[high]`. */
  readonly low: number;
  readonly high: number;
  /** Balls of the band that an earlier band has painted. */
  readonly skip: number;
  readonly count: number;
}

/** Cuts all balls into bands of at most `most`. */
function bandsOf({ counts }: Found, most: number): readonly BandRange[] {
  const bands: BandRange[] = [];
  let high = counts.length;
  while (high > 0) {
    let low = high - 1;
    let count = counts[low] as number;
    for (let skip = 0; skip < count && count > most; skip += most) {
      bands.push({ low, high, skip, count: Math.min(most, count - skip) });
    }
    if (count <= most) {
      while (low > 0 && count + (counts[low - 1] as number) <= most) {
        low -= 1;
        count += counts[low] as number;
      }
      bands.push({ low, high, skip: 0, count });
    }
    high = low;
  }
  return bands;
}

/** The next free place for each square. */
class Places {
  readonly #dense: Int32Array | null;
  readonly #sparse = new Map<number, number>();

  constructor(highest: number) {
    this.#dense = highest < DENSE_SQUARES ? new Int32Array(highest + 1) : null;
  }

  set(square: number, place: number): void {
    if (this.#dense === null) this.#sparse.set(square, place);
    else this.#dense[square] = place;
  }

  /** A place, and the one after it for the next. */
  take(square: number): number {
    const place = (this.#dense === null ? this.#sparse.get(square) : this.#dense[square]) as number;
    this.set(square, place + 1);
    return place;
  }
}

async function sortBand(
  read: Read,
  only: number,
  { values, counts }: Found,
  { low, high, skip, count }: BandRange,
): Promise<Band> {
  const lowest = values[low] as number;
  const highest = values[high - 1] as number;
  const places = new Places(highest);
  let next = -skip;
  for (let i = high - 1; i >= low; i--) {
    places.set(values[i] as number, next);
    next += counts[i] as number;
  }
  const band = { voxels: new Uint32Array(count), squares: new Float64Array(count), count };
  await read((square, voxel, label) => {
    if (square < lowest || square > highest || (only >= 0 && label !== only)) return;
    const place = places.take(square);
    if (place < 0 || place >= count) return;
    band.voxels[place] = voxel;
    band.squares[place] = square;
  });
  return band;
}

interface Painting {
  readonly field: SquaredField;
  readonly thickness: number;
  readonly open: number;
  readonly summaries: number;
  readonly squares: number;
  readonly balls: number;
  readonly size: Size3;
  readonly weights: Edges;
}

/** Writes balls from `from` on to kernel memory, as many as one call takes; returns where it ended. */
function writeBalls(session: KernelSession, painting: Painting, band: Band, from: number): number {
  const { size, weights, balls, field } = painting;
  const [nx, ny] = size;
  const most = Math.min(BALLS_PER_CALL, band.count - from);
  const places = session.u16(balls, most * (BALL_BYTES / 2));
  const squares = field.cubic
    ? session.i32(balls + SQUARED_OFFSET, most * (BALL_BYTES / 4) - 4)
    : session.f64(balls + SQUARED_OFFSET, most * (BALL_BYTES / 8) - 2);
  const stride = field.cubic ? BALL_BYTES / 4 : BALL_BYTES / 8;
  let columns = 0;
  let written = 0;
  while (written < most && columns < COLUMNS_PER_CALL) {
    const voxel = band.voxels[from + written] as number;
    const square = band.squares[from + written] as number;
    const reachY = Math.ceil(Math.sqrt(square / weights[1]));
    const reachZ = Math.ceil(Math.sqrt(square / weights[2]));
    const at = written * (BALL_BYTES / 2);
    places[at] = voxel % nx;
    places[at + 1] = Math.floor(voxel / nx) % ny;
    places[at + 2] = Math.floor(voxel / (nx * ny));
    places[at + 3] = reachY;
    places[at + 4] = reachZ;
    squares[written * stride] = square;
    columns += (reachY / 4 + 1) * (reachZ / 4 + 1);
    written += 1;
  }
  return from + written;
}

async function paintBand(
  session: KernelSession,
  painting: Painting,
  band: Band,
  onPainted: (balls: number) => void,
): Promise<void> {
  const { field, thickness, open, summaries, squares, balls, size, weights } = painting;
  const [nx, ny, nz] = size;
  const edges = field.cubic ? [squares] : weights;
  const layers = Math.ceil(nz / BLOCK);
  let from = 0;
  while (from < band.count) {
    const end = writeBalls(session, painting, band, from);
    await session.run({
      kernel: field.cubic ? 'thicknessPaint' : 'thicknessPaintWeighted',
      args: [balls, end - from, thickness, open, summaries, ...edges, nx, ny],
      items: layers,
      itemsPerTask: Math.max(1, Math.floor(layers / TASKS_PER_CALL)),
    });
    from = end;
    onPainted(from);
  }
}

function largestOf(labels: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label > largest) largest = label;
  }
  return largest;
}

/**
 * For each voxel the squared radius of the largest ball of its own label that covers it, left in
 * kernel memory; see `coveringSquares` in the scalar reference. Time depends on the shapes: each ball
 * that no neighbour's ball holds costs a step for each row of blocks that it crosses, and more where it
 * meets open voxels. Arena: `thicknessBytes`.
 */
export async function coverWithBalls(
  session: KernelSession,
  labels: Uint8Array,
  size: Size3,
  options: DistanceOptions,
): Promise<SquaredField> {
  const [nx, ny, nz] = size;
  const voxels = labels.length;
  const field = await measureSquares(sessionPart(session, 0, 0.15), labels, size, options);
  const { squared, cubic } = field;
  const suffix = cubic ? '' : 'Weighted';
  const thickness = session.allocate(voxels * (cubic ? 4 : 8));
  const blocks = blockCount(size);
  const open = session.allocate(64 * blocks);
  const summaries = session.allocate(blocks);
  const balls = session.allocate(BALLS_PER_CALL * BALL_BYTES);
  const table = session.allocate(24 * (TABLE_LIMIT + 1));
  const needs = session.allocate(session.threads * 64);
  const limit = Math.min(TABLE_LIMIT, nx * nx + ny * ny + nz * nz);
  if (cubic) session.i32(table, 6 * (limit + 1)).set(containingSquares(limit));
  await session.run(
    {
      kernel: `thicknessMark${suffix}`,
      args: [squared, thickness, needs, ...(cubic ? [table, limit] : options.weights), ...size],
      items: ny * nz,
      itemsPerTask: Math.max(1, Math.floor(TASK_VOXELS / 2 / nx)),
      scratch: { argIndex: 2, stride: 64 },
    },
    (done, total) => session.progress(0.15 + (0.15 * done) / total),
  );
  await session.run({
    kernel: `thicknessBegin${suffix}`,
    args: [squared, thickness],
    items: voxels,
    itemsPerTask: TASK_VOXELS,
  });
  const labelCount = largestOf(labels) + 1;
  // A label alone leaves no open voxels of others near its surface, where balls would look at them.
  const groups =
    labelCount <= MOST_SINGLE_LABELS ? Array.from({ length: labelCount }, (_, i) => i) : [-1];
  const read = ballReader(session, field, voxels);
  const found = groups.map(() => new ValueCounts());
  await read((square, _voxel, label) => found[groups.length === 1 ? 0 : label]?.add(square));
  const total = found.reduce((sum, counts) => sum + counts.total, 0);
  const squares = session.allocate(2 * (2 * SQUARES + 9));
  session.u16(squares, 2 * SQUARES + 9).set(shortSquares());
  const painting = {
    field,
    thickness,
    open,
    summaries,
    squares,
    balls,
    size,
    weights: options.weights,
  };
  let painted = 0;
  for (const [group, label] of groups.entries()) {
    const sorted = (found[group] as ValueCounts).sorted();
    if (sorted.values.length === 0) continue;
    await session.run({
      kernel: 'thicknessOpen',
      args: [field.labels, open, summaries, label, options.outside, ...size],
      items: Math.ceil(nz / BLOCK),
      itemsPerTask: Math.max(1, Math.floor(TASK_VOXELS / (nx * ny * BLOCK))),
    });
    for (const range of bandsOf(sorted, bandBalls(voxels))) {
      const band = await sortBand(read, label, sorted, range);
      await paintBand(session, painting, band, (done) =>
        session.progress(0.35 + (0.65 * (painted + done)) / total),
      );
      painted += band.count;
    }
  }
  session.progress(1);
  return { labels: field.labels, squared: thickness, cubic };
}
