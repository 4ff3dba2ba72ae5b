/** AmiraMesh files built line by line for tests. */
import { joinBytes } from './itk-files.ts';

export interface AmiraParts {
  readonly magic?: string;
  readonly field?: string;
  readonly parameters?: string;
  readonly data: Uint8Array;
}

/** Three by two by two voxels. */
export function amiraBytes(parts: AmiraParts): Uint8Array<ArrayBuffer> {
  const text = [
    parts.magic ?? '# AmiraMesh BINARY-LITTLE-ENDIAN 2.1',
    'define Lattice 3 2 2',
    'Parameters {',
    parts.parameters ?? '  BoundingBox 0 1 0 2 0 3,\n  CoordType "uniform"',
    '}',
    parts.field ?? 'Lattice { byte Labels } @1',
    '# Data section follows',
    '@1',
    '',
  ].join('\n');
  return joinBytes(text, parts.data);
}
