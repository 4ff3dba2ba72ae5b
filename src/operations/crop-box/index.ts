/** Cuts a box of voxels out of a volume. */
import type { Box } from '../../declaration/parameters.ts';
import { UserError } from '../../errors/errors.ts';
import { boxOrigin, boxSize, copyBox, wholeBox } from '../../volume/box.ts';
import { bytesPerVoxel, createVolume, type Size3, voxelCount } from '../../volume/volume.ts';
import { defineOperation } from '../operation.ts';

/** The box itself, or the whole volume for null; refuses a box that leaves the volume. */
function resolveBox(box: Box | null, size: Size3): Box {
  if (box === null) return wholeBox(size);
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

  reach: { kind: 'cut', box: ({ box }, size) => resolveBox(box, size) },

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
