/** Meshes of phases as they are drawn and written: normals, and flat faces where the volume ends. */

export interface Mesh {
  /** x, y, z of each vertex. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** Unit vectors that point out of the phase, by vertex. */
  readonly normals: Float32Array<ArrayBuffer>;
  /** Three vertices of each triangle, anticlockwise as seen from outside. */
  readonly triangles: Uint32Array<ArrayBuffer>;
}

/** Triangles handled between two pauses: some milliseconds. */
const CHUNK = 1 << 16;

type Breathe = () => Promise<void>;

/** By vertex a bit for each face of the volume it lies on: 1 x = 0, 2 x = n, 4 y = 0 … */
export function facesOfVolume(
  positions: Float32Array,
  size: readonly [number, number, number],
): Uint8Array {
  const faces = new Uint8Array(positions.length / 3);
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    const bit = positions[i] === 0 ? 1 : positions[i] === size[axis] ? 2 : 0;
    const vertex = (i - axis) / 3;
    faces[vertex] = (faces[vertex] as number) | (bit << (2 * axis));
  }
  return faces;
}

/** The face of the volume that a triangle lies in, as a bit; 0 for none. */
function faceOf(faces: Uint8Array, triangles: Uint32Array, at: number): number {
  const common =
    (faces[triangles[at] as number] as number) &
    (faces[triangles[at + 1] as number] as number) &
    (faces[triangles[at + 2] as number] as number);
  return common & -common;
}

/**
 * Normals by vertex, weighted by the area of the triangles; those on the volume's faces do not
 * count, so that the surface meets them at an edge. Not of length 1 yet.
 */
export async function surfaceNormals(
  positions: Float32Array,
  triangles: Uint32Array,
  faces: Uint8Array,
  breathe: Breathe,
): Promise<Float32Array> {
  const normals = new Float32Array(positions.length);
  const at = (vertex: number, axis: number): number => positions[3 * vertex + axis] as number;
  for (let i = 0; i < triangles.length; i += 3) {
    if (i % (3 * CHUNK) === 0) await breathe();
    if (faceOf(faces, triangles, i) !== 0) continue;
    const a = triangles[i] as number;
    const b = triangles[i + 1] as number;
    const c = triangles[i + 2] as number;
    const [ux, uy, uz] = [at(b, 0) - at(a, 0), at(b, 1) - at(a, 1), at(b, 2) - at(a, 2)];
    const [vx, vy, vz] = [at(c, 0) - at(a, 0), at(c, 1) - at(a, 1), at(c, 2) - at(a, 2)];
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx] as const;
    for (const vertex of [a, b, c]) {
      for (let axis = 0; axis < 3; axis++) {
        const entry = 3 * vertex + axis;
        normals[entry] = (normals[entry] as number) + (normal[axis] as number);
      }
    }
  }
  return normals;
}

/**
 * The vertices that triangles use. Those on the volume's faces are there once for the face, with its
 * normal, and once for the surface that ends there.
 */
export async function finishMesh(
  positions: Float32Array,
  normals: Float32Array,
  triangles: Uint32Array,
  faces: Uint8Array,
  breathe: Breathe,
): Promise<Mesh> {
  // Most vertices are on no face: an array for those, a map for the others. A corner is on three.
  const inside = new Int32Array(faces.length).fill(-1);
  const onFaces = new Map<number, number>();
  const sources = new Uint32Array(4 * faces.length);
  const faceOfVertex = new Uint8Array(4 * faces.length);
  let count = 0;
  const add = (source: number, face: number): number => {
    sources[count] = source;
    faceOfVertex[count] = face;
    return count++;
  };
  const out = new Uint32Array(triangles.length);
  for (let i = 0; i < triangles.length; i += 3) {
    if (i % (3 * CHUNK) === 0) await breathe();
    const face = faceOf(faces, triangles, i);
    for (let corner = i; corner < i + 3; corner++) {
      const source = triangles[corner] as number;
      if (face === 0) {
        if (inside[source] === -1) inside[source] = add(source, 0);
        out[corner] = inside[source] as number;
      } else {
        const key = source * 64 + face;
        const number = onFaces.get(key) ?? add(source, face);
        onFaces.set(key, number);
        out[corner] = number;
      }
    }
  }
  const mesh: Mesh = {
    positions: new Float32Array(3 * count),
    normals: new Float32Array(3 * count),
    triangles: out,
  };
  for (let vertex = 0; vertex < count; vertex++) {
    if (vertex % CHUNK === 0) await breathe();
    const source = sources[vertex] as number;
    mesh.positions.set(positions.subarray(3 * source, 3 * source + 3), 3 * vertex);
    mesh.normals.set(normalOf(normals, source, faceOfVertex[vertex] as number), 3 * vertex);
  }
  return mesh;
}

function normalOf(normals: Float32Array, vertex: number, face: number): readonly number[] {
  if (face !== 0) {
    const bit = Math.round(31 - Math.clz32(face));
    return [0, 1, 2].map((axis) => (axis === bit >> 1 ? (bit % 2 === 0 ? -1 : 1) : 0));
  }
  const [x, y, z] = [0, 1, 2].map((axis) => normals[3 * vertex + axis] as number) as [
    number,
    number,
    number,
  ];
  const length = Math.sqrt(x * x + y * y + z * z);
  return length > 0 ? [x / length, y / length, z / length] : [0, 0, 1];
}
