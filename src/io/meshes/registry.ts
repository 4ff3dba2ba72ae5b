/** Every mesh format, loaded when a file of it is written. */
import { finishBreathing } from '../../kernels/steps.ts';
import type { MeshToWrite, MeshWriter } from './mesh-format.ts';

interface MeshFormat {
  /** As menus name it. */
  readonly title: string;
  readonly load: () => Promise<MeshWriter>;
}

/** By extension. */
const FORMATS = {
  stl: { title: 'STL', load: async () => (await import('./stl.ts')).writeStl },
  ply: { title: 'PLY', load: async () => (await import('./ply.ts')).writePly },
  vtk: { title: 'VTK', load: async () => (await import('./vtk-poly-data.ts')).writeVtkPolyData },
} as const satisfies Record<string, MeshFormat>;

export type MeshFormatId = keyof typeof FORMATS;

export const MESH_FORMAT_IDS = Object.keys(FORMATS) as readonly MeshFormatId[];

/** The bytes of a file; `breathe` is awaited every few milliseconds. */
export async function writeMesh(
  mesh: MeshToWrite,
  format: MeshFormatId,
  breathe: () => Promise<void>,
): Promise<Blob> {
  const write = await FORMATS[format].load();
  return finishBreathing(write(mesh), breathe);
}
