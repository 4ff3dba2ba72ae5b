// Which conducting cells are joined to both outer faces, by runs of cells along x. The scalar
// reference, `src/kernels/diffusion-percolation.ts`, floods cell by cell to the same answer.
import { clearBits, nextClear, nextSet } from './shared/bit-rows';

const AT_INLET: u32 = 0x40000000;
const AT_OUTLET: u32 = 0x80000000;
const VOXELS: u32 = 0x3fffffff;

/**
 * Slices [start, end) of the turned volume, `cells[x + nx * (y + ny * z)]` = class of the voxel's
 * code. Steps are the distances in `codes` from cell to cell along x, y and z.
 */
export function runsTurn(
  codes: usize,
  classes: usize,
  cells: usize,
  nx: i32,
  ny: i32,
  stepX: i32,
  stepY: i32,
  stepZ: i32,
  start: i32,
  end: i32,
): void {
  const slice = <usize>nx * <usize>ny;
  if (stepZ === 1) {
    // Voxels that follow each other in memory lie in different slices.
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const from = codes + <usize>y * <usize>stepY + <usize>x * <usize>stepX;
        const to = cells + <usize>y * <usize>nx + <usize>x;
        for (let z = <usize>start; z < <usize>end; z++) {
          store<u8>(to + z * slice, load<u8>(classes + <usize>load<u8>(from + z)));
        }
      }
    }
    return;
  }
  for (let z = start; z < end; z++) {
    const from = codes + <usize>z * <usize>stepZ;
    const to = cells + slice * <usize>z;
    if (stepX === 1) {
      for (let y: usize = 0; y < <usize>ny; y++) {
        for (let x: usize = 0; x < <usize>nx; x++) {
          const code = load<u8>(from + y * <usize>stepY + x);
          store<u8>(to + y * <usize>nx + x, load<u8>(classes + <usize>code));
        }
      }
    } else {
      for (let x: usize = 0; x < <usize>nx; x++) {
        for (let y: usize = 0; y < <usize>ny; y++) {
          const code = load<u8>(from + y * <usize>stepY + x * <usize>stepX);
          store<u8>(to + y * <usize>nx + x, load<u8>(classes + <usize>code));
        }
      }
    }
  }
}

/** Sets a bit for each conducting cell, and counts the runs of each row. */
export function runsPack(
  cells: usize,
  bits: usize,
  counts: usize,
  nx: i32,
  ny: i32,
  words: i32,
  start: i32,
  end: i32,
): void {
  for (let row = ny * start; row < ny * end; row++) {
    const from = cells + <usize>row * <usize>nx;
    const to = bits + ((<usize>row * <usize>words) << 3);
    let runs: u64 = 0;
    let carry: u64 = 0;
    for (let w = 0; w < words; w++) {
      const first = w << 6;
      const stop = min(nx - first, 64);
      let word: u64 = 0;
      let i = 0;
      for (; i + 16 <= stop; i += 16) {
        const four = v128.load(from + <usize>(first + i));
        word |= <u64>i8x16.bitmask(i8x16.ne(four, i8x16.splat(0))) << <u64>i;
      }
      for (; i < stop; i++) {
        if (load<u8>(from + <usize>(first + i)) !== 0) word |= <u64>1 << <u64>i;
      }
      store<u64>(to + (<usize>w << 3), word);
      runs += popcnt(word & ~((word << 1) | carry));
      carry = word >> 63;
    }
    store<u32>(counts + (<usize>row << 2), <u32>runs);
  }
}

/** Turns the counts of `rows` rows into the number of each one's first run; returns the total. */
export function runsOffsets(counts: usize, rows: i32): u32 {
  let total: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = counts + (row << 2);
    const count = load<u32>(at);
    store<u32>(at, total);
    total += count;
  }
  store<u32>(counts + (<usize>rows << 2), total);
  return total;
}

/** Lists the runs of slices [start, end): first cell and end; each is its own parent. */
export function runsList(
  bits: usize,
  words: i32,
  offsets: usize,
  runs: usize,
  parents: usize,
  ny: i32,
  start: i32,
  end: i32,
): void {
  const stop = words << 6;
  for (let row = ny * start; row < ny * end; row++) {
    const from = bits + ((<usize>row * <usize>words) << 3);
    let run = load<u32>(offsets + (<usize>row << 2));
    for (let x = nextSet(from, 0, words); x < stop; run++) {
      const after = nextClear(from, x, words);
      store<i32>(runs + (<usize>run << 3), x);
      store<i32>(runs + (<usize>run << 3), after, 4);
      store<u32>(parents + (<usize>run << 2), run);
      x = after < stop ? nextSet(from, after, words) : stop;
    }
  }
}

@inline
function rootOf(parents: usize, run: u32): u32 {
  let parent = load<u32>(parents + (<usize>run << 2));
  while (parent !== run) {
    const grand = load<u32>(parents + (<usize>parent << 2));
    store<u32>(parents + (<usize>run << 2), grand);
    run = grand;
    parent = load<u32>(parents + (<usize>run << 2));
  }
  return run;
}

/** The lower number becomes the root, so the roots do not depend on the order of unions. */
@inline
function unite(parents: usize, a: u32, b: u32): void {
  const first = rootOf(parents, a);
  const second = rootOf(parents, b);
  if (first < second) store<u32>(parents + (<usize>second << 2), first);
  else if (second < first) store<u32>(parents + (<usize>first << 2), second);
}

