/**
 * Local thickness: the largest of the balls that cover a voxel. Definition and scalar form in
 * src/kernels/local-thickness.ts. Balls that lie whole in a neighbour's ball are left out; the others
 * are painted largest first, each voxel once, so that a voxel keeps its largest ball. Squares are
 * int32 for cubic voxels, float64 holding whole numbers else.
 */

/**
 * Byte offsets in a ball: x, y, z of its centre and its reach along y and z as uint16, then R².
 */
const BALL_BYTES: usize = 24;
const REACH_Y: usize = 6;
const REACH_Z: usize = 8;
const SQUARED: usize = 16;

/** Slack for the rounding of square roots; a ball that is kept needlessly only costs time. */
const SLACK: f64 = 1.000000000001;

/** Whether a ball of radius √inner lies in one of radius √outer with its centre `away` from it. */
@inline
function holds(outer: f64, inner: f64, away: f64): bool {
  const reach = Math.sqrt(inner) + away;
  return outer >= reach * reach * SLACK;
}

/** Whether one of the 26 neighbours inside the volume holds the ball of voxel (x, y, z). */
function isHeldBesideBorder<T>(
  squared: usize,
  x: i32,
  y: i32,
  z: i32,
  nx: i32,
  ny: i32,
  nz: i32,
  needs: usize,
): bool {
  for (let dz = -1; dz <= 1; dz++) {
    if (z + dz < 0 || z + dz >= nz) continue;
    for (let dy = -1; dy <= 1; dy++) {
      if (y + dy < 0 || y + dy >= ny) continue;
      const row = <usize>((z + dz) * ny + y + dy) * <usize>nx;
      for (let dx = -1; dx <= 1; dx++) {
        if (x + dx < 0 || x + dx >= nx || (dx | dy | dz) === 0) continue;
        const direction = (dx !== 0 ? 1 : 0) | (dy !== 0 ? 2 : 0) | (dz !== 0 ? 4 : 0);
        const need = load<T>(needs + <usize>direction * sizeof<T>());
        if (load<T>(squared + (row + <usize>(x + dx)) * sizeof<T>()) >= need) return true;
      }
    }
  }
  return false;
}

/** The two neighbours at ±step bytes from `at`. */
@inline
function eitherHolds<T>(at: usize, step: usize, need: T): bool {
  return load<T>(at - step) >= need || load<T>(at + step) >= need;
}

/** The same for a voxel all of whose neighbours are in the volume. */
@inline
function isHeldInside<T>(at: usize, row: usize, slice: usize, needs: usize): bool {
  const voxel = sizeof<T>();
  const x = load<T>(needs, 1 * sizeof<T>());
  const y = load<T>(needs, 2 * sizeof<T>());
  const z = load<T>(needs, 4 * sizeof<T>());
  if (eitherHolds<T>(at, voxel, x)) return true;
  if (eitherHolds<T>(at, row, y)) return true;
  if (eitherHolds<T>(at, slice, z)) return true;
  const xy = load<T>(needs, 3 * sizeof<T>());
  const xz = load<T>(needs, 5 * sizeof<T>());
  const yz = load<T>(needs, 6 * sizeof<T>());
  if (eitherHolds<T>(at, row + voxel, xy) || eitherHolds<T>(at, row - voxel, xy)) return true;
  if (eitherHolds<T>(at, slice + voxel, xz) || eitherHolds<T>(at, slice - voxel, xz)) return true;
  if (eitherHolds<T>(at, slice + row, yz) || eitherHolds<T>(at, slice - row, yz)) return true;
  const xyz = load<T>(needs, 7 * sizeof<T>());
  return (
    eitherHolds<T>(at, slice + row + voxel, xyz) ||
    eitherHolds<T>(at, slice + row - voxel, xyz) ||
    eitherHolds<T>(at, slice - row + voxel, xyz) ||
    eitherHolds<T>(at, slice - row - voxel, xyz)
  );
}

/** The eight voxels at ±u ± v ± w bytes from `at`. */
@inline
function anyHolds(at: usize, u: usize, v: usize, w: usize, need: i32): bool {
  return (
    eitherHolds<i32>(at, u + v + w, need) ||
    eitherHolds<i32>(at, u + v - w, need) ||
    eitherHolds<i32>(at, u - v + w, need) ||
    eitherHolds<i32>(at, u - v - w, need)
  );
}

