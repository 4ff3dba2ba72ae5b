/**
 * Surface nets; definition and scalar form in src/kernels/surface-net.ts. Values are u8, padded by
 * one voxel on every side with a value that is not the surface's. Work goes by rows of cells: row
 * j + (ny + 1)·k. A vertex is kept as its cell's x and, in the highest 8 bits, its configuration;
 * vertices [rowStart[r], rowStart[r + 1]) are those of row r, rising by x.
 */

const NONE: u32 = 0xffffffff;

/**
 * Writes the vertices of a row, unless `out` is 0. Returns their number, and in the upper 32 bits
 * that of the voxel pairs whose triangles they make.
 */
@inline
function scanRow(line: usize, rowBytes: usize, plane: usize, nx: i32, value: u8, out: usize): u64 {
  const wanted = i8x16.splat(<i8>value);
  let vertices: u64 = 0;
  let quads: u64 = 0;
  for (let x = 0; x <= nx; x += 16) {
    const at = line + <usize>x;
    const a0 = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    const a1 = i8x16.bitmask(i8x16.eq(v128.load(at + 1), wanted));
    const b0 = i8x16.bitmask(i8x16.eq(v128.load(at + rowBytes), wanted));
    const b1 = i8x16.bitmask(i8x16.eq(v128.load(at + rowBytes + 1), wanted));
    const c0 = i8x16.bitmask(i8x16.eq(v128.load(at + plane), wanted));
    const c1 = i8x16.bitmask(i8x16.eq(v128.load(at + plane + 1), wanted));
    const d0 = i8x16.bitmask(i8x16.eq(v128.load(at + plane + rowBytes), wanted));
    const d1 = i8x16.bitmask(i8x16.eq(v128.load(at + plane + rowBytes + 1), wanted));
    const lanes = nx + 1 - x < 16 ? (1 << (nx + 1 - x)) - 1 : 0xffff;
    const some = a0 | a1 | b0 | b1 | c0 | c1 | d0 | d1;
    const all = a0 & a1 & b0 & b1 & c0 & c1 & d0 & d1;
    let active = some & ~all & lanes;
    vertices += <u64>popcnt(active);
    quads += <u64>(popcnt((a0 ^ a1) & active) + popcnt((a0 ^ b0) & active) + popcnt((a0 ^ c0) & active));
    if (out == 0) continue;
    while (active != 0) {
      const lane = ctz(active);
      const configuration =
        ((a0 >> lane) & 1) |
        (((a1 >> lane) & 1) << 1) |
        (((b0 >> lane) & 1) << 2) |
        (((b1 >> lane) & 1) << 3) |
        (((c0 >> lane) & 1) << 4) |
        (((c1 >> lane) & 1) << 5) |
        (((d0 >> lane) & 1) << 6) |
        (((d1 >> lane) & 1) << 7);
      store<u32>(out, <u32>(x + lane) | (<u32>configuration << 24));
      out += 4;
      active &= active - 1;
    }
  }
  return vertices | (quads << 32);
}

/** Numbers of vertices and of voxel pairs in rows [start, end). */
export function surfaceNetCount(
  values: usize,
  vertices: usize,
  quads: usize,
  nx: i32,
  ny: i32,
  rowBytes: usize,
  value: i32,
  start: i32,
  end: i32,
): void {
  const plane = rowBytes * <usize>(ny + 2);
  for (let r = start; r < end; r++) {
    const line = values + <usize>(r / (ny + 1)) * plane + <usize>(r % (ny + 1)) * rowBytes;
    const counted = scanRow(line, rowBytes, plane, nx, <u8>value, 0);
    store<u32>(vertices + (<usize>r << 2), <u32>counted);
    store<u32>(quads + (<usize>r << 2), <u32>(counted >> 32));
  }
}

@inline
function placeOn(cell: i32, length: i32, offset: f32): f32 {
  return cell == 0 || cell == length ? <f32>cell : <f32>cell + offset;
}

/**
 * The vertices of rows [start, end) and where they begin.
 * @param offsets 256 × 3 numbers f32
 */
