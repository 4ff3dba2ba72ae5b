/**
 * Flooding by priority from labelled markers: exact order (key, insertion age) for float32 values.
 *
 * The queue is a multi-level bucket queue (Denardo & Fox 1979, doi 10.1287/opre.27.1.161): the
 * key's bits are cut into digits, and a voxel waits in the bucket of the highest digit in which its
 * key differs from the key being flooded. Keys never fall, so a bucket is spread over the next
 * lower level when its turn comes, and each voxel moves down at most once per level. Buckets are
 * first-in-first-out lists and spreading keeps their order, so equal keys leave by age.
 *
 * Voxels live in a padded grid whose border is marked as wall, so that no neighbour needs a range
 * test: one wall column after each row, one wall row after each plane, one wall plane (`lead`
 * cells) before and after. An axis of one voxel has no padding and the neighbour offset 0.
 *
 * node: key u32, next u32 (index of the following voxel in its list, 0 = last).
 * state u8: 0 free, 1..254 label, 255 wall.
 * control: eight u32 words (below), then per level one u64 summary and 64 u64 bitmap words, then
 * per level 4096 × (head u32, tail u32).
 */

const FREE: u32 = 0;
const WALL: u32 = 255;

// Words of the control block.
const LAST: usize = 0;
const DIGIT_BITS: usize = 4;
const FLOODED: usize = 8;
const SPREADING: usize = 12;
const BITMAPS: usize = 32;
const BITMAP_BYTES: usize = 65 * 8;
const LEVELS: i32 = 3;
const TABLES: usize = BITMAPS + BITMAP_BYTES * 3;
const MAX_DIGIT_BITS: u32 = 12;

@inline
function keyOf(value: f32): u32 {
  // + 0 turns -0 into 0, so that the two are one key.
  const bits = reinterpret<u32>(value + <f32>0);
  return bits >> 31 ? ~bits : bits | 0x80000000;
}

@inline
function bitmapOf(control: usize, level: i32): usize {
  return control + BITMAPS + <usize>level * BITMAP_BYTES;
}

@inline
function bucketOf(control: usize, level: i32, digit: u32): usize {
  return control + TABLES + (((<usize>level << MAX_DIGIT_BITS) + <usize>digit) << 3);
}

@inline
function markFilled(control: usize, level: i32, digit: u32): void {
  const bitmap = bitmapOf(control, level);
  const word = digit >> 6;
  const at = bitmap + 8 + (<usize>word << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << (digit & 63)));
  store<u64>(bitmap, load<u64>(bitmap) | (<u64>1 << word));
}

@inline
function markEmpty(control: usize, level: i32, digit: u32): void {
  const bitmap = bitmapOf(control, level);
  const word = digit >> 6;
  const at = bitmap + 8 + (<usize>word << 3);
  const left = load<u64>(at) & ~(<u64>1 << (digit & 63));
  store<u64>(at, left);
  if (left == 0) store<u64>(bitmap, load<u64>(bitmap) & ~(<u64>1 << word));
}

/** The smallest filled digit of a level, or -1. Digits at or below the current one are empty. */
@inline
function firstFilled(control: usize, level: i32): i32 {
  const bitmap = bitmapOf(control, level);
  const summary = load<u64>(bitmap);
  if (summary == 0) return -1;
  const word = <i32>ctz(summary);
  return (word << 6) + <i32>ctz(load<u64>(bitmap + 8 + (<usize>word << 3)));
}

@inline
function push(nodes: usize, control: usize, bits: u32, last: u32, voxel: u32, key: u32): void {
  const diff = key ^ last;
  let level: i32 = 0;
  if (diff >> bits) {
    level = diff >> (bits + bits) ? 2 : 1;
  }
  const digit = (key >> (<u32>level * bits)) & ((1 << bits) - 1);
  const bucket = bucketOf(control, level, digit);
  const node = nodes + (<usize>voxel << 3);
  store<u32>(node + 4, 0);
  if (load<u32>(bucket) == 0) {
    store<u32>(bucket, voxel);
    markFilled(control, level, digit);
  } else {
    store<u32>(nodes + (<usize>load<u32>(bucket + 4) << 3) + 4, voxel);
  }
  store<u32>(bucket + 4, voxel);
}

