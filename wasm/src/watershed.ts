/**
 * Flooding by priority from labelled markers: exact order (key, insertion age) for float32 values.
 *
 * The queue is a three-level bucket queue (Denardo & Fox 1979, doi 10.1287/opre.27.1.161): the key's
 * bits are cut into a wide top digit and two narrow ones, and a voxel waits in the bucket of the
 * highest digit in which its key differs from the key being flooded. Keys never fall, so a bucket is
 * spread over the lower levels when its turn comes, and a voxel moves down at most twice. The top
 * digit is wide enough that the voxels of one bucket fit a cache while they are sorted out.
 *
 * Equal keys leave by age. Lists of the two lower levels are first-in-first-out. Those of the top
 * level are stacks, which spares the write to the last voxel of a list; spreading one puts each
 * voxel in front of its lower list, which turns the order round again, and it ends before anything
 * is added behind.
 *
 * Voxels live in a padded grid whose border is marked as wall, so that no neighbour needs a range
 * test: one wall column after each row, one wall row after each plane, one wall plane (`lead`
 * cells) before and after. An axis of one voxel has no padding and the neighbour offset 0.
 *
 * node: key u32, next u32 (index of the following voxel in its list, 0 = last).
 * state u8: 0 free, 1..254 label, 255 wall.
 * control: sixteen u32 words (below); bitmaps of filled buckets of the low, middle and top level
 * (256, 256, 65 536 bits); 2 × 256 × (head u32, tail u32); 65 536 × head u32.
 */

const FREE: u32 = 0;
const WALL: u32 = 255;

// Byte offsets in the control block.
const LAST: usize = 0;
const DIGIT_BITS: usize = 4;
const FLOODED: usize = 8;
const SPREADING: usize = 12;
const SPREADING_STACK: usize = 16;
const TOP_WORD: usize = 20;
const BITMAPS: usize = 64;
const TOP_BITMAP: usize = BITMAPS + 2 * 32;
const LISTS: usize = TOP_BITMAP + 8192;
const STACKS: usize = LISTS + 2 * 2048;
const CONTROL_BYTES: usize = STACKS + 65536 * 4;
const TOP_WORDS: u32 = 1024;

@inline
function keyOf(value: f32): u32 {
  // + 0 turns -0 into 0, so that the two are one key.
  const bits = reinterpret<u32>(value + <f32>0);
  return bits >> 31 ? ~bits : bits | 0x80000000;
}

/** Bitmap of the low (0) or middle (1) level: four words of 64 buckets. */
@inline
function bitmapOf(control: usize, level: i32): usize {
  return control + BITMAPS + (<usize>level << 5);
}

@inline
function listOf(control: usize, level: i32, digit: u32): usize {
  return control + LISTS + (<usize>level << 11) + (<usize>digit << 3);
}

@inline
function mark(bitmap: usize, digit: u32): void {
  const at = bitmap + (<usize>(digit >> 6) << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << (digit & 63)));
}

@inline
function unmark(bitmap: usize, digit: u32): void {
  const at = bitmap + (<usize>(digit >> 6) << 3);
  store<u64>(at, load<u64>(at) & ~(<u64>1 << (digit & 63)));
}

/** The smallest filled digit of the low or middle level, or -1; none lies below the current one. */
function firstFilled(control: usize, level: i32): i32 {
  const bitmap = bitmapOf(control, level);
  for (let word = 0; word < 4; word++) {
    const filled = load<u64>(bitmap + (<usize>word << 3));
    if (filled != 0) return (word << 6) + <i32>ctz(filled);
  }
  return -1;
}

/** The smallest filled digit of the top level, or -1. Words once passed stay empty. */
function firstFilledTop(control: usize): i32 {
  let word = load<u32>(control + TOP_WORD);
  while (word < TOP_WORDS) {
    const filled = load<u64>(control + TOP_BITMAP + (<usize>word << 3));
    if (filled != 0) {
      store<u32>(control + TOP_WORD, word);
      return <i32>((word << 6) + <u32>ctz(filled));
    }
    word++;
  }
  store<u32>(control + TOP_WORD, word);
  return -1;
}