export function surfaceNetVertices(
  values: usize,
  rowStart: usize,
  packed: usize,
  positions: usize,
  offsets: usize,
  nx: i32,
  ny: i32,
  nz: i32,
  rowBytes: usize,
  value: i32,
  start: i32,
  end: i32,
): void {
  const plane = rowBytes * <usize>(ny + 2);
  for (let r = start; r < end; r++) {
    const k = r / (ny + 1);
    const j = r % (ny + 1);
    const first = load<u32>(rowStart + (<usize>r << 2));
    const last = load<u32>(rowStart + (<usize>r << 2) + 4);
    if (first == last) continue;
    const line = values + <usize>k * plane + <usize>j * rowBytes;
    scanRow(line, rowBytes, plane, nx, <u8>value, packed + (<usize>first << 2));
    for (let v = first; v < last; v++) {
      const vertex = load<u32>(packed + (<usize>v << 2));
      const offset = offsets + <usize>(vertex >> 24) * 12;
      const to = positions + <usize>v * 12;
      store<f32>(to, placeOn(<i32>(vertex & 0xffffff), nx, load<f32>(offset)));
      store<f32>(to + 4, placeOn(j, ny, load<f32>(offset + 4)));
      store<f32>(to + 8, placeOn(k, nz, load<f32>(offset + 8)));
    }
  }
}

@inline
function isMixed(configuration: u32, face: u32): bool {
  const part = configuration & face;
  return part != 0 && part != face;
}

/**
 * Finds the neighbours that vertices of one row have in another.
 * @param to of the first vertex: where this neighbour's number goes
 */
@inline
function meetRow(
  rowStart: usize,
  packed: usize,
  first: u32,
  last: u32,
  other: i32,
  face: u32,
  to: usize,
): void {
  let candidate: u32 = 0;
  let end: u32 = 0;
  if (other >= 0) {
    candidate = load<u32>(rowStart + (<usize>other << 2));
    end = load<u32>(rowStart + (<usize>other << 2) + 4);
  }
  for (let v = first; v < last; v++, to += 24) {
    const vertex = load<u32>(packed + (<usize>v << 2));
    if (!isMixed(vertex >> 24, face)) {
      store<u32>(to, NONE);
      continue;
    }
    const x = vertex & 0xffffff;
    while (candidate < end && (load<u32>(packed + (<usize>candidate << 2)) & 0xffffff) < x) candidate++;
    store<u32>(to, candidate);
  }
}

/** Vertices of the cells beside, −x +x −y +y −z +z, NONE where the surface does not go on. */
export function surfaceNetNeighbours(
  rowStart: usize,
  packed: usize,
  neighbours: usize,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  const rows = ny + 1;
  for (let r = start; r < end; r++) {
    const k = r / rows;
    const j = r % rows;
    const first = load<u32>(rowStart + (<usize>r << 2));
    const last = load<u32>(rowStart + (<usize>r << 2) + 4);
    const to = neighbours + <usize>first * 24;
    for (let v = first, at = to; v < last; v++, at += 24) {
      const configuration = load<u32>(packed + (<usize>v << 2)) >> 24;
      store<u32>(at, isMixed(configuration, 0x55) ? v - 1 : NONE);
      store<u32>(at + 4, isMixed(configuration, 0xaa) ? v + 1 : NONE);
    }
    meetRow(rowStart, packed, first, last, j == 0 ? -1 : r - 1, 0x33, to + 8);
    meetRow(rowStart, packed, first, last, j == ny ? -1 : r + 1, 0xcc, to + 12);
    meetRow(rowStart, packed, first, last, k == 0 ? -1 : r - rows, 0x0f, to + 16);
    meetRow(rowStart, packed, first, last, k == nz ? -1 : r + rows, 0xf0, to + 20);
  }
}

@inline
function within(moved: f32, cell: i32, length: i32, before: f32): f32 {
  if (cell == 0 || cell == length) return before;
  const low = <f32>cell - 0.5;
  const high = <f32>cell + 0.5;
  return moved < low ? low : moved > high ? high : moved;
}