/** Unites the runs of two rows that have cells side by side. */
function uniteRows(offsets: usize, runs: usize, parents: usize, rowA: i32, rowB: i32): void {
  let a = load<u32>(offsets + (<usize>rowA << 2));
  let b = load<u32>(offsets + (<usize>rowB << 2));
  const endA = load<u32>(offsets + (<usize>rowA << 2), 4);
  const endB = load<u32>(offsets + (<usize>rowB << 2), 4);
  while (a < endA && b < endB) {
    const runA = runs + (<usize>a << 3);
    const runB = runs + (<usize>b << 3);
    const stopA = load<i32>(runA, 4);
    const stopB = load<i32>(runB, 4);
    if (load<i32>(runA) < stopB && load<i32>(runB) < stopA) unite(parents, a, b);
    if (stopA < stopB) a += 1;
    else b += 1;
  }
}

/** Unites the runs of each slab [start, end) of slices that have cells side by side in it. */
export function runsUnite(
  offsets: usize,
  runs: usize,
  parents: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  periodic: i32,
  slab: i32,
  start: i32,
  end: i32,
): void {
  for (let z = slab * start; z < min(nz, slab * end); z++) {
    for (let y = 0; y < ny; y++) {
      const row = ny * z + y;
      if (y > 0) uniteRows(offsets, runs, parents, row, row - 1);
      else if (periodic !== 0) uniteRows(offsets, runs, parents, row, row + ny - 1);
      if (z % slab !== 0) uniteRows(offsets, runs, parents, row, row - ny);
      if (periodic === 0) continue;
      const first = load<u32>(offsets + (<usize>row << 2));
      const after = load<u32>(offsets + (<usize>row << 2), 4);
      if (after - first < 2) continue;
      const touches = load<i32>(runs + (<usize>first << 3)) === 0
        && load<i32>(runs + (<usize>(after - 1) << 3), 4) === nx;
      if (touches) unite(parents, first, after - 1);
    }
  }
}

/** Unites the runs of slice z with those of the slice before. */
export function runsUniteSlices(offsets: usize, runs: usize, parents: usize, ny: i32, z: i32): void {
  for (let y = 0; y < ny; y++) {
    const row = ny * z + y;
    uniteRows(offsets, runs, parents, row, row - ny);
  }
}

/**
 * Points the runs of rows [start, end) at their roots, after all rows before them, and adds up a
 * root's voxels, with marks for the faces that its cluster touches.
 */
export function runsResolve(
  offsets: usize,
  runs: usize,
  parents: usize,
  clusters: usize,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  for (let row = start; row < end; row++) {
    const mark = (row < ny ? AT_INLET : 0) | (row >= ny * (nz - 1) ? AT_OUTLET : 0);
    const stop = load<u32>(offsets + (<usize>row << 2), 4);
    for (let run = load<u32>(offsets + (<usize>row << 2)); run < stop; run++) {
      const at = runs + (<usize>run << 3);
      const voxels = <u32>(load<i32>(at, 4) - load<i32>(at));
      const parent = load<u32>(parents + (<usize>run << 2));
      if (parent === run) {
        store<u32>(clusters + (<usize>run << 2), voxels | mark);
        continue;
      }
      const root = load<u32>(parents + (<usize>parent << 2));
      store<u32>(parents + (<usize>run << 2), root);
      const cluster = clusters + (<usize>root << 2);
      store<u32>(cluster, (load<u32>(cluster) + voxels) | mark);
    }
  }
}

/**
 * Adds the clusters with roots in [start, end) to `counts`, float64: percolating voxels, isolated
 * clusters and voxels, blind clusters and voxels.
 */
export function runsCount(parents: usize, clusters: usize, counts: usize, start: u32, end: u32): void {
  for (let run = start; run < end; run++) {
    if (load<u32>(parents + (<usize>run << 2)) !== run) continue;
    const cluster = load<u32>(clusters + (<usize>run << 2));
    const voxels = <f64>(cluster & VOXELS);
    const marks = cluster & ~VOXELS;
    if (marks === (AT_INLET | AT_OUTLET)) {
      store<f64>(counts, load<f64>(counts) + voxels);
      continue;
    }
    const to = counts + (marks === 0 ? 8 : 24);
    store<f64>(to, load<f64>(to) + 1);
    store<f64>(to + 8, load<f64>(to + 8) + voxels);
  }
}

/** Clears the bits of runs whose cluster does not touch both faces. */
export function runsKeep(
  bits: usize,
  words: i32,
  offsets: usize,
  runs: usize,
  parents: usize,
  clusters: usize,
  ny: i32,
  start: i32,
  end: i32,
): void {
  for (let row = ny * start; row < ny * end; row++) {
    const stop = load<u32>(offsets + (<usize>row << 2), 4);
    for (let run = load<u32>(offsets + (<usize>row << 2)); run < stop; run++) {
      const root = load<u32>(parents + (<usize>run << 2));
      if ((load<u32>(clusters + (<usize>root << 2)) & ~VOXELS) === (AT_INLET | AT_OUTLET)) continue;
      const at = runs + (<usize>run << 3);
      clearBits(bits + ((<usize>row * <usize>words) << 3), load<i32>(at), load<i32>(at, 4));
    }
  }
}

/** Makes cells without a bit insulating. */
export function runsMask(cells: usize, bits: usize, nx: i32, ny: i32, words: i32, start: i32, end: i32): void {
  for (let row = ny * start; row < ny * end; row++) {
    const to = cells + <usize>row * <usize>nx;
    const from = bits + ((<usize>row * <usize>words) << 3);
    for (let x = 0; x < nx; x++) {
      const isKept = (load<u64>(from + (<usize>(x >> 6) << 3)) >> <u64>(x & 63)) & 1;
      store<u8>(to + <usize>x, load<u8>(to + <usize>x) & <u8>(0 - <i32>isKept));
    }
  }
}