/** Adds a voxel behind (or, while a stack is spread, in front of) those with its key. */
@inline
function push(
  nodes: usize,
  control: usize,
  bits: u32,
  last: u32,
  voxel: u32,
  key: u32,
  inFront: bool,
): void {
  const diff = key ^ last;
  const node = nodes + (<usize>voxel << 3);
  if (diff >> (bits + bits)) {
    const digit = key >> (bits + bits);
    const stack = control + STACKS + (<usize>digit << 2);
    const above = load<u32>(stack);
    store<u32>(node + 4, above);
    store<u32>(stack, voxel);
    if (above == 0) mark(control + TOP_BITMAP, digit);
    return;
  }
  const level: i32 = diff >> bits ? 1 : 0;
  const digit = (key >> (level ? bits : 0)) & ((1 << bits) - 1);
  const list = listOf(control, level, digit);
  const head = load<u32>(list);
  if (head == 0) {
    store<u32>(node + 4, 0);
    store<u32>(list, voxel);
    store<u32>(list + 4, voxel);
    mark(bitmapOf(control, level), digit);
  } else if (inFront) {
    store<u32>(node + 4, head);
    store<u32>(list, voxel);
  } else {
    store<u32>(node + 4, 0);
    store<u32>(nodes + (<usize>load<u32>(list + 4) << 3) + 4, voxel);
    store<u32>(list + 4, voxel);
  }
}

/**
 * Zeroes the control block and marks every padding cell as wall.
 * digitBits: bits of each of the two lower digits, 1 to 8; keys have at most 16 bits above them.
 * cells: number of cells of the padded grid.
 */
export function watershedStart(control: usize, state: usize, digitBits: u32, cells: usize): void {
  memory.fill(control, 0, CONTROL_BYTES);
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
          push(nodes, control, bits, 0, <u32>cell, load<u32>(nodes + (cell << 3)), false);
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
  const mask: u32 = (1 << bits) - 1;
  let digit = firstFilled(control, 0);
  if (digit >= 0) {
    store<u32>(control + LAST, (last & ~mask) | <u32>digit);
    return true;
  }
  let head: u32;
  let base: u32;
  digit = firstFilled(control, 1);
  if (digit >= 0) {
    const list = listOf(control, 1, <u32>digit);
    head = load<u32>(list);
    store<u32>(list, 0);
    unmark(bitmapOf(control, 1), <u32>digit);
    base = ((last >> bits) & ~mask) << bits | (<u32>digit << bits);
    store<u32>(control + SPREADING_STACK, 0);
  } else {
    digit = firstFilledTop(control);
    if (digit < 0) return false;
    const stack = control + STACKS + (<usize>digit << 2);
    head = load<u32>(stack);
    store<u32>(stack, 0);
    unmark(control + TOP_BITMAP, <u32>digit);
    base = <u32>digit << (bits + bits);
    store<u32>(control + SPREADING_STACK, 1);
  }
  const node = nodes + (<usize>head << 3);
  // Alone in its bucket it is the next voxel, whatever its lower digits.
  store<u32>(control + LAST, load<u32>(node + 4) == 0 ? load<u32>(node) : base);
  store<u32>(control + SPREADING, head);
  return true;
}

/** Puts up to `steps` voxels of the list being spread into lower buckets; returns how many. */
function spread(nodes: usize, control: usize, bits: u32, last: u32, steps: i32): i32 {
  const inFront = load<u32>(control + SPREADING_STACK) != 0;
  let voxel = load<u32>(control + SPREADING);
  let moved = 0;
  while (voxel != 0 && moved < steps) {
    const node = nodes + (<usize>voxel << 3);
    const following = load<u32>(node + 4);
    push(nodes, control, bits, last, voxel, load<u32>(node), inFront);
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
  push(nodes, control, bits, last, <u32>cell, key, false);
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
  let list = listOf(control, 0, last & mask);
  let flooded: u32 = 0;
  let left = steps;
  let more: i32 = 1;
  while (left > 0) {
    if (load<u32>(control + SPREADING) != 0) {
      left -= spread(nodes, control, bits, last, left);
      continue;
    }
    const voxel = load<u32>(list);
    if (voxel == 0) {
      if (!advance(nodes, control, bits)) {
        more = 0;
        break;
      }
      last = load<u32>(control + LAST);
      list = listOf(control, 0, last & mask);
      continue;
    }
    const cell = <usize>voxel;
    const following = load<u32>(nodes + (cell << 3) + 4);
    store<u32>(list, following);
    if (following == 0) unmark(bitmapOf(control, 0), last & mask);
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