/** Whether a voxel two steps away along one axis or two, and at most one along the rest, holds it. */
function isHeldFarther(at: usize, row: usize, slice: usize, entry: usize): bool {
  const x: usize = 4;
  let need = load<i32>(entry, 12);
  if (eitherHolds<i32>(at, 2 * x + row, need) || eitherHolds<i32>(at, 2 * x - row, need)) return true;
  if (eitherHolds<i32>(at, 2 * x + slice, need) || eitherHolds<i32>(at, 2 * x - slice, need)) return true;
  if (eitherHolds<i32>(at, 2 * row + x, need) || eitherHolds<i32>(at, 2 * row - x, need)) return true;
  if (eitherHolds<i32>(at, 2 * row + slice, need) || eitherHolds<i32>(at, 2 * row - slice, need)) return true;
  if (eitherHolds<i32>(at, 2 * slice + x, need) || eitherHolds<i32>(at, 2 * slice - x, need)) return true;
  if (eitherHolds<i32>(at, 2 * slice + row, need) || eitherHolds<i32>(at, 2 * slice - row, need)) return true;
  need = load<i32>(entry, 16);
  if (anyHolds(at, 2 * x, row, slice, need)) return true;
  if (anyHolds(at, 2 * row, x, slice, need)) return true;
  if (anyHolds(at, 2 * slice, x, row, need)) return true;
  need = load<i32>(entry, 20);
  return (
    anyHolds(at, 2 * x, 2 * row, slice, need) ||
    anyHolds(at, 2 * x, row, 2 * slice, need) ||
    anyHolds(at, x, 2 * row, 2 * slice, need)
  );
}

/** Smallest square of a neighbour's ball that holds a ball, by direction: 1 x + 2 y + 4 z. */
@inline
function needsOfCube(needs: usize, inner: i32, table: usize, limit: i32): void {
  let face: i32, edge: i32, corner: i32;
  if (inner <= limit) {
    const entry = table + <usize>inner * 24;
    face = load<i32>(entry);
    edge = load<i32>(entry, 4);
    corner = load<i32>(entry, 8);
  } else {
    const root = Math.sqrt(<f64>inner);
    face = <i32>Math.ceil((root + 1) * (root + 1) * SLACK);
    edge = <i32>Math.ceil((root + Math.sqrt(2)) * (root + Math.sqrt(2)) * SLACK);
    corner = <i32>Math.ceil((root + Math.sqrt(3)) * (root + Math.sqrt(3)) * SLACK);
  }
  store<i32>(needs, face, 4);
  store<i32>(needs, face, 8);
  store<i32>(needs, edge, 12);
  store<i32>(needs, face, 16);
  store<i32>(needs, edge, 20);
  store<i32>(needs, edge, 24);
  store<i32>(needs, corner, 28);
}

@inline
function needOf(inner: f64, away: f64): f64 {
  const reach = Math.sqrt(inner) + Math.sqrt(away);
  return reach * reach * SLACK;
}

function mark<T>(
  squared: usize,
  marks: usize,
  needs: usize,
  table: usize,
  limit: i32,
  wx: f64,
  wy: f64,
  wz: f64,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  const row = <usize>nx * sizeof<T>();
  const slice = row * <usize>ny;
  const smallest: T = isFloat<T>() ? <T>Math.min(wx, Math.min(wy, wz)) : 1;
  for (let item = start; item < end; item++) {
    const y = item % ny;
    const z = item / ny;
    const inside = y > 0 && y < ny - 1 && z > 0 && z < nz - 1;
    const wellInside = y > 1 && y < ny - 2 && z > 1 && z < nz - 2;
    for (let x = 0; x < nx; x++) {
      const offset = <usize>item * row + <usize>x * sizeof<T>();
      const at = squared + offset;
      const inner = load<T>(at);
      // The smallest balls hold their centre alone.
      if (inner <= smallest) {
        store<T>(marks + offset, 0);
        continue;
      }
      if (isFloat<T>()) {
        const whole = <f64>inner;
        store<f64>(needs, needOf(whole, wx), 8);
        store<f64>(needs, needOf(whole, wy), 16);
        store<f64>(needs, needOf(whole, wx + wy), 24);
        store<f64>(needs, needOf(whole, wz), 32);
        store<f64>(needs, needOf(whole, wx + wz), 40);
        store<f64>(needs, needOf(whole, wy + wz), 48);
        store<f64>(needs, needOf(whole, wx + wy + wz), 56);
      } else {
        needsOfCube(needs, <i32>inner, table, limit);
      }
      let held =
        inside && x > 0 && x < nx - 1
          ? isHeldInside<T>(at, row, slice, needs)
          : isHeldBesideBorder<T>(squared, x, y, z, nx, ny, nz, needs);
      if (!isFloat<T>() && !held && wellInside && x > 1 && x < nx - 2 && <i32>inner <= limit) {
        held = isHeldFarther(at, row, slice, table + <usize>inner * 24);
      }
      store<T>(marks + offset, held ? 0 : 1);
    }
  }
}

