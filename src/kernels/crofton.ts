/**
 * Surface area from crossings of lines: weights and arithmetic of the Cauchy–Crofton formula on a
 * grid. Lines run in the 13 directions to a voxel's 26 neighbours; each direction stands for the
 * directions that are nearest to it (Ohser & Mücklich 2000; Lehmann & Legland 2012).
 */

export type Edges = readonly [x: number, y: number, z: number];

/** Steps to neighbours up to mirror images: the classes that crossings are counted in. */
export const STEP_CLASSES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 1],
] as const satisfies readonly Edges[];

/** The class of a step to one of the 26 neighbours. */
export function stepClass(dx: number, dy: number, dz: number): number {
  return STEP_CLASSES.findIndex(
    ([x, y, z]) => x === Math.abs(dx) && y === Math.abs(dy) && z === Math.abs(dz),
  );
}

/** The steps to the 26 neighbours, x fastest. */
export const STEPS: readonly Edges[] = [-1, 0, 1].flatMap((dz) =>
  [-1, 0, 1].flatMap((dy) =>
    [-1, 0, 1].flatMap((dx): Edges[] => (dx === 0 && dy === 0 && dz === 0 ? [] : [[dx, dy, dz]])),
  ),
);

function dot(a: Edges, b: Edges): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Edges, b: Edges): Edges {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function scaled(a: Edges, factor: number): Edges {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

function unit(a: Edges): Edges {
  return scaled(a, 1 / Math.sqrt(dot(a, a)));
}

/** The inverse tangent of t ≥ 0 from arithmetic alone: halved four times, then its power series. */
function inverseTangent(t: number): number {
  let reduced = t;
  for (let i = 0; i < 4; i++) reduced = reduced / (1 + Math.sqrt(1 + reduced * reduced));
  const square = reduced * reduced;
  let sum = 0;
  for (let k = 31; k >= 1; k -= 2) sum = 1 / k - square * sum;
  return 16 * reduced * sum;
}

/** Solid angle of the triangle of three unit vectors, less than a half sphere (Van Oosterom & Strackee 1983). */
function solidAngle(a: Edges, b: Edges, c: Edges): number {
  const volume = Math.abs(dot(a, cross(b, c)));
  return 2 * inverseTangent(volume / (1 + dot(a, b) + dot(b, c) + dot(c, a)));
}

type Point = readonly [u: number, v: number];

/** The part of a convex polygon where offset + along·(u, v) ≥ 0. */
function clip(polygon: readonly Point[], offset: number, [a, b]: Point): readonly Point[] {
  const height = ([u, v]: Point): number => offset + a * u + b * v;
  return polygon.flatMap((point, i) => {
    const next = polygon[(i + 1) % polygon.length];
    const [from, to] = [height(point), height(next)];
    const kept: Point[] = from >= 0 ? [point] : [];
    if (from >= 0 === to >= 0) return kept;
    const share = from / (from - to);
    return [
      ...kept,
      [point[0] + share * (next[0] - point[0]), point[1] + share * (next[1] - point[1])],
    ];
  });
}

/** Half the width of the square that a cell is cut from, on the plane that touches the sphere. */
const HORIZON = 1e4;

/** Solid angle of the directions that are nearer to `centre` than to any of `others`. */
function cellAngle(centre: Edges, others: readonly Edges[]): number {
  const helper: Edges = Math.abs(centre[0]) < 0.7 ? [1, 0, 0] : [0, 1, 0];
  const right = unit(cross(centre, helper));
  const up = cross(centre, right);
  let cell: readonly Point[] = [
    [-HORIZON, -HORIZON],
    [HORIZON, -HORIZON],
    [HORIZON, HORIZON],
    [-HORIZON, HORIZON],
  ];
  for (const other of others) {
    cell = clip(cell, 1 - dot(centre, other), [-dot(right, other), -dot(up, other)]);
  }
  const corners = cell.map(([u, v]) =>
    unit([0, 1, 2].map((i) => centre[i] + u * right[i] + v * up[i]) as unknown as Edges),
  );
  return corners.reduce(
    (sum, corner, i) => sum + solidAngle(centre, corner, corners[(i + 1) % corners.length]),
    0,
  );
}

/**
 * By step class the share of all directions that one of its lines stands for: the shares of the 13
 * lines add up to 1. `edges` are those of a voxel.
 */
export function directionShares(edges: Edges): readonly number[] {
  const direction = (step: Edges): Edges =>
    unit([step[0] * edges[0], step[1] * edges[1], step[2] * edges[2]]);
  const all = STEPS.map(direction);
  const angles = STEP_CLASSES.map((step) => {
    const centre = direction(step);
    return cellAngle(
      centre,
      all.filter((other) => dot(centre, other) < 1 - 1e-12),
    );
  });
  const whole = STEPS.reduce((sum, step) => sum + angles[stepClass(...step)], 0);
  return angles.map((angle) => (2 * angle) / whole);
}

interface AreaWeights {
  /** Area that one crossing stands for, by step class. */
  readonly crofton: readonly number[];
  /** Area of one voxel face, by step class; 0 for steps that are not along an axis. */
  readonly faces: readonly number[];
}

/**
 * S = 4 · mean over all directions of (crossings per line · area per line) / 2, which for the lines of
 * a grid is 2 · Σ share · crossings · (volume of a voxel / length of the step).
 */
function areaWeights(edges: Edges): AreaWeights {
  const [x, y, z] = edges;
  const shares = directionShares(edges);
  return {
    crofton: STEP_CLASSES.map((step, i) => {
      const length = Math.sqrt((step[0] * x) ** 2 + (step[1] * y) ** 2 + (step[2] * z) ** 2);
      return (2 * shares[i] * (x * y * z)) / length;
    }),
    faces: [y * z, x * z, x * y, 0, 0, 0, 0],
  };
}

/**
 * What stands beyond the volume: its mirror image, or nothing, so that only pairs of voxels inside
 * count.
 */
export type CrossingBorder = 'mirror' | 'none';

/** Position in the counts of a step class and the values of both sides, the smaller first. */
function crossingIndex(values: number, step: number, low: number, high: number): number {
  return (step * values + low) * (values + 1) + high;
}

/** Length of the counts for voxels of `values` different values. */
export function crossingCounts(values: number): number {
  return STEP_CLASSES.length * values * (values + 1);
}

/**
 * Pairs of neighbouring voxels of different values, by step class and values: how often lines along
 * the 13 directions through all voxel centres cross from one value to another. `indices` are u8, x
 * fastest, below `values`; layout of the result as `crossingIndex`. A pair that reaches into the
 * mirror image counts half, with its mirror image whole. Whole numbers, and so the same in any order.
 */
export function countCrossings(
  indices: Uint8Array,
  size: readonly [number, number, number],
  values: number,
  border: CrossingBorder,
): Float64Array<ArrayBuffer> {
  const [nx, ny, nz] = size;
  const counts = new Float64Array(crossingCounts(values));
  const inside = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at));
  for (let voxel = 0; voxel < indices.length; voxel++) {
    const [x, y, z] = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
    for (const [dx, dy, dz] of STEPS) {
      const [ox, oy, oz] = [inside(x + dx, nx), inside(y + dy, ny), inside(z + dz, nz)];
      if (border === 'none' && (ox !== x + dx || oy !== y + dy || oz !== z + dz)) continue;
      const low = indices[voxel];
      const high = indices[ox + nx * (oy + ny * oz)];
      if (low < high) counts[crossingIndex(values, stepClass(dx, dy, dz), low, high)] += 1;
    }
  }
  return counts;
}

