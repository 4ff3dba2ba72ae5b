/** Cuts a box of voxels out of a volume. */
import type { Box } from '../../declaration/parameters.ts';
import { UserError } from '../../errors/errors.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  type Size3,
  type Vector3,
  type Volume,
  voxelBytes,
  voxelCount,
} from '../../volume/volume.ts';
import { defineOperation } from '../operation.ts';

function boxSize([x0, x1, y0, y1, z0, z1]: Box): Size3 {
  return [x1 - x0, y1 - y0, z1 - z0];
}

/** The box itself, or the whole volume for null; refuses a box that leaves the volume. */
function resolveBox(box: Box | null, size: Size3): Box {
  const [nx, ny, nz] = size;
  if (box === null) return [0, nx, 0, ny, 0, nz];
  const ends = [box[1], box[3], box[5]] as const;
  size.forEach((length, axis) => {
    const end = ends[axis] as number;
    if (end > length) {
      throw new UserError(
        'parameter/invalid',
        `The crop box ends at ${end} along ${'xyz'[axis]}, but the volume has ${length} voxels there: use an end of at most ${length}.`,
        { parameter: 'box', axis: axis as number, end, length },
      );
    }
  });
  return box;
}

/** Copies rows; works on bytes, so that every voxel type goes the same way. */
async function copyBox(
  input: Volume,
  box: Box,
  afterSlice: (fraction: number) => Promise<void>,
): Promise<Volume['data']> {
  const [x0, , y0, , z0] = box;
  const [nx, ny] = input.size;
  const size = boxSize(box);
  const data = allocateVoxels(input.type, voxelCount(size));
  const from = voxelBytes(input.data);
  const to = voxelBytes(data);
  const width = bytesPerVoxel(input.type);
  const rowBytes = size[0] * width;
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const start = (x0 + nx * (y0 + y + ny * (z0 + z))) * width;
      to.set(from.subarray(start, start + rowBytes), (y + size[1] * z) * rowBytes);
    }
    await afterSlice((z + 1) / size[2]);
  }
  return data;
}

/** Position of the box's first voxel; unchanged where the voxel size is unknown. */
function boxOrigin({ origin, spacing }: Volume, [x0, , y0, , z0]: Box): Vector3 {
  if (spacing === null) return origin;
  const [hx, hy, hz] = spacing.values;
  return [origin[0] + x0 * hx, origin[1] + y0 * hy, origin[2] + z0 * hz];
}

const parameters = {
  box: {
    kind: 'box',
    title: 'Box',
    help: 'Voxels to keep, counted from 0: x0 to x1, y0 to y1, z0 to z1, each end not included. Leave it out for the whole volume.',
  },
} as const;

export const operation = defineOperation({
  id: 'crop-box',
  version: 1,
  title: 'Crop',
  family: 'crop',
  summary: 'Keeps a box of voxels, for example without the edge of the field of view.',
  equation: 'V′[x, y, z] = V[x + x0, y + y0, z + z0]',
  details:
    'The box is half-open: it holds the voxels x0 ≤ x < x1, y0 ≤ y < y1, z0 ≤ z < z1. Values, voxel type, voxel size and phase names stay as they are; the origin moves with the first voxel where the voxel size is known, so that the crop keeps its place in the scan. A box that leaves the volume is refused. Time and memory are those of the copied voxels.',
  methods: 'The volume was cropped to {box}',
  changesVolume: ({ box }) => box !== null,
  citations: [],
  input: 'any',
  output: 'same',
  parameters,
  tables: {},

  estimate(input, { box }) {
    const voxels = voxelCount(box === null ? input.size : boxSize(box));
    return { bytes: voxels * bytesPerVoxel(input.type), work: voxels };
  },

  outputShape: (input, { box }) => ({ size: boxSize(resolveBox(box, input.size)) }),

  async run(input, { box }, context) {
    const resolved = resolveBox(box, input.size);
    const data = await copyBox(input, resolved, async (fraction) => {
      context.progress(fraction);
      await context.breathe();
    });
    return {
      volume: createVolume({
        ...input,
        data,
        size: boxSize(resolved),
        origin: boxOrigin(input, resolved),
      }),
    };
  },

  examples: [
    {
      title: 'The middle of a numbered volume',
      input: () =>
        createVolume({
          kind: 'grey',
          name: 'numbered',
          size: [6, 5, 4],
          data: Uint16Array.from({ length: 120 }, (_, i) => i),
          spacing: { values: [0.5, 0.5, 2], unit: 'µm' },
        }),
      params: { box: [1, 4, 2, 4, 1, 3] },
      voxelDigest: 'b2fc00fe748f2001016e0abdb55783ecc1711d169d080ee19abdc4ba7fa00a32',
    },
  ],
});
