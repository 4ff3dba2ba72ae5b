/** The files in which a detached NRRD header keeps its voxels. */
import { UserError } from '../../../errors/errors.ts';
import type { ByteSource } from '../../format.ts';
import { requireSibling } from '../../siblings.ts';
import type { DataPart } from './decode.ts';
import type { NrrdHeader } from './header.ts';

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
  return dataFiles.names.map((name) => ({
    source: requireSibling(name, source, byName),
    start: 0,
  }));
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
