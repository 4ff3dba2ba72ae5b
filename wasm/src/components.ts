/**
 * Connected components of equal values by union-find in raster order (Hoshen & Kopelman 1976,
 * doi 10.1103/PhysRevB.14.3438). A component's root is its first voxel, so the numbering depends
 * on nothing but the volume. Slabs of slices are scanned by themselves, each of them by any thread;
 * then neighbouring slabs are joined, and numbers given, on one.
 *
 * values u8 and labels u32, x fastest. Until numbers are given, labels hold the index of a parent at
 * or before the voxel itself; BACKGROUND marks voxels outside all components.
 */

const BACKGROUND: u32 = 0xffffffff;

@inline
function rootOf(labels: usize, voxel: u32): u32 {
  let parent = load<u32>(labels + (<usize>voxel << 2));
  while (parent != voxel) {
    // Halving the path keeps later searches short.
    const above = load<u32>(labels + (<usize>parent << 2));
    store<u32>(labels + (<usize>voxel << 2), above);
    voxel = above;
    parent = load<u32>(labels + (<usize>voxel << 2));
  }
  return voxel;
}

/** Joins the component of `neighbour` if it has the same value; returns the root afterwards. */
@inline
function join(
  values: usize,
  labels: usize,
  value: u32,
  root: u32,
  neighbour: u32,
): u32 {
  if (<u32>load<u8>(values + <usize>neighbour) != value) return root;
  const other = rootOf(labels, neighbour);
  if (other < root) {
    store<u32>(labels + (<usize>root << 2), other);
    return other;
  }
  if (other > root) store<u32>(labels + (<usize>other << 2), root);
  return root;
}

/** Joins the row of up to three voxels around `centre`; `corners` adds its two ends. */
@inline
function joinRow(
  values: usize,
  labels: usize,
  value: u32,
  root: u32,
  centre: u32,
  x: i32,
  nx: i32,
  corners: bool,
): u32 {
  root = join(values, labels, value, root, centre);
  if (corners) {
    if (x > 0) root = join(values, labels, value, root, centre - 1);
    if (x < nx - 1) root = join(values, labels, value, root, centre + 1);
  }
  return root;
}

/** Joins a voxel with its neighbours in the slice before. */
@inline
function joinBelow(
  values: usize,
  labels: usize,
  value: u32,
  root: u32,
  voxel: u32,
  x: i32,
  y: i32,
  nx: i32,
  ny: i32,
  connectivity: i32,
): u32 {
  const row = <u32>nx;
  const below = voxel - row * <u32>ny;
  const edges = connectivity >= 18;
  const corners = connectivity >= 26;
  root = joinRow(values, labels, value, root, below, x, nx, edges);
  if (edges) {
    if (y > 0) root = joinRow(values, labels, value, root, below - row, x, nx, corners);
    if (y < ny - 1) root = joinRow(values, labels, value, root, below + row, x, nx, corners);
  }
  return root;
}

/** Joins slices [start, end) with each other. */
@inline
function scanSlices(
  values: usize,
  labels: usize,
  nx: i32,
  ny: i32,
  connectivity: i32,
  background: i32,
  start: i32,
  end: i32,
): void {
  const row = <u32>nx;
  const plane = <u32>nx * <u32>ny;
  const edges = connectivity >= 18;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      let voxel = <u32>z * plane + <u32>y * row;
      for (let x = 0; x < nx; x++, voxel++) {
        const value = <u32>load<u8>(values + <usize>voxel);
        const at = labels + (<usize>voxel << 2);
        if (<i32>value == background) {
          store<u32>(at, BACKGROUND);
          continue;
        }
        store<u32>(at, voxel);
        let root = voxel;
        if (x > 0) root = join(values, labels, value, root, voxel - 1);
        if (y > 0) root = joinRow(values, labels, value, root, voxel - row, x, nx, edges);
        if (z > start) {
          root = joinBelow(values, labels, value, root, voxel, x, y, nx, ny, connectivity);
        }
      }
    }
  }
}

/**
 * Joins the slices of each slab [start, end) with each other; slab i holds up to `thickness` slices
 * from i · thickness on.
 * connectivity: 6, 18 or 26. background: the value that belongs to no component, or -1.
 */
export function componentsScan(
  values: usize,
  labels: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  connectivity: i32,
  background: i32,
  thickness: i32,
  start: i32,
  end: i32,
): void {
  for (let slab = start; slab < end; slab++) {
    const first = slab * thickness;
    const stop = min(nz, first + thickness);
    scanSlices(values, labels, nx, ny, connectivity, background, first, stop);
  }
}

/** Joins slice z, above 0, with the slice before it; both must have been scanned. Serial. */
export function componentsJoin(
  values: usize,
  labels: usize,
  nx: i32,
  ny: i32,
  connectivity: i32,
  background: i32,
  z: i32,
): void {
  let voxel = <u32>z * <u32>nx * <u32>ny;
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++, voxel++) {
      const value = <u32>load<u8>(values + <usize>voxel);
      if (<i32>value == background) continue;
      const root = rootOf(labels, voxel);
      joinBelow(values, labels, value, root, voxel, x, y, nx, ny, connectivity);
    }
  }
}

/**
 * Turns parents of slices [start, end) into numbers 1, 2, … by first voxel (0 = background), and
 * adds the voxels to the table of their component: sizes u32, values u8, faces u8 (bits: 1 x low,
 * 2 x high, 4 y low, 8 y high, 16 z low, 32 z high), entry = number - 1, new entries are set here.
 * `count` is the number of components before `start`; returns the number after `end`.
 */
export function componentsNumber(
  values: usize,
  labels: usize,
  sizes: usize,
  componentValues: usize,
  faces: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  count: u32,
  start: i32,
  end: i32,
): u32 {
  const plane = <u32>nx * <u32>ny;
  for (let z = start; z < end; z++) {
    const zFaces: u32 = (z == 0 ? 16 : 0) | (z == nz - 1 ? 32 : 0);
    for (let y = 0; y < ny; y++) {
      const yzFaces: u32 = zFaces | (y == 0 ? 4 : 0) | (y == ny - 1 ? 8 : 0);
      let voxel = <u32>z * plane + <u32>y * <u32>nx;
      for (let x = 0; x < nx; x++, voxel++) {
        const at = labels + (<usize>voxel << 2);
        const parent = load<u32>(at);
        if (parent == BACKGROUND) {
          store<u32>(at, 0);
          continue;
        }
        const touched: u32 = yzFaces | (x == 0 ? 1 : 0) | (x == nx - 1 ? 2 : 0);
        let entry: usize;
        if (parent == voxel) {
          entry = <usize>count;
          count++;
          store<u32>(at, count);
          store<u32>(sizes + (entry << 2), 1);
          store<u8>(componentValues + entry, load<u8>(values + <usize>voxel));
          store<u8>(faces + entry, <u8>touched);
        } else {
          const number = load<u32>(labels + (<usize>parent << 2));
          entry = <usize>number - 1;
          store<u32>(at, number);
          store<u32>(sizes + (entry << 2), load<u32>(sizes + (entry << 2)) + 1);
          if (touched) store<u8>(faces + entry, <u8>(<u32>load<u8>(faces + entry) | touched));
        }
      }
    }
  }
  return count;
}