/**
 * marks = 1 where a ball has to be painted, else 0, for rows [start, end) counted over slices.
 * @param needs of this thread: 64 bytes
 * @param table `containingSquares(limit)`
 */
export function thicknessMark(
  squared: usize,
  marks: usize,
  needs: usize,
  table: usize,
  limit: i32,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  mark<i32>(squared, marks, needs, table, limit, 1, 1, 1, nx, ny, nz, start, end);
}

/** `thicknessMark` in float64, with the squared voxel edges. */
export function thicknessMarkWeighted(
  squared: usize,
  marks: usize,
  needs: usize,
  wx: f64,
  wy: f64,
  wz: f64,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  mark<f64>(squared, marks, needs, 0, 0, wx, wy, wz, nx, ny, nz, start, end);
}

function begin<T>(squared: usize, thickness: usize, start: i32, end: i32): void {
  for (let i = <usize>start; i < <usize>end; i++) {
    const offset = i * sizeof<T>();
    const value = load<T>(squared + offset);
    if (load<T>(thickness + offset) !== 0) store<T>(squared + offset, -value);
    store<T>(thickness + offset, value);
  }
}

/** Turns marks into minus signs of the squares, and begins the thickness with each voxel's own ball. */
export function thicknessBegin(squared: usize, thickness: usize, start: i32, end: i32): void {
  begin<i32>(squared, thickness, start, end);
}

export function thicknessBeginWeighted(
  squared: usize,
  thickness: usize,
  start: i32,
  end: i32,
): void {
  begin<f64>(squared, thickness, start, end);
}

/** Distances whose squares have a table: all within a ball that fits int16, and a block farther. */
const SQUARES: i32 = 192;
const LARGEST_SHORT: i32 = 32767;

/** Edge of a block; its open voxels are a bit each, bit 8 x + y of a word for each of its planes. */
const BLOCK: i32 = 8;

/** Bytes of a row of block summaries: whole 64-bit words. */
@inline
function summaryRow(nx: i32): usize {
  return (<usize>((nx + BLOCK - 1) / BLOCK) + 7) & ~7;
}

/** An 8 × 8 bit matrix, rows and columns exchanged (Warren 2013, Hacker's Delight, section 7-3). */
@inline
function transposed(word: u64): u64 {
  let t = (word ^ (word >> 7)) & 0x00aa00aa00aa00aa;
  word ^= t ^ (t << 7);
  t = (word ^ (word >> 14)) & 0x0000cccc0000cccc;
  word ^= t ^ (t << 14);
  t = (word ^ (word >> 28)) & 0x00000000f0f0f0f0;
  return word ^ t ^ (t << 28);
}

/**
 * Opens the voxels of `label` (of every label but `outside` where it is -1) and closes all others,
 * in layers [start, end) of 8 slices.
 * @param labels uint8, x fastest
 * @param open 64 bytes for each block, blocks in rows of `summaryRow(nx)`
 * @param summaries a byte for each block: bit k = plane k has an open voxel
 */
