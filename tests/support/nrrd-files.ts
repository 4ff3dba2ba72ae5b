/** NRRD files built line by line for tests. */
import { bytesSource } from '../../src/io/sources.ts';
import type { ByteSource } from '../../src/io/format.ts';
import { joinBytes } from './itk-files.ts';

/** A 3 × 2 × 2 volume of bytes 0 to 11; `undefined` removes a field. */
export function nrrdBytes(
  fields: Readonly<Record<string, string | undefined>> = {},
  payload: Uint8Array | string = Uint8Array.from({ length: 12 }, (_, i) => i),
  extraLines: readonly string[] = [],
): Uint8Array<ArrayBuffer> {
  const all: Record<string, string | undefined> = {
    type: 'uint8',
    dimension: '3',
    sizes: '3 2 2',
    encoding: 'raw',
    ...fields,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}`);
  return joinBytes(['NRRD0005', ...lines, ...extraLines, '', ''].join('\n'), payload);
}

export function nrrdSource(...parts: Parameters<typeof nrrdBytes>): ByteSource {
  return bytesSource(nrrdBytes(...parts), 'case.nrrd');
}