/** Moves the vertices of rows [start, end) by `factor` of the way to the mean of their neighbours. */
export function surfaceNetRelax(
  rowStart: usize,
  packed: usize,
  neighbours: usize,
  from: usize,
  to: usize,
  factor: f32,
  nx: i32,
  ny: i32,
  nz: i32,
  start: i32,
  end: i32,
): void {
  for (let r = start; r < end; r++) {
    const k = r / (ny + 1);
    const j = r % (ny + 1);
    const last = load<u32>(rowStart + (<usize>r << 2) + 4);
    for (let v = load<u32>(rowStart + (<usize>r << 2)); v < last; v++) {
      let x: f32 = 0;
      let y: f32 = 0;
      let z: f32 = 0;
      let count: f32 = 0;
      const beside = neighbours + <usize>v * 24;
      for (let i: usize = 0; i < 24; i += 4) {
        const neighbour = load<u32>(beside + i);
        if (neighbour == NONE) continue;
        const other = from + <usize>neighbour * 12;
        x += load<f32>(other);
        y += load<f32>(other + 4);
        z += load<f32>(other + 8);
        count += 1;
      }
      const at = from + <usize>v * 12;
      const out = to + <usize>v * 12;
      const px = load<f32>(at);
      const py = load<f32>(at + 4);
      const pz = load<f32>(at + 8);
      const cell = <i32>(load<u32>(packed + (<usize>v << 2)) & 0xffffff);
      store<f32>(out, within(px + factor * (x / count - px), cell, nx, px));
      store<f32>(out + 4, within(py + factor * (y / count - py), j, ny, py));
      store<f32>(out + 8, within(pz + factor * (z / count - pz), k, nz, pz));
    }
  }
}

@inline
function squaredLength(positions: usize, a: u32, b: u32): f32 {
  const from = positions + <usize>a * 12;
  const to = positions + <usize>b * 12;
  const x = load<f32>(from) - load<f32>(to);
  const y = load<f32>(from + 4) - load<f32>(to + 4);
  const z = load<f32>(from + 8) - load<f32>(to + 8);
  return x * x + y * y + z * z;
}

@inline
function lower(neighbours: usize, vertex: u32, axis: i32): u32 {
  return load<u32>(neighbours + <usize>vertex * 24 + (<usize>axis << 3));
}

/** The triangles of rows [start, end); `quadStart` says where those of a row begin, in pairs. */
export function surfaceNetTriangles(
  rowStart: usize,
  quadStart: usize,
  packed: usize,
  neighbours: usize,
  positions: usize,
  triangles: usize,
  start: i32,
  end: i32,
): void {
  for (let r = start; r < end; r++) {
    const last = load<u32>(rowStart + (<usize>r << 2) + 4);
    let to = triangles + <usize>load<u32>(quadStart + (<usize>r << 2)) * 24;
    for (let a = load<u32>(rowStart + (<usize>r << 2)); a < last; a++) {
      const configuration = load<u32>(packed + (<usize>a << 2)) >> 24;
      const inside = configuration & 1;
      for (let axis = 0; axis < 3; axis++) {
        if (((configuration >> (1 << axis)) & 1) == inside) continue;
        const second = axis == 2 ? 0 : axis + 1;
        const third = axis == 0 ? 2 : axis - 1;
        const b = lower(neighbours, a, second);
        const c = lower(neighbours, b, third);
        const d = lower(neighbours, a, third);
        const p = inside != 0 ? b : d;
        const q = inside != 0 ? d : b;
        const cutAcross = squaredLength(positions, b, d) < squaredLength(positions, a, c);
        store<u32>(to, a);
        store<u32>(to + 4, p);
        store<u32>(to + 8, cutAcross ? q : c);
        store<u32>(to + 12, cutAcross ? p : a);
        store<u32>(to + 16, c);
        store<u32>(to + 20, q);
        to += 24;
      }
    }
  }
}
