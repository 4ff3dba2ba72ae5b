/**
 * Crossings between values along the 13 directions of a grid; definition and scalar form in
 * src/kernels/crofton.ts. Values are u8 in rows of `rowBytes`, padded by one voxel on every side.
 */

/** Class of a step by |dx| + 2·|dy| + 4·|dz|; the order of STEP_CLASSES in the scalar form. */
@inline
function stepClass(dx: i32, dy: i32, dz: i32): i32 {
  const sum = dx * dx + dy * dy + dz * dz;
  if (sum == 3) return 6;
  if (sum == 2) return dz == 0 ? 3 : dy == 0 ? 4 : 5;
  return dx != 0 ? 0 : dy != 0 ? 1 : 2;
}

/**
 * Adds the crossings of slices [start, end) of the slab to the counts.
 * @param values the padded slab: its first slice is the one before slice 0
 * @param counts of this thread: 7 · phases · (phases + 1) numbers u64
 */
export function countCrossings(
  values: usize,
  counts: usize,
  nx: i32,
  ny: i32,
  rowBytes: usize,
  phases: i32,
  start: i32,
  end: i32,
): void {
  const plane = rowBytes * <usize>(ny + 2);
  const row = <usize>(phases + 1) << 3;
  for (let z = start; z < end; z++) {
    for (let y = 0; y < ny; y++) {
      const line = values + <usize>(z + 1) * plane + <usize>(y + 1) * rowBytes + 1;
      for (let x = 0; x < nx; x += 16) {
        const here = v128.load(line + <usize>x);
        const lanes = nx - x < 16 ? (1 << (nx - x)) - 1 : 0xffff;
        for (let dz = -1; dz <= 1; dz++) {
          for (let dy = -1; dy <= 1; dy++) {
            const across = line + <usize>x + <usize>dz * plane + <usize>dy * rowBytes;
            for (let dx = -1; dx <= 1; dx++) {
              const there = v128.load(across + <usize>dx);
              let mask = i8x16.bitmask(i8x16.lt_u(here, there)) & lanes;
              if (mask == 0) continue;
              const table = counts + <usize>(stepClass(dx, dy, dz) * phases) * row;
              do {
                const lane = <usize>ctz(mask);
                const low = <usize>load<u8>(line + <usize>x + lane);
                const high = <usize>load<u8>(across + <usize>dx + lane);
                const at = table + low * row + (high << 3);
                store<u64>(at, load<u64>(at) + 1);
                mask &= mask - 1;
              } while (mask != 0);
            }
          }
        }
      }
    }
  }
}
