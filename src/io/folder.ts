/** Where a dropped file lay. */
import type { ByteSource } from './format.ts';

/** The folder a source lies in; `path` may or may not end in the name. */
export function folderOf(source: ByteSource): string {
  const path = source.path.replaceAll('\\', '/').replace(/\/+$/, '');
  if (path === source.name) return '';
  return path.endsWith(`/${source.name}`) ? path.slice(0, -source.name.length - 1) : path;
}
