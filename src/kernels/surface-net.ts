/**
 * Surface nets: a closed surface between the voxels of one value and all others, as a mesh of
 * triangles that is relaxed within the voxels (Gibson 1998), and the scalar reference of its kernel.
 *
 * A cell is the cube between the centres of 2 × 2 × 2 voxels; cell i along an axis lies between
 * voxels i − 1 and i. Each cell that both sides meet in has one vertex; four cells about each pair of
 * voxels of different sides make two triangles. Outside of the volume is the other side, so that the
 * surface is closed by the volume's faces, on which its vertices stay: they lie at 0 and n.
 * Positions count voxel edges from the corner of the volume.
 */

type Size = readonly [nx: number, ny: number, nz: number];

export interface SurfaceNet {
  /** x, y, z of each vertex; vertices in the order of their cells, x fastest. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** Three vertices of each triangle, anticlockwise as seen from outside. */
  readonly triangles: Uint32Array<ArrayBuffer>;
}

/** Steps of Taubin's λ|μ smoothing (1995): the second undoes the shrinking of the first. */
export const RELAXATION = { inwards: 0.5, outwards: -0.53, pairs: 12 } as const;

/** Bit of a voxel in a cell's configuration: 1 for the upper x, 2 for y, 4 for z. */
const LOWER_FACE = [0x55, 0x33, 0x0f] as const;
const UPPER_FACE = [0xaa, 0xcc, 0xf0] as const;

const fround = Math.fround;

/**
 * For each of the 256 configurations x, y, z of the vertex from the middle of its cell: the mean of
 * the middles of the cell's edges that the surface crosses, each −0.5 to 0.5.
 */
export function vertexOffsets(): Float32Array<ArrayBuffer> {
  const offsets = new Float32Array(256 * 3);
  for (let configuration = 0; configuration < 256; configuration++) {
    const sum = [0, 0, 0];
    let crossings = 0;
    for (let corner = 0; corner < 8; corner++) {
      for (let axis = 0; axis < 3; axis++) {
        const other = corner | (1 << axis);
        if (other === corner) continue;
        if (((configuration >> corner) & 1) === ((configuration >> other) & 1)) continue;
        crossings += 1;
        for (let i = 0; i < 3; i++) {
          if (i !== axis) sum[i] += (corner >> i) & 1 ? 0.5 : -0.5;
        }
      }
    }
    for (let i = 0; i < 3; i++) {
      offsets[3 * configuration + i] = crossings === 0 ? 0 : sum[i] / crossings;
    }
  }
  return offsets;
}

function isMixed(configuration: number, face: number): boolean {
  return (configuration & face) !== 0 && (configuration & face) !== face;
}

interface Cells {
  /** Vertex of each cell, or −1. */
  readonly vertices: Int32Array;
  readonly size: Size;
}

function configurationOf(
  indices: Uint8Array,
  [nx, ny, nz]: Size,
  value: number,
  [i, j, k]: Size,
): number {
  let configuration = 0;
  for (let corner = 0; corner < 8; corner++) {
    const x = i - 1 + (corner & 1);
    const y = j - 1 + ((corner >> 1) & 1);
    const z = k - 1 + (corner >> 2);
    if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) continue;
    if (indices[x + nx * (y + ny * z)] === value) configuration |= 1 << corner;
  }
  return configuration;
}

