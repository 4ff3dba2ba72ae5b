/**
 * Local thickness: the largest of the balls that cover a voxel. Definition and scalar form in
 * src/kernels/local-thickness.ts. Balls that lie whole in a neighbour's ball are left out; the others
 * are painted largest first, each voxel once, so that a voxel keeps its largest ball. Squares are
 * int32 for cubic voxels, float64 holding whole numbers else.
 */

/** Byte offsets in a ball: x, y, z of its centre and its reach along z as uint16, then R². */
const BALL_BYTES: usize = 16;
const REACH: usize = 6;
const SQUARED: usize = 8;

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

/** Smallest square of a neighbour's ball that holds a ball, by direction: 1 x + 2 y + 4 z. */
@inline
function needsOfCube(needs: usize, inner: i32, table: usize, limit: i32): void {
  let face: i32, edge: i32, corner: i32;
  if (inner <= limit) {
    const entry = table + <usize>inner * 12;
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
      const held =
        inside && x > 0 && x < nx - 1
          ? isHeldInside<T>(at, row, slice, needs)
          : isHeldBesideBorder<T>(squared, x, y, z, nx, ny, nz, needs);
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

/** Writes `value` to the voxels [x0, x1] of a row that are still open, and closes them. */
@inline
function paintRow<T>(open: usize, row: usize, x0: i32, x1: i32, value: T): void {
  let word = x0 >> 6;
  const last = x1 >> 6;
  let mask: u64 = <u64>-1 << <u64>(x0 & 63);
  for (; word <= last; word++) {
    if (word === last) mask &= <u64>-1 >> <u64>(63 - (x1 & 63));
    const at = open + (<usize>word << 3);
    const bits = load<u64>(at);
    let todo = bits & mask;
    if (todo !== 0) {
      store<u64>(at, bits ^ todo);
      const first = row + (<usize>word << 6) * sizeof<T>();
      do {
        store<T>(first + <usize>ctz(todo) * sizeof<T>(), value);
        todo &= todo - 1;
      } while (todo !== 0);
    }
    mask = <u64>-1;
  }
}

function paint<T>(
  balls: usize,
  count: i32,
  thickness: usize,
  open: usize,
  wx: T,
  wy: T,
  wz: T,
  nx: i32,
  ny: i32,
  start: i32,
  end: i32,
): void {
  const words = <usize>((nx + 63) >> 6) << 3;
  const rowBytes = <usize>nx * sizeof<T>();
  for (let i = 0; i < count; i++) {
    const ball = balls + <usize>i * BALL_BYTES;
    const cz: i32 = load<u16>(ball, 4);
    const reach: i32 = load<u16>(ball, REACH);
    const z0 = max(start, cz - reach);
    const z1 = min(end - 1, cz + reach);
    if (z0 > z1) continue;
    const cx: i32 = load<u16>(ball);
    const cy: i32 = load<u16>(ball, 2);
    const squared = load<T>(ball, SQUARED);
    for (let z = z0; z <= z1; z++) {
      let rest = squared - wz * <T>((z - cz) * (z - cz));
      if (rest <= 0) continue;
      // The largest half-width w with w² wx < rest; it shrinks as |dy| grows.
      let half = <i32>Math.sqrt(<f64>rest / <f64>wx) + 1;
      const slice = <usize>z * <usize>ny;
      for (let dy = 0; ; dy++) {
        const left = rest - wy * <T>(dy * dy);
        if (left <= 0) break;
        while (wx * <T>(half * half) >= left) half--;
        const x0 = max(0, cx - half);
        const x1 = min(nx - 1, cx + half);
        const above = cy + dy;
        const below = cy - dy;
        if (above < ny) {
          const line = slice + <usize>above;
          paintRow<T>(open + line * words, thickness + line * rowBytes, x0, x1, squared);
        } else if (below < 0) {
          break;
        }
        if (below >= 0) {
          const line = slice + <usize>below;
          paintRow<T>(open + line * words, thickness + line * rowBytes, x0, x1, squared);
        }
      }
    }
  }
}

/**
 * Paints balls, largest first, in slices [start, end).
 * @param open a bit for each voxel, rows of whole 64-bit words: 1 = not painted yet
 */
export function thicknessPaint(
  balls: usize,
  count: i32,
  thickness: usize,
  open: usize,
  nx: i32,
  ny: i32,
  start: i32,
  end: i32,
): void {
  paint<i32>(balls, count, thickness, open, 1, 1, 1, nx, ny, start, end);
}

/** `thicknessPaint` in float64, with the squared voxel edges. */
export function thicknessPaintWeighted(
  balls: usize,
  count: i32,
  thickness: usize,
  open: usize,
  wx: f64,
  wy: f64,
  wz: f64,
  nx: i32,
  ny: i32,
  start: i32,
  end: i32,
): void {
  paint<f64>(balls, count, thickness, open, wx, wy, wz, nx, ny, start, end);
}
