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
const BALL_BYTES = 16;
const SQUARED_OFFSET = 8;
/** Balls in kernel memory at once. */
const BALLS_PER_CALL = 1 << 14;
/** Rows of voxels that the balls of one call may cross: at most 30 ms even in a single slice. */
const ROWS_PER_CALL = 1 << 22;
/** Thinner slabs spend more on balls that do not reach them. */
const SLICES_PER_TASK = 8;

const TASK_VOXELS = 1 << 20;
const READ_VOXELS = 1 << 20;

/** Balls that are sorted at once: beyond them the volume is read again. */
function bandBalls(voxels: number): number {
  return (1 << 16) + Math.ceil(voxels / 16);
}

function openBytes([nx, ny, nz]: Size3): number {
  return Math.ceil(nx / 64) * 8 * ny * nz;
}

/** Arena bytes of `coverWithBalls`: 9.1 a voxel for cubic voxels, 17.1 else. */
export function thicknessBytes(size: Size3, cubic: boolean): number {
  const voxels = size[0] * size[1] * size[2];
  return (
    distanceBytes(size, cubic) +
    voxels * (cubic ? 4 : 8) +
    openBytes(size) +
    BALLS_PER_CALL * BALL_BYTES +
    12 * (TABLE_LIMIT + 1) +
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

type Read = (visit: (square: number, voxel: number) => void) => Promise<void>;

/** Reads the balls that have to be painted: voxels whose square has a minus sign. */
function ballReader(session: KernelSession, field: SquaredField, voxels: number): Read {
  return async (visit) => {
    for (let start = 0; start < voxels; start += READ_VOXELS) {
      const squares = squaresOf(session, field, start, Math.min(READ_VOXELS, voxels - start));
      for (let i = 0; i < squares.length; i++) {
        const square = squares[i] as number;
        if (square < 0) visit(-square, start + i);
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

async function sortBand(
  read: Read,
  { values, counts }: Found,
  { low, high, skip, count }: BandRange,
): Promise<Band> {
  const places = new Map<number, number>();
  let next = -skip;
  for (let i = high - 1; i >= low; i--) {
    places.set(values[i] as number, next);
    next += counts[i] as number;
  }
  const band = { voxels: new Uint32Array(count), squares: new Float64Array(count), count };
  await read((square, voxel) => {
    const place = places.get(square);
    if (place === undefined) return;
    places.set(square, place + 1);
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
  readonly balls: number;
  readonly size: Size3;
  readonly weights: Edges;
}

/** Rows of voxels that a ball crosses. */
function rowsOf(square: number, [, wy, wz]: Edges, [, ny, nz]: Size3): number {
  const [ry, rz] = [Math.sqrt(square / wy), Math.sqrt(square / wz)];
  return Math.min(2 * ry + 1, ny) * Math.min(2 * rz + 1, nz);
}

/** Writes balls from `from` on to kernel memory, as many as one call takes; returns where it ended. */
function writeBalls(session: KernelSession, painting: Painting, band: Band, from: number): number {
  const { size, weights, balls, field } = painting;
  const [nx, ny] = size;
  const most = Math.min(BALLS_PER_CALL, band.count - from);
  const places = session.u16(balls, most * (BALL_BYTES / 2));
  const squares = field.cubic
    ? session.i32(balls + SQUARED_OFFSET, most * (BALL_BYTES / 4) - 2)
    : session.f64(balls + SQUARED_OFFSET, most * (BALL_BYTES / 8) - 1);
  const stride = field.cubic ? BALL_BYTES / 4 : BALL_BYTES / 8;
  let rows = 0;
  let written = 0;
  while (written < most && rows < ROWS_PER_CALL) {
    const voxel = band.voxels[from + written] as number;
    const square = band.squares[from + written] as number;
    const at = written * (BALL_BYTES / 2);
    places[at] = voxel % nx;
    places[at + 1] = Math.floor(voxel / nx) % ny;
    places[at + 2] = Math.floor(voxel / (nx * ny));
    places[at + 3] = Math.ceil(Math.sqrt(square / weights[2]));
    squares[written * stride] = square;
    rows += rowsOf(square, weights, size);
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
  const { field, thickness, open, balls, size, weights } = painting;
  const [nx, ny, nz] = size;
  let from = 0;
  while (from < band.count) {
    const end = writeBalls(session, painting, band, from);
    await session.run({
      kernel: field.cubic ? 'thicknessPaint' : 'thicknessPaintWeighted',
      args: [balls, end - from, thickness, open, ...(field.cubic ? [] : weights), nx, ny],
      items: nz,
      itemsPerTask: SLICES_PER_TASK,
    });
    from = end;
    onPainted(from);
  }
}

/**
 * For each voxel the squared radius of the largest ball of its own label that covers it, left in
 * kernel memory; see `coveringSquares` in the scalar reference. Time depends on the shapes: each ball
 * that no neighbour's ball holds costs as many steps as it crosses rows. Arena: `thicknessBytes`.
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
  const open = session.allocate(openBytes(size));
  const balls = session.allocate(BALLS_PER_CALL * BALL_BYTES);
  const table = session.allocate(12 * (TABLE_LIMIT + 1));
  const needs = session.allocate(session.threads * 64);
  if (cubic) session.i32(table, 3 * (TABLE_LIMIT + 1)).set(containingSquares(TABLE_LIMIT));
  await session.run(
    {
      kernel: `thicknessMark${suffix}`,
      args: [
        squared,
        thickness,
        needs,
        ...(cubic ? [table, TABLE_LIMIT] : options.weights),
        ...size,
      ],
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
  session.u8(open, openBytes(size)).fill(255);

  const read = ballReader(session, field, voxels);
  const found = new ValueCounts();
  await read((square) => found.add(square));
  const sorted = found.sorted();
  const painting = { field, thickness, open, balls, size, weights: options.weights };
  let painted = 0;
  for (const range of bandsOf(sorted, bandBalls(voxels))) {
    const band = await sortBand(read, sorted, range);
    await paintBand(session, painting, band, (done) =>
      session.progress(0.35 + (0.65 * (painted + done)) / found.total),
    );
    painted += band.count;
  }
  return { labels: field.labels, squared: thickness, cubic };
}
