/**
 * Connected components of equal values, and what percolates: the scalar reference of the
 * WebAssembly kernel, and the arithmetic on its component table.
 */
import type { GridSize } from './watershed.ts';

/** Neighbours by faces (6), faces and edges (18), or faces, edges and corners (26). */
export type Connectivity = 6 | 18 | 26;

export interface ComponentOptions {
  readonly connectivity: Connectivity;
  /** The value that belongs to no component; null = every voxel belongs to one. */
  readonly background: number | null;
}

/** One entry per component, in the order of the components' first voxels in raster order. */
export interface ComponentTable {
  readonly count: number;
  /** Voxels. */
  readonly sizes: Uint32Array;
  /** The value that all voxels of the component have. */
  readonly values: Uint8Array;
  /** Sum of face bits: 1 x low, 2 x high, 4 y low, 8 y high, 16 z low, 32 z high. */
  readonly faces: Uint8Array;
}

export interface LabelledComponents extends ComponentTable {
  /** 0 = background, else the component's number, 1 + its entry in the table. */
  readonly labels: Uint32Array;
}

function facesOf(x: number, y: number, z: number, [nx, ny, nz]: GridSize): number {
  return (
    (x === 0 ? 1 : 0) |
    (x === nx - 1 ? 2 : 0) |
    (y === 0 ? 4 : 0) |
    (y === ny - 1 ? 8 : 0) |
    (z === 0 ? 16 : 0) |
    (z === nz - 1 ? 32 : 0)
  );
}

/** Offsets of all neighbours: those that differ in at most one, two or three coordinates. */
function neighbourOffsets(
  connectivity: Connectivity,
): readonly (readonly [number, number, number])[] {
  const reach = connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3;
  const offsets: [number, number, number][] = [];
  for (let dz = -1; dz <= 1; dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const differing = Math.abs(dx) + Math.abs(dy) + Math.abs(dz);
        if (differing >= 1 && differing <= reach) offsets.push([dx, dy, dz]);
      }
    }
  }
  return offsets;
}

/**
 * Labels the connected components of equal values in `values` (u8, x fastest, nx × ny × nz) by
 * flooding each from its first voxel. Numbers rise in raster order of the first voxels.
 * O(N) time, 8 bytes per voxel.
 */
export function labelComponents(
  values: Uint8Array,
  size: GridSize,
  options: ComponentOptions,
): LabelledComponents {
  const [nx, ny, nz] = size;
  const offsets = neighbourOffsets(options.connectivity);
  const labels = new Uint32Array(values.length);
  const stack = new Uint32Array(values.length);
  const sizes: number[] = [];
  const componentValues: number[] = [];
  const faces: number[] = [];
  for (let first = 0; first < values.length; first++) {
    const value = values[first];
    if (labels[first] !== 0 || value === options.background) continue;
    const number = sizes.length + 1;
    let voxels = 0;
    let touched = 0;
    let waiting = 0;
    labels[first] = number;
    stack[waiting++] = first;
    while (waiting > 0) {
      const voxel = stack[--waiting];
      const x = voxel % nx;
      const y = Math.floor(voxel / nx) % ny;
      const z = Math.floor(voxel / (nx * ny));
      voxels += 1;
      touched |= facesOf(x, y, z, size);
      for (const [dx, dy, dz] of offsets) {
        const [ox, oy, oz] = [x + dx, y + dy, z + dz];
        if (ox < 0 || oy < 0 || oz < 0 || ox >= nx || oy >= ny || oz >= nz) continue;
        const other = ox + nx * (oy + ny * oz);
        if (labels[other] !== 0 || values[other] !== value) continue;
        labels[other] = number;
        stack[waiting++] = other;
      }
    }
    sizes.push(voxels);
    componentValues.push(value);
    faces.push(touched);
  }
  return {
    count: sizes.length,
    sizes: Uint32Array.from(sizes),
    values: Uint8Array.from(componentValues),
    faces: Uint8Array.from(faces),
    labels,
  };
}

export interface PhaseConnectivity {
  readonly voxels: number;
  readonly components: number;
  /** Share of the phase's voxels in its largest component; 0 for an absent phase. */
  readonly largestFraction: number;
  /**
   * For x, y, z the share of the phase's voxels in components that touch both faces across that
   * axis; 0 where nothing percolates.
   */
  readonly percolatingFraction: readonly [x: number, y: number, z: number];
}

/** Sums a component table up by value; entry v of the result is the phase of value v. */
export function phaseConnectivity(
  table: ComponentTable,
  phases: number,
): readonly PhaseConnectivity[] {
  const voxels = new Float64Array(phases);
  const components = new Float64Array(phases);
  const largest = new Float64Array(phases);
  const percolating = new Float64Array(3 * phases);
  for (let i = 0; i < table.count; i++) {
    const phase = table.values[i];
    const size = table.sizes[i];
    voxels[phase] += size;
    components[phase] += 1;
    largest[phase] = Math.max(largest[phase], size);
    for (let axis = 0; axis < 3; axis++) {
      const both = 3 << (2 * axis);
      if ((table.faces[i] & both) === both) percolating[3 * phase + axis] += size;
    }
  }
  return Array.from({ length: phases }, (_, phase) => {
    const share = (part: number): number => (voxels[phase] === 0 ? 0 : part / voxels[phase]);
    return {
      voxels: voxels[phase],
      components: components[phase],
      largestFraction: share(largest[phase]),
      percolatingFraction: [
        share(percolating[3 * phase]),
        share(percolating[3 * phase + 1]),
        share(percolating[3 * phase + 2]),
      ],
    };
  });
}
