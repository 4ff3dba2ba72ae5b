/**
 * Binary STL: 80 bytes of header, then 50 bytes a triangle, little endian. The format has no unit:
 * it stands in the header, and the numbers are in it. Vertices are written once for each triangle.
 */
import { type MeshWriter, placed, plainName, unitLine, WRITTEN_AT_ONCE } from './mesh-format.ts';

const HEADER_BYTES = 80;
const TRIANGLE_BYTES = 50;

export const writeStl: MeshWriter = function* (mesh) {
  const { triangles } = mesh;
  const count = triangles.length / 3;
  const head = new Uint8Array(HEADER_BYTES + 4).fill(32, 0, HEADER_BYTES);
  // Not "solid", which is how the text form begins.
  const text = `Tauscope surface, ${unitLine(mesh)}, phase: ${mesh.name}`;
  head.set(new TextEncoder().encode(plainName(text, HEADER_BYTES)));
  new DataView(head.buffer).setUint32(HEADER_BYTES, count, true);
  const parts: Uint8Array<ArrayBuffer>[] = [head];
  for (let start = 0; start < count; start += WRITTEN_AT_ONCE) {
    const end = Math.min(count, start + WRITTEN_AT_ONCE);
    const bytes = new Uint8Array((end - start) * TRIANGLE_BYTES);
    const view = new DataView(bytes.buffer);
    for (let triangle = start; triangle < end; triangle++) {
      const at = (triangle - start) * TRIANGLE_BYTES;
      const corners = [0, 1, 2].map((corner) => {
        const vertex = triangles[3 * triangle + corner] as number;
        return [0, 1, 2].map((axis) => placed(mesh, 3 * vertex + axis)) as unknown as Corner;
      }) as unknown as readonly [Corner, Corner, Corner];
      [facetNormal(corners), ...corners].flat().forEach((value, i) => {
        view.setFloat32(at + 4 * i, value, true);
      });
    }
    parts.push(bytes);
    yield;
  }
  return new Blob(parts, { type: 'model/stl' });
};

type Corner = readonly [number, number, number];

/** 0 for a triangle without area, as readers expect. */
function facetNormal([a, b, c]: readonly [Corner, Corner, Corner]): Corner {
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  const normal: Corner = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2);
  return length > 0 ? [normal[0] / length, normal[1] / length, normal[2] / length] : [0, 0, 0];
}
