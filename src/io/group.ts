/** Which of several files make a volume together, told from names, folders and heads. */
import type { ByteSource } from './format.ts';
import { zarrRoot } from './formats/zarr/store.ts';
import { formatsOf, isBystander } from './open.ts';
import { loadFormat } from './registry.ts';
import { folderOf } from './folder.ts';

/**
 * Groups of indices into `sources`, each of which `openVolume` takes for one volume: the slices of a
 * folder, a stack of several pages, a volume file with the files beside it (which several may share).
 * Files of no known format stay with the first group, so that opening it tells of them. Reads the
 * head of each file; throws what reading throws.
 */
export async function groupSources(
  sources: readonly ByteSource[],
): Promise<readonly (readonly number[])[]> {
  const all = sources.map((_, i) => i);
  if (sources.length < 2 || zarrRoot(sources) !== null) return [all];
  const byFolder = new Map<string, number[]>();
  sources.forEach((source, i) => {
    const folder = folderOf(source);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), i]);
  });
  const groups: (readonly number[])[] = [];
  const leftOver: number[] = [];
  for (const indices of byFolder.values()) {
    const { volumes, rest } = await volumesAmong(sources, indices);
    groups.push(...volumes);
    leftOver.push(...rest);
  }
  const [first, ...others] = groups;
  return first === undefined
    ? [all]
    : [[...first, ...leftOver].toSorted((a, b) => a - b), ...others];
}

/** The volumes of one folder, and the files that are part of none. */
async function volumesAmong(
  sources: readonly ByteSource[],
  indices: readonly number[],
): Promise<{
  readonly volumes: readonly (readonly number[])[];
  readonly rest: readonly number[];
}> {
  const nameOf = (i: number): string => (sources[i] as ByteSource).name;
  const given = indices.filter((i) => !isBystander(nameOf(i)));
  const formats = await formatsOf(given.map((i) => sources[i] as ByteSource));
  const tiffs = given.filter((_, at) => formats[at] === 'tiff');
  const series = given.filter((_, at) => formats[at] === 'dicom');
  const single = given.filter(
    (_, at) => formats[at] !== 'tiff' && formats[at] !== 'dicom' && formats[at] !== null,
  );
  // The images of a series are one volume.
  if (series.length > 0 && tiffs.length + single.length === 0) {
    return { volumes: [indices], rest: [] };
  }
  if (tiffs.length + single.length === 0) return { volumes: [], rest: indices };
  const areStacks = await areAllStacks(tiffs.map((i) => sources[i] as ByteSource));
  // One volume at most, or slices with something that does not belong: opening says what is odd.
  if (single.length + tiffs.length < 2 || (tiffs.length > 0 && !areStacks)) {
    return { volumes: [indices], rest: [] };
  }
  const others = indices.filter((i) => ![...tiffs, ...single].includes(i));
  return {
    volumes: [...single.map((i) => [i, ...others]), ...tiffs.map((i) => [i])].toSorted(
      ([a = 0], [b = 0]) => a - b,
    ),
    rest: [],
  };
}

/** Whether each TIFF holds several pages; the first of a folder of slices answers for all. */
async function areAllStacks(tiffs: readonly ByteSource[]): Promise<boolean> {
  const format = await loadFormat('tiff');
  for (const source of tiffs) {
    const { size } = await format.readMetadata(source).catch(() => ({ size: [0, 0, 1] as const }));
    if (size[2] < 2) return false;
  }
  return true;
}
