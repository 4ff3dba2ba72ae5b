/** Volumes that come some slices at a time: what is written or measured without being in memory. */
import type { Volume } from './volume.ts';

/** Everything about a volume but its voxels. */
export type VolumeDescription = Omit<Volume, 'data'>;

/** Neighbouring slices of a volume as a volume of their own. */
export interface Layers {
  /** Index of their first slice in the whole volume. */
  readonly first: number;
  readonly volume: Volume;
}

export interface StreamedVolume extends VolumeDescription {
  /**
   * All slices in order, some at a time; each call is a pass over the voxels. All but the last layers
   * have a multiple of `multipleOf` slices, default 1. What was given is not changed afterwards.
   */
  layers(multipleOf?: number): AsyncIterable<Layers>;
}

/** A volume in memory, which comes at once. */
export function inMemory(volume: Volume): StreamedVolume {
  const { data: _, ...description } = volume;
  return {
    ...description,
    async *layers() {
      yield { first: 0, volume };
    },
  };
}
