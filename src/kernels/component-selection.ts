/** Which connected components get a label of their own, and where those are. */
import type { ComponentTable } from './components.ts';
import type { Steps } from './steps.ts';
import type { GridSize } from './watershed.ts';

/** Labels of their own that fit one byte beside 0. */
export const MOST_COMPONENTS = 255;

export interface SelectionOptions {
  /** Components of fewer voxels are left out. */
  readonly minVoxels: number;
  /** Components that touch a face of these bits are left out; see `ComponentTable.faces`. */
  readonly withoutFaces: number;
  /** At most this many of the largest are kept, 1 to `MOST_COMPONENTS`. */
  readonly most: number;
  /** Largest first, or by first voxel in raster order. Equal sizes are in raster order. */
  readonly order: 'size' | 'position';
}

/** Components of one value, each counted once: kept, or left out for the first of these reasons. */
export interface ComponentCounts {
  readonly components: number;
  readonly voxels: number;
  readonly kept: number;
  readonly keptVoxels: number;
  readonly largest: number;
  readonly tooSmall: number;
  readonly atFaces: number;
  readonly beyondMost: number;
}

export interface ComponentSelection {
  /** Entries of the component table in the order of their new labels 1, 2, … */
  readonly entries: readonly number[];
  /** By value of the voxels. */
  readonly counts: readonly ComponentCounts[];
}

/** Entries between two pauses. */
const CHUNK = 1 << 17;

/**
 * Chooses components of a table whose values are below `values`. O(C) time for C components; the
 * largest are found by insertion, which happens at most √(2N) times for each of `most` places.
 */
export function* selectionSteps(
  { count, sizes, values: valueOf, faces }: ComponentTable,
  values: number,
  { minVoxels, withoutFaces, most, order }: SelectionOptions,
): Steps<ComponentSelection> {
  const empty = (): number[] => new Array<number>(values).fill(0);
  const [components, voxels, largest, tooSmall, atFaces] = [1, 2, 3, 4, 5].map(empty) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const entries: number[] = [];
  for (let entry = 0; entry < count; entry++) {
    if (entry % CHUNK === CHUNK - 1) yield;
    const value = valueOf[entry];
    const size = sizes[entry];
    components[value] += 1;
    voxels[value] += size;
    largest[value] = Math.max(largest[value], size);
    if (size < minVoxels) tooSmall[value] += 1;
    else if ((faces[entry] & withoutFaces) !== 0) atFaces[value] += 1;
    else if (entries.length < most || size > sizes[entries[most - 1]]) {
      let place = Math.min(entries.length, most - 1);
      while (place > 0 && sizes[entries[place - 1]] < size) {
        entries[place] = entries[place - 1];
        place -= 1;
      }
      entries[place] = entry;
    }
  }
  if (order === 'position') entries.sort((a, b) => a - b);
  const kept = empty();
  const keptVoxels = empty();
  for (const entry of entries) {
    kept[valueOf[entry]] += 1;
    keptVoxels[valueOf[entry]] += sizes[entry];
  }
  return {
    entries,
    counts: components.map((all, value) => ({
      components: all,
      voxels: voxels[value],
      kept: kept[value],
      keptVoxels: keptVoxels[value],
      largest: largest[value],
      tooSmall: tooSmall[value],
      atFaces: atFaces[value],
      beyondMost: all - kept[value] - tooSmall[value] - atFaces[value],
    })),
  };
}

/** Where a component is, in voxels counted from 0. */
export interface ComponentPlace {
  /** Mean position of its voxels' centres. */
  readonly centroid: readonly [x: number, y: number, z: number];
  /** Half-open: [x0, x1) × [y0, y1) × [z0, z1). */
  readonly box: readonly [x0: number, x1: number, y0: number, y1: number, z0: number, z1: number];
}

export interface DrawnComponents {
  /** 1 + position in the selection's entries; 0 for voxels of no kept component. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** In the order of the new labels. */
  readonly places: readonly ComponentPlace[];
}

/**
 * Draws the selected components and finds where they are. `labels` hold component numbers, 1 + entry
 * of the table, 0 outside. Sums of positions are whole numbers, so nothing is rounded before the
 * division.
 */
export function* drawSteps(
  labels: Uint32Array,
  [nx, ny, nz]: GridSize,
  count: number,
  entries: readonly number[],
): Steps<DrawnComponents> {
  const ranks = new Uint8Array(count + 1);
  entries.forEach((entry, i) => {
    ranks[entry + 1] = i + 1;
  });
  const data = new Uint8Array(labels.length);
  const sums = entries.map(() => [0, 0, 0, 0] as [number, number, number, number]);
  const boxes = entries.map(
    () => [nx, 0, ny, 0, nz, 0] as [number, number, number, number, number, number],
  );
  let drawn = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      for (let x = 0; x < nx; ) {
        const label = labels[row + x];
        let end = x + 1;
        while (end < nx && labels[row + end] === label) end += 1;
        const rank = ranks[label];
        if (rank > 0) {
          const voxels = end - x;
          const sum = sums[rank - 1];
          sum[0] += voxels;
          sum[1] += (voxels * (x + end - 1)) / 2;
          sum[2] += voxels * y;
          sum[3] += voxels * z;
          const box = boxes[rank - 1];
          box[0] = Math.min(box[0], x);
          box[1] = Math.max(box[1], end);
          box[2] = Math.min(box[2], y);
          box[3] = Math.max(box[3], y + 1);
          box[4] = Math.min(box[4], z);
          box[5] = z + 1;
          for (let i = x; i < end; i++) data[row + i] = rank;
        }
        x = end;
      }
      drawn += nx;
      if (drawn >= CHUNK) {
        drawn = 0;
        yield;
      }
    }
  }
  const places = sums.map(([voxels, x, y, z], i): ComponentPlace => {
    return { centroid: [x / voxels, y / voxels, z / voxels], box: boxes[i] };
  });
  return { data, places };
}
