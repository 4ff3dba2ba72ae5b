/** Meshes as files: what every writer gets, and what stands in every header. */
import type { Steps } from '../../kernels/steps.ts';
import type { LengthUnit } from '../../volume/length.ts';
import type { Vector3 } from '../../volume/volume.ts';

export interface MeshToWrite {
  /** x, y, z of each vertex, in `unit`, from `corner`. */
  readonly positions: Float32Array;
  /** Unit vectors that point outwards, by vertex. */
  readonly normals: Float32Array;
  /** Three vertices of each triangle, anticlockwise as seen from outside. */
  readonly triangles: Uint32Array;
  /** null = positions count voxel edges. */
  readonly unit: LengthUnit | null;
  readonly corner: Vector3;
  /** Of the phase. */
  readonly name: string;
}

/** Writes a mesh, a stretch of some milliseconds at a time. */
export type MeshWriter = (mesh: MeshToWrite) => Steps<Blob>;

/** Vertices or triangles written between two pauses. */
export const WRITTEN_AT_ONCE = 1 << 13;

/** ASCII spellings: no mesh format states the encoding of its header. */
const UNIT_WORDS: Readonly<Record<LengthUnit, string>> = {
  nm: 'nm',
  µm: 'um',
  mm: 'mm',
  cm: 'cm',
  m: 'm',
};

/** "unit of length: um", the same words in every format. */
export function unitLine({ unit }: MeshToWrite): string {
  return `unit of length: ${unit === null ? 'voxel' : UNIT_WORDS[unit]}`;
}

/** A name on one line in ASCII, of at most `most` characters. */
export function plainName(name: string, most: number): string {
  return name.replaceAll(/[^ -~]/g, '_').slice(0, most);
}

/** A coordinate in the file's frame, rounded to float32 once. */
export function placed({ positions, corner }: MeshToWrite, entry: number): number {
  return Math.fround((positions[entry] as number) + corner[(entry % 3) as 0 | 1 | 2]);
}
