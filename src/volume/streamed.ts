/** Volumes that come some slices at a time: what is written or measured without being in memory. */
import { boxOrigin, boxSize, copyBox, type VoxelBox } from './box.ts';
import { discard } from './discard.ts';
import { bytesPerVoxel, createVolume, type Volume } from './volume.ts';

/** Everything about a volume but its voxels. */
export type VolumeDescription = Omit<Volume, 'data'>;

/** Neighbouring slices of a volume as a volume of their own. */
export interface Layers {
  /** Index of their first slice in the whole volume. */
  readonly first: number;
  readonly volume: Volume;
  /** Those that no other layers own: slices [start, end) of `volume`; the others stand beside them. */
  readonly own: readonly [start: number, end: number];
}

export interface LayerOptions {
  /** All but the last layers own a multiple of so many slices; default 1. */
  readonly multipleOf?: number;
  /** Slices on each side of their own that layers have too, where the volume has them; default 0. */
  readonly beside?: number;
}

export interface StreamedVolume extends VolumeDescription {
  /**
   * All slices in order, some at a time; each call is a pass over the voxels. What was given is not
   * changed afterwards.
   */
  layers(options?: LayerOptions): AsyncIterable<Layers>;
}

/** A volume in memory, which comes at once. */
export function inMemory(volume: Volume): StreamedVolume {
  const { data: _, ...description } = volume;
  return {
    ...description,
    async *layers() {
      yield { first: 0, volume, own: [0, volume.size[2]] };
    },
  };
}

/** A volume whose voxels are read box by box from wherever they are. */
export interface VoxelSource extends VolumeDescription {
  /**
   * The voxels of a box inside the volume, with their place, in an array of their own. `level` is for
   * stores that have smaller copies too; `breathe` is awaited now and then and may throw to cancel.
   */
  readBox(box: VoxelBox, level?: 0, breathe?: () => Promise<void>): Promise<Volume>;
}

/** A volume in memory as a source. Boxes are copied. */
export function sourceOf(volume: Volume): VoxelSource {
  const { data: _, ...description } = volume;
  return {
    ...description,
    readBox: async (box, _level, breathe = () => Promise.resolve()) =>
      createVolume({
        ...description,
        size: boxSize(box),
        origin: boxOrigin(volume, box),
        data: await copyBox(volume, box, breathe),
      }),
  };
}

export interface StreamOptions {
  /** Layers are gone when the next ones are asked for: memory need not wait for a garbage collector. */
  readonly discards?: boolean;
  /** Awaited now and then while slices are read; may throw to cancel. */
  readonly breathe?: () => Promise<void>;
}

/** The slices of a source, as many at a time as `bytes` hold, at least one. */
export function streamed(
  source: VoxelSource,
  bytes: number,
  { discards = false, breathe = () => Promise.resolve() }: StreamOptions = {},
): StreamedVolume {
  const { kind, name, size, type, spacing, origin, phases } = source;
  const [nx, ny, nz] = size;
  const fitting = Math.max(1, Math.floor(bytes / (nx * ny * bytesPerVoxel(type))));
  return {
    kind,
    name,
    size,
    type,
    spacing,
    origin,
    phases,
    async *layers({ multipleOf = 1, beside = 0 } = {}) {
      const count = Math.max(multipleOf, fitting - (fitting % multipleOf));
      for (let first = 0; first < nz; first += count) {
        const end = Math.min(nz, first + count);
        const from = Math.max(0, first - beside);
        const to = Math.min(nz, end + beside);
        const volume = await source.readBox([0, nx, 0, ny, from, to], 0, breathe);
        try {
          yield { first: from, volume, own: [first - from, end - from] };
        } finally {
          if (discards) discard(volume.data);
        }
      }
    },
  };
}
