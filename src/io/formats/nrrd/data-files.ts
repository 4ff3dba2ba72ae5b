/** Finds the files that a detached NRRD header names among those that came with it. */
import { UserError } from '../../../errors/errors.ts';
import type { ByteSource } from '../../format.ts';
import type { DataPart } from './decode.ts';
import type { NrrdHeader } from './header.ts';

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return kept.join('/');
}

/** Folder part of a source's path; its last part may or may not be the file's own name. */
function folderOf(source: ByteSource): string {
  const path = withoutDots(source.path);
  return path === source.name || path.endsWith(`/${source.name}`)
    ? path.slice(0, -source.name.length).replace(/\/$/, '')
    : path;
}

function fullPath(source: ByteSource): string {
  return withoutDots(`${folderOf(source)}/${source.name}`);
}

/**
 * The sibling that `name` means, by path beside the header, else by its bare name. Only files that
 * the user gave are looked at, so a hostile path reaches nothing.
 */
export function findSibling(
  name: string,
  header: ByteSource,
  siblings: readonly ByteSource[],
): ByteSource | null {
  const wanted = withoutDots(`${folderOf(header)}/${name}`);
  const exact = siblings.find((sibling) => fullPath(sibling) === wanted);
  if (exact !== undefined) return exact;
  const bare = withoutDots(name).split('/').at(-1);
  const sameName = siblings.filter((sibling) => sibling.name === bare);
  return sameName.length === 1 ? (sameName[0] ?? null) : null;
}

/** The files of samples in the order of the slowest axis. */
export function resolveDataParts(
  header: NrrdHeader,
  source: ByteSource,
  siblings: readonly ByteSource[],
): readonly DataPart[] {
  const { dataFiles } = header;
  if (dataFiles.kind === 'attached') return [{ source, start: header.dataOffset }];
  assertFileCount(header, source, dataFiles.names.length, dataFiles.dimension);
  const byName = siblings.filter((sibling) => sibling !== source);
  return dataFiles.names.map((name) => {
    const found = findSibling(name, source, byName);
    if (found === null) {
      throw new UserError(
        'file/unreadable',
        `${source.name} keeps its voxels in "${name.slice(0, 200)}", which is not there; open both files together.`,
        { file: source.name, missing: name.slice(0, 200) },
      );
    }
    return { source: found, start: 0 };
  });
}

/** Several files hold one slab each: of the stated dimension, or one less than the array's. */
function assertFileCount(
  header: NrrdHeader,
  source: ByteSource,
  files: number,
  dimension: number | null,
): void {
  if (files === 1) return;
  const slab = dimension ?? header.sizes.length - 1;
  const slowest = header.sizes.at(-1) ?? 1;
  const expected =
    slab >= header.sizes.length
      ? null
      : header.sizes.slice(Math.max(slab, 0)).reduce((product, size) => product * size, 1);
  if (slab < 1 || (expected === null ? slowest % files !== 0 : expected !== files)) {
    throw new UserError(
      'file/malformed',
      `${source.name} lists ${files} data files, but its sizes (${header.sizes.join(' × ')}) ask for ${expected ?? `a divisor of ${slowest}`}; check sizes and "data file".`,
      { file: source.name, files },
    );
  }
}
