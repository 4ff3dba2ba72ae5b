/**
 * Geometry at twice the resolution without the memory for it: each voxel holds eight sub-voxels as
 * the bits of one byte, bit sx + 2·sy + 4·sz, whose centres lie ±¼ voxel from the voxel's centre.
 */

/** Offset of a sub-voxel's centre from its voxel's centre, lower and upper half. */
export const SUB_VOXEL_OFFSETS = [-0.25, 0.25] as const;

/** Number of set bits of a byte. */
export const BIT_COUNT = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let bit = 0; bit < 8; bit++) count += (byte >> bit) & 1;
  return count;
});

const rows = new Float64Array(18);
const faces = new Float64Array(12);

/**
 * Trilinear values at the eight sub-voxel centres of voxel (x, y, z) of a cube of edge `n`; border
 * voxels are replicated. Writes `out[bit]`.
 */
export function sampleSubVoxels(
  cube: Float32Array,
  n: number,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const left = x === 0 ? 0 : -1;
  const right = x === n - 1 ? 0 : 1;
  for (let k = 0; k < 3; k++) {
    const zk = Math.min(n - 1, Math.max(0, z + k - 1));
    for (let j = 0; j < 3; j++) {
      const yj = Math.min(n - 1, Math.max(0, y + j - 1));
      const i = x + n * (yj + n * zk);
      const centre = 0.75 * cube[i]!;
      const row = 2 * (j + 3 * k);
      rows[row] = centre + 0.25 * cube[i + left]!;
      rows[row + 1] = centre + 0.25 * cube[i + right]!;
    }
  }
  for (let k = 0; k < 3; k++) {
    for (let sx = 0; sx < 2; sx++) {
      const row = 6 * k + sx;
      const centre = 0.75 * rows[row + 2]!;
      faces[4 * k + sx] = centre + 0.25 * rows[row]!;
      faces[4 * k + sx + 2] = centre + 0.25 * rows[row + 4]!;
    }
  }
  for (let s = 0; s < 4; s++) {
    const centre = 0.75 * faces[4 + s]!;
    out[s] = centre + 0.25 * faces[s]!;
    out[s + 4] = centre + 0.25 * faces[8 + s]!;
  }
}
