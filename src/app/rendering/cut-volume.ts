/**
 * The baked 3-D picture cut open: by the corner before the crosshair and by the sides of a box. Cut
 * faces show the slices. Pure arithmetic over arrays.
 */
import type { PreviewVolume } from '../../../workers/engine-api.ts';
import type { Size3, Vector3 } from '../../volume/volume.ts';
import { type BakedVolume, shaded, type VoxelWords } from './bake-volume.ts';
import type { ClipBox } from './clipping.ts';

/** Brightness of faces that look along x, y and z: an even light would hide the corner. */
export const FACE_LIGHT: Vector3 = [0.86, 1, 0.94];
/** Voxels that a painted face is thick, so that no ray slips through. */
const FACE_DEPTH = 2;
/** Sides closer to the edge of a voxel than this share of it lie on the edge. */
const ON_EDGE = 1e-6;

type Ranges = readonly (readonly [from: number, to: number])[];

function forEachInBox(size: Size3, [x, y, z]: Ranges, visit: (index: number) => void): void {
  if (x === undefined || y === undefined || z === undefined) return;
  for (let k = z[0]; k < z[1]; k++) {
    for (let j = y[0]; j < y[1]; j++) {
      for (let i = x[0]; i < x[1]; i++) visit(i + size[0] * (j + size[1] * k));
    }
  }
}

/** The faces of the whole volume, each a little darker or brighter than the next. */
function tintOutside(words: VoxelWords, size: Size3): void {
  for (const axis of [0, 1, 2] as const) {
    const light = 255 * FACE_LIGHT[axis];
    if (light === 255) continue;
    for (const layer of new Set([0, size[axis] - 1])) {
      const box = size.map((n, of): Ranges[number] => (of === axis ? [layer, layer + 1] : [0, n]));
      forEachInBox(size, box, (i) => {
        const voxel = words[i] as number;
        words[i] = shaded(voxel, light, voxel >>> 24);
      });
    }
  }
}

/**
 * Paints the slices at those sides of the box that lie inside the volume: a layer on either side of
 * the voxels that hold the side, since samples mix neighbours. The planes that clip take away what
 * is outside of the box.
 */
function paintSides(
  out: VoxelWords,
  faces: VoxelWords,
  { data, size }: PreviewVolume,
  { low, high }: ClipBox,
): void {
  const strides = [1, size[0], size[0] * size[1]] as const;
  const inside = size.map((n, axis): Ranges[number] => [
    Math.max(0, Math.floor((low[axis] as number) * n) - 1),
    Math.min(n, Math.ceil((high[axis] as number) * n) + 1),
  ]);
  for (const axis of [0, 2, 1] as const) {
    const n = size[axis];
    const sides = [
      { share: low[axis], layer: Math.floor(low[axis] * n + ON_EDGE) },
      { share: high[axis], layer: Math.ceil(high[axis] * n - ON_EDGE) - 1 },
    ];
    for (const { share, layer } of sides) {
      if (share <= 0 || share >= 1) continue;
      const first = Math.max(0, layer - 1) - layer;
      const last = Math.min(n - 1, layer + 1) - layer;
      const face = inside.map((range, of) => (of === axis ? ([layer, layer + 1] as const) : range));
      forEachInBox(size, face, (i) => {
        const colour = faces[data[i] as number] as number;
        if (colour === 0) return;
        const lit = shaded(colour, 255 * FACE_LIGHT[axis], 255);
        for (let d = first; d <= last; d++) out[i + d * strides[axis]] = lit;
      });
    }
  }
}

/**
 * The picture with slices painted at the sides of `box`, and with the corner before the crosshair
 * taken out: what has a larger x, a smaller y and a smaller z. The three faces that leaves show the
 * three slices. `corner` null takes nothing out.
 */
export function cutOpen(
  { words, faces }: BakedVolume,
  preview: PreviewVolume,
  box: ClipBox,
  corner: readonly [x: number, y: number, z: number] | null,
): VoxelWords {
  const { data, size } = preview;
  const out = words.slice();
  tintOutside(out, size);
  paintSides(out, faces, preview, box);
  if (corner === null) return out;
  const [nx, ny] = size;
  const [cx, cy, cz] = corner;
  const cut: Ranges = [
    [cx + 1, nx],
    [0, cy],
    [0, cz],
  ];
  if (cut.some(([from, to]) => from >= to)) return out;
  forEachInBox(size, cut, (i) => {
    out[i] = (out[i] as number) & 0xff_ffff;
  });
  // Inwards from each face; the last paints the edges they share.
  const inwards = [-1, nx, nx * ny] as const;
  for (const axis of [0, 2, 1] as const) {
    const face = cut.map((range, of) =>
      of === axis ? ([corner[axis], corner[axis] + 1] as const) : range,
    );
    const room = axis === 0 ? cx : (size[axis] as number) - 1 - corner[axis];
    const depth = Math.min(FACE_DEPTH, room + 1);
    forEachInBox(size, face, (i) => {
      const colour = faces[data[i] as number] as number;
      if (colour === 0) return;
      const lit = shaded(colour, 255 * FACE_LIGHT[axis], 255);
      const inward = inwards[axis];
      for (let d = 0; d < depth; d++) out[i + d * inward] = lit;
      // Samples between the face and the clear voxel before it take that voxel's colour as well.
      out[i - inward] = lit & 0xff_ffff;
    });
  }
  return out;
}