export function thicknessOpen(
  labels: usize,
  open: usize,
  summaries: usize,
  label: i32,
  outside: i32,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  const pitch = summaryRow(nx);
  const layersY = (ny + BLOCK - 1) / BLOCK;
  const wanted = i8x16.splat(<i8>(label < 0 ? outside : label));
  const flip: u32 = label < 0 ? 0xff : 0;
  for (let bz = start; bz < end; bz++) {
    for (let by = 0; by < layersY; by++) {
      const row = <usize>(bz * layersY + by) * pitch;
      for (let bx: usize = 0; bx < pitch; bx++) {
        const x = <i32>bx * BLOCK;
        const inRow: u32 = x >= nx ? 0 : nx - x >= BLOCK ? 0xff : (1 << (nx - x)) - 1;
        let summary: u32 = 0;
        for (let plane = 0; plane < BLOCK; plane++) {
          const z = bz * BLOCK + plane;
          let word: u64 = 0;
          if (z < nz && inRow !== 0) {
            const rows = min(BLOCK, ny - by * BLOCK);
            for (let y = 0; y < rows; y++) {
              const line = <usize>(z * ny + by * BLOCK + y) * <usize>nx;
              const same = i8x16.eq(v128.load64_zero(labels + line + <usize>x), wanted);
              const bits = (<u32>i8x16.bitmask(same) ^ flip) & inRow;
              word |= <u64>bits << <u64>(y << 3);
            }
            word = transposed(word);
          }
          store<u64>(open + ((row + bx) << 6) + <usize>(plane << 3), word);
          if (word !== 0) summary |= 1 << plane;
        }
        store<u8>(summaries + row + bx, <u8>summary);
      }
    }
  }
}

/** Distance from `centre` to the nearest position of block `block`. */
@inline
function awayFrom(block: i32, centre: i32): i32 {
  const first = block * BLOCK;
  return max(0, max(first - centre, centre - (first + BLOCK - 1)));
}

/** The largest w with w² weight < left, for left > 0. */
@inline
function halfWidth<T>(left: T, weight: T, halves: usize): i32 {
  if (!isFloat<T>() && <i32>left <= HALVES) return load<u8>(halves + <usize>left);
  let half = <i32>Math.sqrt(<f64>left / <f64>weight);
  while (weight * <T>(half * half) >= left) half--;
  return half;
}

/** Open voxels of an 8 × 8 plane that a disc covers: `rest` is its squared radius there. */
@inline
function covered<T>(word: u64, x: i32, y: i32, rest: T, wx: T, wy: T): u64 {
  let hits: u64 = 0;
  let columns = word;
  do {
    const shift = ctz(columns) & ~7;
    const dx = <i32>(shift >> 3) - x;
    const left = rest - wx * <T>(dx * dx);
    if (left > 0) {
      // The largest half-width w with w² wy < left.
      let half = <i32>Math.sqrt(<f64>left / <f64>wy);
      while (wy * <T>(half * half) >= left) half--;
      const first = max(0, y - half);
      const last = min(BLOCK - 1, y + half);
      if (first <= last) {
        hits |= (((<u64>0xff << first) & (<u64>0xff >> (BLOCK - 1 - last))) & 0xff) << shift;
      }
    }
    columns &= ~(<u64>0xff << shift);
  } while (columns !== 0);
  return hits & word;
}

/**
 * `covered` for cubic voxels and rest ≤ 32767: lanes are the rows, two columns to a comparison.
 * @param dx, dy squares of x and y distances from the centre, int16, of the plane's 8 columns and rows
 */
@inline
function coveredShort(word: u64, dx: usize, dy: usize, rest: i32): u64 {
  const left = i16x8.sub(i16x8.splat(<i16>rest), v128.load(dy));
  let hits: u64 = 0;
  for (let pair: usize = 0; pair < 4; pair++) {
    const a = i16x8.gt_s(left, v128.load_splat<i16>(dx + (pair << 2)));
    const b = i16x8.gt_s(left, v128.load_splat<i16>(dx + (pair << 2), 2));
    hits |= (<u64>i8x16.bitmask(i8x16.narrow_i16x8_s(a, b))) << <u64>(pair << 4);
  }
  return hits & word;
}

function paintBlock<T>(
  open: usize,
  summary: usize,
  thickness: usize,
  x: i32,
  y: i32,
  z: i32,
  value: T,
  wx: T,
  wy: T,
  wz: T,
  row: usize,
  slice: usize,
  squares: usize,
): void {
  const dx = squares + (<usize>(SQUARES - x) << 1);
  const dy = squares + (<usize>(SQUARES - y) << 1);
  const nearX = max(0, max(-x, x - BLOCK + 1));
  const nearY = max(0, max(-y, y - BLOCK + 1));
  const near = value - wx * <T>(nearX * nearX) - wy * <T>(nearY * nearY);
  let planes: u32 = load<u8>(summary);
  let left = planes;
  do {
    const plane = ctz(planes);
    planes &= planes - 1;
    const dz = <i32>plane - z;
    const away = wz * <T>(dz * dz);
    if (away >= near) continue;
    const rest = value - away;
    const at = open + <usize>(plane << 3);
    const word = load<u64>(at);
    let todo =
      !isFloat<T>() && value <= <T>LARGEST_SHORT
        ? coveredShort(word, dx, dy, <i32>rest)
        : covered<T>(word, x, y, rest, wx, wy);
    if (todo === 0) continue;
    store<u64>(at, word ^ todo);
    if (todo === word) left &= ~(1 << plane);
    const first = thickness + <usize>plane * slice;
    do {
      const bit = <usize>ctz(todo);
      store<T>(first + (bit & 7) * row + (bit >> 3) * sizeof<T>(), value);
      todo &= todo - 1;
    } while (todo !== 0);
  } while (planes !== 0);
  store<u8>(summary, <u8>left);
}

