/** Files that hold several volumes: which of them is meant. */
import { UserError } from '../errors/errors.ts';
import type { Size3, VoxelType } from '../volume/volume.ts';

export interface Dataset {
  /** Its path in the file. */
  readonly path: string;
  readonly size: Size3;
  readonly type: VoxelType;
}

/**
 * The size of an array of the given shape, slowest axis first, as a volume: two or three axes, the
 * last one x; leading axes of length 1 do not count. null for every other shape.
 */
export function volumeSizeOf(shape: readonly number[]): Size3 | null {
  const kept = [...shape];
  while (kept.length > 3 && kept[0] === 1) kept.shift();
  if (kept.length > 3 || kept.length === 0) return null;
  const [x = 1, y = 1, z = 1] = kept.reverse();
  return [x, y, z];
}

/** Names shown in a sentence; the error's details have them all. */
const NAMED = 6;

/**
 * The dataset that is asked for, or the only one. Throws `file/several-datasets`, whose details hold
 * `datasets` (path, size and type of each), where there is a choice, and `usage` where the one asked
 * for is not there.
 */
export function chooseDataset<T extends Dataset>(
  file: string,
  datasets: readonly T[],
  asked: string | undefined,
): T {
  const [first, second] = datasets;
  if (first === undefined) {
    throw new UserError(
      'volume/no-voxels',
      `${file} holds no array of numbers with two or three axes; check that it is the right file.`,
      { file },
    );
  }
  const names = datasets
    .slice(0, NAMED)
    .map(({ path, size, type }) => `${path} (${size.join(' × ')} ${type})`)
    .join(', ');
  const list = datasets.length > NAMED ? `${names} and ${datasets.length - NAMED} more` : names;
  if (asked !== undefined) {
    const found = datasets.find(({ path }) => withoutSlash(path) === withoutSlash(asked));
    if (found === undefined) {
      throw new UserError(
        'usage',
        `${file} holds no dataset "${asked.slice(0, 200)}"; it holds ${list}.`,
        { file },
      );
    }
    return found;
  }
  if (second === undefined) return first;
  throw new UserError(
    'file/several-datasets',
    `${file} holds ${datasets.length} volumes: choose one of ${list}.`,
    {
      file,
      datasets: datasets.map(({ path, size, type }) => ({ path, size: [...size], type })),
    },
  );
}

function withoutSlash(path: string): string {
  return path.replace(/^\/+/, '');
}