/**
 * Zeroes the control block and marks every padding cell as wall.
 * digitBits: bits per digit, ceil(bits of the key range / 3), at most 12.
 * cells: number of cells of the padded grid.
 */
export function watershedStart(control: usize, state: usize, digitBits: u32, cells: usize): void {
  memory.fill(control, 0, TABLES + (<usize>3 << (MAX_DIGIT_BITS + 3)));
  store<u32>(control + DIGIT_BITS, digitBits);
  memory.fill(state, <u8>WALL, cells);
}

/**
 * Fills the nodes and states of slices [start, end) from a staging block that begins at slice
 * `first`: values f32 and markers u8, both nx × ny × slices without padding.
 * strideY, strideZ, lead: geometry of the padded grid. lowest: smallest value of the whole volume.
 */
export function watershedFill(
  values: usize,
  markers: usize,
  nodes: usize,
  state: usize,
  nx: i32,
  ny: i32,
  strideY: i32,
  strideZ: i32,
  lead: i32,
  lowest: f32,
  first: i32,
  start: i32,
  end: i32,
): void {
  const base = keyOf(lowest);
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      let from = <usize>(z - first) * <usize>ny * <usize>nx + <usize>y * <usize>nx;
      let cell = <usize>lead + <usize>z * <usize>strideZ + <usize>y * <usize>strideY;
      memory.copy(state + cell, markers + from, <usize>nx);
      for (let x = 0; x < nx; x++, from++, cell++) {
        store<u32>(nodes + (cell << 3), keyOf(load<f32>(values + (from << 2))) - base);
      }
    }
  }
}

/** Queues the labelled voxels of slices [start, end) that have a free neighbour, in raster order. */
export function watershedSeed(
  nodes: usize,
  state: usize,
  control: usize,
  nx: i32,
  ny: i32,
  stepX: i32,
  stepY: i32,
  stepZ: i32,
  strideY: i32,
  strideZ: i32,
  lead: i32,
  start: i32,
  end: i32,
): void {
  const bits = load<u32>(control + DIGIT_BITS);
  const sx = <usize>stepX;
  const sy = <usize>stepY;
  const sz = <usize>stepZ;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      let cell = <usize>lead + <usize>z * <usize>strideZ + <usize>y * <usize>strideY;
      for (let x = 0; x < nx; x++, cell++) {
        const at = state + cell;
        const label = <u32>load<u8>(at);
        if (label == FREE || label == WALL) continue;
        if (
          <u32>load<u8>(at - sz) == FREE ||
          <u32>load<u8>(at + sz) == FREE ||
          <u32>load<u8>(at - sy) == FREE ||
          <u32>load<u8>(at + sy) == FREE ||
          <u32>load<u8>(at - sx) == FREE ||
          <u32>load<u8>(at + sx) == FREE
        ) {
          push(nodes, control, bits, 0, <u32>cell, load<u32>(nodes + (cell << 3)));
        }
      }
    }
  }
}

/**
 * Moves the flooded key on to the next filled bucket; on a higher level this only takes the
 * bucket's list out to be spread. Returns false when the queue is empty.
 */
function advance(nodes: usize, control: usize, bits: u32): bool {
  const last = load<u32>(control + LAST);
  let digit = firstFilled(control, 0);
  if (digit >= 0) {
    store<u32>(control + LAST, (last & ~((1 << bits) - 1)) | <u32>digit);
    return true;
  }
  for (let level = 1; level < LEVELS; level++) {
    digit = firstFilled(control, level);
    if (digit < 0) continue;
    const bucket = bucketOf(control, level, <u32>digit);
    const head = load<u32>(bucket);
    store<u32>(bucket, 0);
    markEmpty(control, level, <u32>digit);
    const node = nodes + (<usize>head << 3);
    if (load<u32>(node + 4) == 0) {
      // Alone in its bucket: it is the next voxel, whatever its lower digits.
      store<u32>(control + LAST, load<u32>(node));
    } else {
      const shift = <u32>level * bits;
      const above: u32 = shift + bits < 32 ? (last >> (shift + bits)) << (shift + bits) : 0;
      store<u32>(control + LAST, above | (<u32>digit << shift));
    }
    store<u32>(control + SPREADING, head);
    return true;
  }
  return false;
}

