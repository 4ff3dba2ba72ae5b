/** Binary PLY, little endian: vertices with normals, triangles; the unit of length is a comment. */
import { type MeshWriter, placed, plainName, unitLine, WRITTEN_AT_ONCE } from './mesh-format.ts';

const VERTEX_BYTES = 24;
const TRIANGLE_BYTES = 13;
const MOST_NAME = 200;

export const writePly: MeshWriter = function* (mesh) {
  const { positions, normals, triangles } = mesh;
  const [vertices, count] = [positions.length / 3, triangles.length / 3];
  const header = [
    'ply',
    'format binary_little_endian 1.0',
    'comment Tauscope surface',
    `comment ${unitLine(mesh)}`,
    `comment phase: ${plainName(mesh.name, MOST_NAME)}`,
    `element vertex ${vertices}`,
    ...['x', 'y', 'z', 'nx', 'ny', 'nz'].map((name) => `property float ${name}`),
    `element face ${count}`,
    'property list uchar int vertex_indices',
    'end_header\n',
  ].join('\n');
  const parts: (Uint8Array<ArrayBuffer> | string)[] = [header];
  for (let start = 0; start < vertices; start += WRITTEN_AT_ONCE) {
    const end = Math.min(vertices, start + WRITTEN_AT_ONCE);
    const bytes = new Uint8Array((end - start) * VERTEX_BYTES);
    const view = new DataView(bytes.buffer);
    for (let entry = 3 * start; entry < 3 * end; entry++) {
      const at = Math.floor(entry / 3 - start) * VERTEX_BYTES + 4 * (entry % 3);
      view.setFloat32(at, placed(mesh, entry), true);
      view.setFloat32(at + 12, normals[entry] as number, true);
    }
    parts.push(bytes);
    yield;
  }
  for (let start = 0; start < count; start += WRITTEN_AT_ONCE) {
    const end = Math.min(count, start + WRITTEN_AT_ONCE);
    const bytes = new Uint8Array((end - start) * TRIANGLE_BYTES);
    const view = new DataView(bytes.buffer);
    for (let triangle = start; triangle < end; triangle++) {
      const at = (triangle - start) * TRIANGLE_BYTES;
      view.setUint8(at, 3);
      for (let corner = 0; corner < 3; corner++) {
        view.setInt32(at + 1 + 4 * corner, triangles[3 * triangle + corner] as number, true);
      }
    }
    parts.push(bytes);
    yield;
  }
  return new Blob(parts, { type: 'model/ply' });
};