export interface InterfaceArea {
  /** The two values that meet, the smaller first. */
  readonly low: number;
  readonly high: number;
  /** In the square of the edges' unit. */
  readonly crofton: number;
  readonly faces: number;
}

/** The area between each two values that meet, by values. */
export function interfaceAreas(
  counts: Float64Array,
  values: number,
  edges: Edges,
): readonly InterfaceArea[] {
  const { crofton, faces } = areaWeights(edges);
  const areas: InterfaceArea[] = [];
  for (let low = 0; low < values; low++) {
    for (let high = low + 1; high < values; high++) {
      const crossings = STEP_CLASSES.map(
        (_, step) => counts[crossingIndex(values, step, low, high)],
      );
      if (crossings.every((count) => count === 0)) continue;
      const sum = (weights: readonly number[]): number =>
        crossings.reduce((total, count, step) => total + weights[step] * count, 0);
      areas.push({ low, high, crofton: sum(crofton), faces: sum(faces) });
    }
  }
  return areas;
}

/** The area of one value towards all others. */
export function areaOf(
  areas: readonly InterfaceArea[],
  value: number,
): Pick<InterfaceArea, 'crofton' | 'faces'> {
  return areas
    .filter(({ low, high }) => low === value || high === value)
    .reduce(
      (sum, area) => ({ crofton: sum.crofton + area.crofton, faces: sum.faces + area.faces }),
      {
        crofton: 0,
        faces: 0,
      },
    );
}