/** Puts up to `steps` voxels of the list being spread into lower buckets; returns how many. */
function spread(nodes: usize, control: usize, bits: u32, last: u32, steps: i32): i32 {
  let voxel = load<u32>(control + SPREADING);
  let moved = 0;
  while (voxel != 0 && moved < steps) {
    const node = nodes + (<usize>voxel << 3);
    const following = load<u32>(node + 4);
    push(nodes, control, bits, last, voxel, load<u32>(node));
    voxel = following;
    moved++;
  }
  store<u32>(control + SPREADING, voxel);
  return moved;
}

@inline
function visit(
  nodes: usize,
  state: usize,
  control: usize,
  bits: u32,
  last: u32,
  label: u32,
  cell: usize,
): u32 {
  const at = state + cell;
  if (<u32>load<u8>(at) != FREE) return 0;
  store<u8>(at, <u8>label);
  const node = nodes + (cell << 3);
  let key = load<u32>(node);
  if (key < last) {
    key = last;
    store<u32>(node, key);
  }
  push(nodes, control, bits, last, <u32>cell, key);
  return 1;
}

/**
 * Makes at most `steps` moves: a voxel put in a lower bucket, or a voxel flooded from. A free neighbour takes the label at once and is
 * queued with key max(own, parent's). Neighbours in the order -z, -y, -x, +x, +y, +z.
 * Returns 1 while the queue holds more, 0 when the flood is complete.
 */
export function watershedSteps(
  nodes: usize,
  state: usize,
  control: usize,
  stepX: i32,
  stepY: i32,
  stepZ: i32,
  steps: i32,
): i32 {
  const bits = load<u32>(control + DIGIT_BITS);
  const mask: u32 = (1 << bits) - 1;
  const sx = <usize>stepX;
  const sy = <usize>stepY;
  const sz = <usize>stepZ;
  let last = load<u32>(control + LAST);
  let bucket = bucketOf(control, 0, last & mask);
  let flooded: u32 = 0;
  let left = steps;
  let more: i32 = 1;
  while (left > 0) {
    if (load<u32>(control + SPREADING) != 0) {
      left -= spread(nodes, control, bits, last, left);
      continue;
    }
    const voxel = load<u32>(bucket);
    if (voxel == 0) {
      if (!advance(nodes, control, bits)) {
        more = 0;
        break;
      }
      last = load<u32>(control + LAST);
      bucket = bucketOf(control, 0, last & mask);
      continue;
    }
    const cell = <usize>voxel;
    const following = load<u32>(nodes + (cell << 3) + 4);
    store<u32>(bucket, following);
    if (following == 0) markEmpty(control, 0, last & mask);
    const label = <u32>load<u8>(state + cell);
    flooded += visit(nodes, state, control, bits, last, label, cell - sz);
    flooded += visit(nodes, state, control, bits, last, label, cell - sy);
    flooded += visit(nodes, state, control, bits, last, label, cell - sx);
    flooded += visit(nodes, state, control, bits, last, label, cell + sx);
    flooded += visit(nodes, state, control, bits, last, label, cell + sy);
    flooded += visit(nodes, state, control, bits, last, label, cell + sz);
    left--;
  }
  store<u32>(control + FLOODED, load<u32>(control + FLOODED) + flooded);
  return more;
}

/** Voxels flooded so far. */
export function watershedFlooded(control: usize): u32 {
  return load<u32>(control + FLOODED);
}

/** Copies the states of slices [start, end) without padding to a staging block from slice `first`. */
export function watershedLabels(
  state: usize,
  out: usize,
  nx: i32,
  ny: i32,
  strideY: i32,
  strideZ: i32,
  lead: i32,
  first: i32,
  start: i32,
  end: i32,
): void {
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      const cell = <usize>lead + <usize>z * <usize>strideZ + <usize>y * <usize>strideY;
      const to = (<usize>(z - first) * <usize>ny + <usize>y) * <usize>nx;
      memory.copy(out + to, state + cell, <usize>nx);
    }
  }
}
