/** Small seeded volumes as files, by the writers of this project. */
import { writeVolume } from '../../src/io/registry.ts';
import type { WritableFormatId } from '../../src/volume/written-formats.ts';
import type { VoxelSpacing } from '../../src/volume/length.ts';
import { createVolume, type Volume } from '../../src/volume/volume.ts';
import { seededNumbers } from '../support/tiff-fixtures.ts';

/** Three phases in x-slabs of 5, 3 and 4 voxels: tortuosity factor 1 along y and z, no path in x. */
export function slabs(spacing: VoxelSpacing | null = null): Volume {
  const data = Uint8Array.from({ length: 12 * 6 * 5 }, (_, i) => {
    const x = i % 12;
    return x < 5 ? 0 : x < 8 ? 1 : 2;
  });
  return createVolume({ kind: 'labels', name: 'slabs', size: [12, 6, 5], data, spacing });
}

/** Two noisy grey levels in z-layers: enough peaks for the watershed, 24³ voxels. */
export function noisyLayers(): Volume {
  const random = seededNumbers(7);
  const data = Uint16Array.from({ length: 24 ** 3 }, (_, i) => {
    const isDark = Math.floor(i / 24 ** 2) % 12 < 6;
    return (isDark ? 12_000 : 40_000) + Math.floor(6000 * (random() + random() + random() - 1.5));
  });
  return createVolume({
    kind: 'grey',
    name: 'layers',
    size: [24, 24, 24],
    data,
    spacing: { values: [0.25, 0.25, 0.5], unit: 'µm' },
  });
}

export async function fileBytes(
  volume: Volume,
  format: WritableFormatId = 'tiff',
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await writeVolume(volume, format)).arrayBuffer());
}
