/** Finds the file that a header names among those that the user gave with it. */
import { UserError } from '../errors/errors.ts';
import type { ByteSource } from './format.ts';

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

/** As `findSibling`; throws `file/unreadable` where the voxels' file did not come along. */
export function requireSibling(
  name: string,
  header: ByteSource,
  siblings: readonly ByteSource[],
): ByteSource {
  return findSibling(name, header, siblings) ?? missing(name, header);
}

function missing(name: string, header: ByteSource): never {
  const shown = name.slice(0, 200);
  throw new UserError(
    'file/unreadable',
    `${header.name} keeps its voxels in "${shown}", which is not there; open both files together.`,
    { file: header.name, missing: shown },
  );
}
