/**
 * One row of a symmetric or antisymmetric convolution, across rows (y, z) or along x. Scalar forms
 * with the same bits: `smoothAxis` and `deriveAxis` in src/kernels. Pairs are added from the
 * outermost inwards. `bytes` is a multiple of 16; rows may be read and written up to it.
 */

/** Row pointers of the pairs: at 8·k the row k before, at 8·k + 4 the row k after (k ≥ 1). */
export function fillPairs(
  pairs: usize,
  firstRow: usize,
  rowStep: usize,
  row: i32,
  rows: i32,
  radius: i32,
): void {
  for (let k = 1; k <= radius; k++) {
    const before = row - k < 0 ? 0 : row - k;
    const after = row + k >= rows ? rows - 1 : row + k;
    store<usize>(pairs + (<usize>k << 3), firstRow + <usize>before * rowStep);
    store<usize>(pairs + (<usize>k << 3), firstRow + <usize>after * rowStep, 4);
  }
}

@inline
function addPair(sum: v128, before: v128, after: v128, twice: v128, weight: v128): v128 {
  const pair = f32x4.sub(f32x4.add(before, after), twice);
  return f32x4.add(sum, f32x4.mul(weight, pair));
}

@inline
function addDifference(sum: v128, before: v128, after: v128, weight: v128): v128 {
  return f32x4.add(sum, f32x4.mul(weight, f32x4.sub(after, before)));
}

export function smoothAcross(
  to: usize,
  centre: usize,
  pairs: usize,
  weights: usize,
  radius: i32,
  bytes: usize,
): void {
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    const c0 = v128.load(centre + i);
    const c1 = v128.load(centre + i, 16);
    const c2 = v128.load(centre + i, 32);
    const c3 = v128.load(centre + i, 48);
    const t0 = f32x4.add(c0, c0);
    const t1 = f32x4.add(c1, c1);
    const t2 = f32x4.add(c2, c2);
    const t3 = f32x4.add(c3, c3);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let k = radius; k >= 1; k--) {
      const before = load<usize>(pairs + (<usize>k << 3)) + i;
      const after = load<usize>(pairs + (<usize>k << 3), 4) + i;
      const w = v128.load_splat<f32>(weights + (<usize>k << 2));
      s0 = addPair(s0, v128.load(before), v128.load(after), t0, w);
      s1 = addPair(s1, v128.load(before, 16), v128.load(after, 16), t1, w);
      s2 = addPair(s2, v128.load(before, 32), v128.load(after, 32), t2, w);
      s3 = addPair(s3, v128.load(before, 48), v128.load(after, 48), t3, w);
    }
    v128.store(to + i, f32x4.add(c0, s0));
    v128.store(to + i, f32x4.add(c1, s1), 16);
    v128.store(to + i, f32x4.add(c2, s2), 32);
    v128.store(to + i, f32x4.add(c3, s3), 48);
  }
  for (; i < bytes; i += 16) {
    const c = v128.load(centre + i);
    const t = f32x4.add(c, c);
    let s = f32x4.splat(0);
    for (let k = radius; k >= 1; k--) {
      const before = load<usize>(pairs + (<usize>k << 3)) + i;
      const after = load<usize>(pairs + (<usize>k << 3), 4) + i;
      const w = v128.load_splat<f32>(weights + (<usize>k << 2));
      s = addPair(s, v128.load(before), v128.load(after), t, w);
    }
    v128.store(to + i, f32x4.add(c, s));
  }
}

export function deriveAcross(
  to: usize,
  pairs: usize,
  weights: usize,
  radius: i32,
  bytes: usize,
): void {
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let k = radius; k >= 1; k--) {
      const before = load<usize>(pairs + (<usize>k << 3)) + i;
      const after = load<usize>(pairs + (<usize>k << 3), 4) + i;
      const w = v128.load_splat<f32>(weights + (<usize>k << 2));
      s0 = addDifference(s0, v128.load(before), v128.load(after), w);
      s1 = addDifference(s1, v128.load(before, 16), v128.load(after, 16), w);
      s2 = addDifference(s2, v128.load(before, 32), v128.load(after, 32), w);
      s3 = addDifference(s3, v128.load(before, 48), v128.load(after, 48), w);
    }
    v128.store(to + i, s0);
    v128.store(to + i, s1, 16);
    v128.store(to + i, s2, 32);
    v128.store(to + i, s3, 48);
  }
  for (; i < bytes; i += 16) {
    let s = f32x4.splat(0);
    for (let k = radius; k >= 1; k--) {
      const before = load<usize>(pairs + (<usize>k << 3)) + i;
      const after = load<usize>(pairs + (<usize>k << 3), 4) + i;
      const w = v128.load_splat<f32>(weights + (<usize>k << 2));
      s = addDifference(s, v128.load(before), v128.load(after), w);
    }
    v128.store(to + i, s);
  }
}

/** Repeats the ends of a row of `count` voxels at `row`: `radius` before, `radius` + 4 after. */
export function repeatEnds(row: usize, count: i32, radius: i32): void {
  const first = load<f32>(row);
  for (let k = 1; k <= radius; k++) store<f32>(row - (<usize>k << 2), first);
  const past = row + (<usize>count << 2);
  const last = load<f32>(past - 4);
  for (let k = 0; k < radius + 4; k++) store<f32>(past + (<usize>k << 2), last);
}

export function smoothAlong(
  to: usize,
  row: usize,
  weights: usize,
  radius: i32,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const c = v128.load(row + i);
    const t = f32x4.add(c, c);
    let s = f32x4.splat(0);
    for (let k = radius; k >= 1; k--) {
      const reach = <usize>k << 2;
      const w = v128.load_splat<f32>(weights + reach);
      s = addPair(s, v128.load(row + i - reach), v128.load(row + i + reach), t, w);
    }
    v128.store(to + i, f32x4.add(c, s));
  }
}

export function deriveAlong(
  to: usize,
  row: usize,
  weights: usize,
  radius: i32,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    let s = f32x4.splat(0);
    for (let k = radius; k >= 1; k--) {
      const reach = <usize>k << 2;
      const w = v128.load_splat<f32>(weights + reach);
      s = addDifference(s, v128.load(row + i - reach), v128.load(row + i + reach), w);
    }
    v128.store(to + i, s);
  }
}