/** The net of the voxels with `value`, relaxed `pairs` times; `indices` are u8, x fastest. */
export function surfaceNet(
  indices: Uint8Array,
  size: Size,
  value: number,
  pairs: number = RELAXATION.pairs,
): SurfaceNet {
  const cells: Cells = {
    size: [size[0] + 1, size[1] + 1, size[2] + 1],
    vertices: new Int32Array((size[0] + 1) * (size[1] + 1) * (size[2] + 1)).fill(-1),
  };
  const [cx, cy, cz] = cells.size;
  const places: Size[] = [];
  const configurations: number[] = [];
  for (let k = 0; k < cz; k++) {
    for (let j = 0; j < cy; j++) {
      for (let i = 0; i < cx; i++) {
        const configuration = configurationOf(indices, size, value, [i, j, k]);
        if (configuration === 0 || configuration === 255) continue;
        cells.vertices[i + cx * (j + cy * k)] = places.length;
        places.push([i, j, k]);
        configurations.push(configuration);
      }
    }
  }
  const offsets = vertexOffsets();
  let positions = new Float32Array(3 * places.length);
  places.forEach((place, v) => {
    for (let axis = 0; axis < 3; axis++) {
      const isOnFace = place[axis] === 0 || place[axis] === size[axis];
      const offset = isOnFace ? 0 : offsets[3 * configurations[v] + axis];
      positions[3 * v + axis] = fround(place[axis] + offset);
    }
  });
  const neighbours = places.map((place, v) => neighboursOf(cells, place, configurations[v]));
  for (let pair = 0; pair < pairs; pair++) {
    for (const factor of [RELAXATION.inwards, RELAXATION.outwards]) {
      positions = relax(positions, places, neighbours, size, factor);
    }
  }
  return { positions, triangles: join(positions, configurations, neighbours) };
}

/** Vertices of the cells beside, −x +x −y +y −z +z; −1 where the surface does not go on. */
function neighboursOf(cells: Cells, place: Size, configuration: number): readonly number[] {
  const [cx, cy] = cells.size;
  const stride = [1, cx, cx * cy];
  const cell = place[0] + cx * (place[1] + cy * place[2]);
  return [0, 1, 2].flatMap((axis) => [
    isMixed(configuration, LOWER_FACE[axis]) ? cells.vertices[cell - stride[axis]] : -1,
    isMixed(configuration, UPPER_FACE[axis]) ? cells.vertices[cell + stride[axis]] : -1,
  ]);
}

/**
 * Moves each vertex by `factor` of the way to the mean of its neighbours, within its cell and on the
 * faces of the volume that it lies on.
 */
function relax(
  positions: Float32Array,
  places: readonly Size[],
  neighbours: readonly (readonly number[])[],
  size: Size,
  factor: number,
): Float32Array<ArrayBuffer> {
  const share = fround(factor);
  const out = new Float32Array(positions.length);
  places.forEach((place, v) => {
    for (let axis = 0; axis < 3; axis++) {
      const at = positions[3 * v + axis];
      if (place[axis] === 0 || place[axis] === size[axis]) {
        out[3 * v + axis] = at;
        continue;
      }
      let sum = 0;
      let count = 0;
      for (const neighbour of neighbours[v]) {
        if (neighbour < 0) continue;
        sum = fround(sum + positions[3 * neighbour + axis]);
        count += 1;
      }
      const moved = fround(at + fround(share * fround(fround(sum / count) - at)));
      const [low, high] = [place[axis] - 0.5, place[axis] + 0.5];
      out[3 * v + axis] = moved < low ? low : moved > high ? high : moved;
    }
  });
  return out;
}

function squaredLength(positions: Float32Array, a: number, b: number): number {
  const [x, y, z] = [0, 1, 2].map((i) => fround(positions[3 * a + i] - positions[3 * b + i]));
  return fround(fround(fround(x * x) + fround(y * y)) + fround(z * z));
}

/** Two triangles for each pair of voxels that the surface passes between, cut along the shorter diagonal. */
function join(
  positions: Float32Array,
  configurations: readonly number[],
  neighbours: readonly (readonly number[])[],
): Uint32Array<ArrayBuffer> {
  const triangles: number[] = [];
  const lower = (vertex: number, axis: number): number => neighbours[vertex][2 * axis];
  configurations.forEach((configuration, a) => {
    const isInside = (configuration & 1) === 1;
    for (let axis = 0; axis < 3; axis++) {
      if (((configuration >> (1 << axis)) & 1) === (configuration & 1)) continue;
      const [second, third] = [(axis + 1) % 3, (axis + 2) % 3];
      const b = lower(a, second);
      const c = lower(b, third);
      const d = lower(a, third);
      const [p, q] = isInside ? [b, d] : [d, b];
      if (squaredLength(positions, b, d) < squaredLength(positions, a, c)) {
        triangles.push(a, p, q, p, c, q);
      } else {
        triangles.push(a, p, c, a, c, q);
      }
    }
  });
  return Uint32Array.from(triangles);
}