function paint<T>(
  balls: usize,
  count: i32,
  thickness: usize,
  open: usize,
  summaries: usize,
  squares: usize,
  wx: T,
  wy: T,
  wz: T,
  nx: i32,
  ny: i32,
  start: i32,
  end: i32,
): void {
  const pitch = summaryRow(nx);
  const layersY = (ny + BLOCK - 1) / BLOCK;
  const row = <usize>nx * sizeof<T>();
  const slice = row * <usize>ny;
  for (let i = 0; i < count; i++) {
    const ball = balls + <usize>i * BALL_BYTES;
    const cz: i32 = load<u16>(ball, 4);
    const reachZ: i32 = load<u16>(ball, REACH_Z);
    const bz0 = max(start, max(0, cz - reachZ) / BLOCK);
    const bz1 = min(end - 1, (cz + reachZ) / BLOCK);
    if (bz0 > bz1) continue;
    const cx: i32 = load<u16>(ball);
    const cy: i32 = load<u16>(ball, 2);
    const reachY: i32 = load<u16>(ball, REACH_Y);
    const by0 = max(0, cy - reachY) / BLOCK;
    const by1 = min(layersY - 1, (cy + reachY) / BLOCK);
    const squared = load<T>(ball, SQUARED);
    for (let bz = bz0; bz <= bz1; bz++) {
      const dz = awayFrom(bz, cz);
      const restZ = squared - wz * <T>(dz * dz);
      if (restZ <= 0) continue;
      for (let by = by0; by <= by1; by++) {
        const dy = awayFrom(by, cy);
        const rest = restZ - wy * <T>(dy * dy);
        if (rest <= 0) continue;
        const first = <usize>(bz * layersY + by) * pitch;
        for (let group: usize = 0; group < pitch; group += 8) {
          let blocks = load<u64>(summaries + first + group);
          while (blocks !== 0) {
            const byte = <usize>(ctz(blocks) >> 3);
            blocks &= ~(<u64>0xff << <u64>(byte << 3));
            const bx = <i32>(group + byte);
            const dx = awayFrom(bx, cx);
            if (wx * <T>(dx * dx) >= rest) continue;
            const block = first + group + byte;
            const corner =
              <usize>(bz * BLOCK) * slice +
              <usize>(by * BLOCK) * row +
              <usize>(bx * BLOCK) * sizeof<T>();
            // biome-ignore format: one call
            paintBlock<T>(open + (block << 6), summaries + block, thickness + corner, cx - bx * BLOCK, cy - by * BLOCK, cz - bz * BLOCK, squared, wx, wy, wz, row, slice, squares);
          }
        }
      }
    }
  }
}

/**
 * Paints balls, largest first, in layers [start, end) of 8 slices.
 * @param balls of `BALL_BYTES` each
 * @param squares int16: d² for d = -192 … 200, 32767 where it is larger
 */
export function thicknessPaint(
  balls: usize,
  count: i32,
  thickness: usize,
  open: usize,
  summaries: usize,
  squares: usize,
  nx: i32,
  ny: i32,
  start: i32,
  end: i32,
): void {
  paint<i32>(balls, count, thickness, open, summaries, squares, 1, 1, 1, nx, ny, start, end);
}

/** `thicknessPaint` in float64, with the squared voxel edges. */
export function thicknessPaintWeighted(
  balls: usize,
  count: i32,
  thickness: usize,
  open: usize,
  summaries: usize,
  wx: f64,
  wy: f64,
  wz: f64,
  nx: i32,
  ny: i32,
  start: i32,
  end: i32,
): void {
  paint<f64>(balls, count, thickness, open, summaries, 0, wx, wy, wz, nx, ny, start, end);
}
