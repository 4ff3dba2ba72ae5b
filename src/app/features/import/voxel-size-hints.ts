/** Header entries of a file that may say something about its voxel size, for a person to judge. */
import type { VolumeInfo } from '../../../../workers/engine-api.ts';

const TELLING = /spacing|resolution|unit|pixel ?size|voxel|physicalsize|scale|space/i;
const MAX_HINTS = 6;
const MAX_TEXT = 90;

export interface Hint {
  readonly key: string;
  readonly text: string;
}

export function voxelSizeHints(tags: VolumeInfo['tags']): readonly Hint[] {
  return Object.entries(tags)
    .filter(([key, text]) => TELLING.test(key) && text.trim() !== '')
    .slice(0, MAX_HINTS)
    .map(([key, text]) => ({
      key,
      text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text,
    }));
}
