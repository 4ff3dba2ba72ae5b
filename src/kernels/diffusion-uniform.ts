/**
 * Finest level of the steady diffusion solver where all cells of the network conduct alike, scalar
 * reference. Nothing is stored per link: a byte per cell holds its numbers of links along x (bits
 * 0–1), y (2–3) and z (4–6, a link to an outer face counting for two), 0 outside the network, where
 * every vector is 0 as well. So A v = diagonal · v − weighted sum of the neighbours, without masks.
 *
 * Red and black cells of a row lie apart, so that a half sweep reads and writes whole vectors: cell
 * (x, y, z) is at `slice * (z + 1) + stride * y + x / 2` for even x and half a row further for odd
 * x. The first and the last slice stand for the outer faces. In the kernels a row has room for its
 * ghosts, cells −1 and nx, which repeat the other end on periodic sides.
 *
 * The potential is an integer multiple of 2⁻²⁹, kept between −1 and 2: its differences are exact in
 * 32 bits, and so is all that the certificate takes from it, but for the weights of long voxels.
 *
 * Smoothing is that of `diffusion-multigrid.ts`. After the half sweep of the second colour that
 * colour has no residual, and before its next one no correction is of use to it, so only the first
 * colour's residual is restricted and only its cells are corrected: see `transferColours`.
 */
import type { LevelShape, LinkTables } from './diffusion-grid.ts';
import { cycle, type Level, OVER_CORRECTION } from './diffusion-multigrid.ts';

const f = Math.fround;

/** Steps of the potential per unit. */
export const POTENTIAL_STEPS = 2 ** 29;

export interface UniformShape extends LevelShape {
  /** Elements per half row. */
  readonly half: number;
}

/** The same level with its rows split into halves. */
export function uniformShape(shape: LevelShape): UniformShape {
  const { nx, ny, nz } = shape;
  // Of even cells there are ⌈nx / 2⌉; both ghosts may follow them.
  const half = 4 * Math.ceil((Math.floor(nx / 2) + 2) / 4);
  const stride = 2 * half;
  const slice = stride * ny;
  return { ...shape, half, stride, slice, length: slice * (nz + 2) };
}

/**
 * Colours whose residual is restricted and whose cells are corrected: both where periodic sides of
 * odd length make neighbours of two cells of one colour, so that a half sweep leaves a residual.
 */
export function transferColours({ nx, ny }: LevelShape, periodic: boolean): 1 | 2 {
  const isOdd = (length: number): boolean => length > 1 && length % 2 === 1;
  return periodic && (isOdd(nx) || isOdd(ny)) ? 2 : 1;
}

/** By the byte of a cell: the diagonal and its inverse, for links of `weights` along x and y. */
export function uniformTables(x: number, y: number) {
  const diagonal = Float32Array.from(
    { length: 128 },
    (_, code) => (code & 3) * x + ((code >> 2) & 3) * y + (code >> 4),
  );
  return { diagonal, inverse: diagonal.map((value) => (value > 0 ? 1 / value : 0)) };
}

/** Links along x and y of a network of conductivity 1; those along z are 1, to the faces 2. */
export function uniformLinks({ x, y }: LinkTables): readonly [number, number] {
  return [x[65] as number, y[65] as number];
}

/** Elements of a cell and its neighbours; −1 where there is none, or an outer face. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly i: number;
  readonly left: number;
  readonly right: number;
  readonly below: number;
  readonly above: number;
  readonly back: number;
  readonly front: number;
}

/** The network with the vectors of the finest level. */
export class UniformLevel {
  readonly shape: UniformShape;
  readonly network: Uint8Array;
  /** The correction. */
  readonly x: Float32Array;
  /** The residual it answers. */
  readonly r: Float32Array;
  readonly #periodic: boolean;
  readonly #colours: 1 | 2;
  readonly #links: readonly [number, number];
  readonly #diagonal: Float32Array;
  readonly #inverse: Float32Array;
  readonly #u: Int32Array;
  readonly #p: Float32Array;
  /** Row by row: its cells of even x, then those of odd x. */
  readonly #rows: readonly (readonly Place[])[];
  readonly #places: readonly Place[];

  /** `cells[x + nx * (y + ny * z)]` is not 0 for the cells of the network. */
  constructor(
    shape: LevelShape,
    cells: Uint8Array,
    links: readonly [number, number],
    periodic: boolean,
  ) {
    this.shape = uniformShape(shape);
    this.#periodic = periodic;
    this.#colours = transferColours(shape, periodic);
    this.#links = links;
    const { diagonal, inverse } = uniformTables(...links);
    this.#diagonal = diagonal;
    this.#inverse = inverse;
    const { length } = this.shape;
    this.network = new Uint8Array(length);
    this.x = new Float32Array(length);
    this.r = new Float32Array(length);
    this.#u = new Int32Array(length);
    this.#p = new Float32Array(length);
    const { ny, nz } = this.shape;
    this.#rows = Array.from({ length: ny * nz }, (_, row) =>
      this.#listRow(row % ny, Math.floor(row / ny)),
    );
    this.#places = this.#rows.flat();
    this.#countLinks(cells);
  }

  #countLinks(cells: Uint8Array): void {
    const { nx, ny, nz } = this.shape;
    for (const { x, y, z, i } of this.#places) {
      this.network[i] = cells[x + nx * (y + ny * z)] === 0 ? 0 : 1;
    }
    const has = (element: number): number => (element >= 0 && this.network[element] !== 0 ? 1 : 0);
    const codes = this.#places.map((place) => {
      const { z, i } = place;
      if (has(i) === 0) return 0;
      const inX = has(place.left) + has(place.right);
      const inY = has(place.below) + has(place.above);
      const inZ = (z > 0 ? has(place.back) : 2) + (z < nz - 1 ? has(place.front) : 2);
      return inX | (inY << 2) | (inZ << 4);
    });
    this.#places.forEach(({ i }, k) => {
      this.network[i] = codes[k] as number;
    });
  }

  #listRow(y: number, z: number): Place[] {
    const { nx, ny, nz, stride, slice, half } = this.shape;
    const wraps = this.#periodic;
    const rowAt = (row: number): number => slice * (z + 1) + stride * row;
    const at = rowAt(y);
    const place = (x: number): number => at + (x & 1) * half + (x >> 1);
    const along = (x: number): number => {
      if (x >= 0 && x < nx) return place(x);
      return wraps && nx > 1 ? place((x + nx) % nx) : -1;
    };
    const across = (row: number, i: number): number => {
      if (row >= 0 && row < ny) return rowAt(row) + i - at;
      return wraps && ny > 1 ? rowAt((row + ny) % ny) + i - at : -1;
    };
    const xs = Array.from({ length: nx }, (_, k) => k);
    return [...xs.filter((x) => x % 2 === 0), ...xs.filter((x) => x % 2 === 1)].map((x) => {
      const i = place(x);
      return {
        x,
        y,
        z,
        i,
        left: along(x - 1),
        right: along(x + 1),
        below: across(y - 1, i),
        above: across(y + 1, i),
        back: z > 0 ? i - slice : -1,
        front: z < nz - 1 ? i + slice : -1,
      };
    });
  }

  #row(y: number, z: number): readonly Place[] {
    return this.#rows[y + this.shape.ny * z] as readonly Place[];
  }

  /** Links of the next coarser level: sums of the links between aggregates. */
  coarsenInto(coarse: Level): void {
    const [fx, fy, fz] = this.shape.factors;
    const { nx, ny, nz, stride, slice } = coarse.shape;
    const [linkX, linkY] = this.#links;
    const has = (i: number): boolean => i >= 0 && this.network[i] !== 0;
    for (const { x, y, z, i, left, below, back } of this.#places) {
      if (!has(i)) continue;
      const [X, Y, Z] = [x / fx, y / fy, z / fz].map(Math.floor) as [number, number, number];
      const at = slice * (Z + 1) + stride * Y + X;
      // A link from a cell around the periodic side to itself carries nothing.
      if (x % fx === 0 && has(left) && nx > 1) coarse.linkX[at] += 1;
      if (y % fy === 0 && has(below) && ny > 1) coarse.linkY[at] += 1;
      if (z === 0) coarse.linkZ[at] += 2;
      else if (z % fz === 0 && has(back)) coarse.linkZ[at] += 1;
      if (z === this.shape.nz - 1) coarse.linkZ[at + slice] += 2;
    }
    for (let i = 0; i < coarse.linkX.length; i++) {
      coarse.linkX[i] *= linkX;
      coarse.linkY[i] *= linkY;
    }
    for (let row = 0; coarse.periodic && row < ny * nz; row++) {
      const at = slice * (Math.floor(row / ny) + 1) + stride * (row % ny);
      coarse.linkX[at + nx] = coarse.linkX[at];
    }
  }

  #neighbours(v: Float32Array, { i, left, right, below, above }: Place): number {
    const at = (element: number): number => (element < 0 ? 0 : v[element]);
    const { slice } = this.shape;
    const [linkX, linkY] = this.#links;
    const inX = f(at(left) + at(right));
    const inY = f(at(below) + at(above));
    const inZ = f(v[i - slice] + v[i + slice]);
    return f(f(f(linkX * inX) + f(linkY * inY)) + inZ);
  }

  #ofColour(colour: 0 | 1, y: number, z: number): Place[] {
    return this.#row(y, z).filter(({ x }) => ((x + y + z) & 1) === colour);
  }

  /** One visit to this level, from x = 0; returns r·x. */
  precondition(levels: readonly Level[]): number {
    for (const { x, y, z, i } of this.#places) {
      this.x[i] = ((x + y + z) & 1) === 0 ? this.r[i] * this.#inverse[this.network[i]] : 0;
    }
    this.#relax(1, false);
    const coarse = levels[1];
    if (coarse !== undefined) {
      this.#restrictInto(coarse);
      cycle(levels, 1, true);
      if (this.shape.visits === 2) cycle(levels, 1, false);
      this.#correctFrom(coarse);
    }
    const black = this.#relax(1, true);
    const red = this.#relax(0, true);
    return black.reduce((total, sum, z) => total + (sum + (red[z] as number)), 0);
  }

  /** Half a Gauss–Seidel sweep; returns r·x of its cells, slice by slice. */
  #relax(colour: 0 | 1, rowsDown: boolean): readonly number[] {
    const { ny, nz } = this.shape;
    const goesDown = rowsDown && this.#periodic && ny % 2 === 1;
    return Array.from({ length: nz }, (_, z) => {
      const lanes = new Lanes();
      for (let j = 0; j < ny; j++) {
        const places = this.#ofColour(colour, goesDown ? ny - 1 - j : j, z);
        // All of a row is read before any of it is written, as the periodic ends need.
        const fresh = places.map((place) => {
          const sum = this.#neighbours(this.x, place);
          return f(f(this.r[place.i] + sum) * this.#inverse[this.network[place.i]]);
        });
        places.forEach(({ x, i }, k) => {
          this.x[i] = fresh[k] as number;
          lanes.add(x >> 1, this.r[i] * this.x[i]);
        });
      }
      return lanes.sum();
    });
  }

  #restrictInto(coarse: Level): void {
    const [fx, fy, fz] = this.shape.factors;
    const { stride, slice } = coarse.shape;
    coarse.r.fill(0);
    const { ny, nz } = this.shape;
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        const red = this.#ofColour(0, y, z);
        const black = this.#colours === 2 ? this.#ofColour(1, y, z) : [];
        for (const place of [...red, ...black]) {
          const { x, i } = place;
          const diagonal = this.#diagonal[this.network[i]];
          if (diagonal === 0) continue;
          const sum = f(this.r[i] + this.#neighbours(this.x, place));
          const at = slice * (Math.floor(z / fz) + 1) + stride * Math.floor(y / fy);
          coarse.r[at + Math.floor(x / fx)] += f(sum - f(diagonal * this.x[i]));
        }
      }
    }
  }

  #correctFrom(coarse: Level): void {
    const [fx, fy, fz] = this.shape.factors;
    const { stride, slice } = coarse.shape;
    for (const { x, y, z, i } of this.#places) {
      if (((x + y + z) & 1) >= this.#colours || this.network[i] === 0) continue;
      const at = slice * (Math.floor(z / fz) + 1) + stride * Math.floor(y / fy);
      this.x[i] += f(OVER_CORRECTION * coarse.x[at + Math.floor(x / fx)]);
    }
  }

  /** u = linear profile, with twice the inlet's value before its cells. */
  start(): void {
    const { nz, slice } = this.shape;
    for (const { z, i } of this.#places) {
      if (this.network[i] === 0) continue;
      this.#u[i] = nearestEven((1 - (z + 0.5) / nz) * POTENTIAL_STEPS);
      if (z === 0) this.#u[i - slice] = 2 * POTENTIAL_STEPS;
    }
  }

  /** p = x + beta p. */
  direct(beta: number): void {
    for (const { i } of this.#places) this.#p[i] = this.x[i] + f(f(beta) * this.#p[i]);
  }

  /** p·A p. */
  multiply(): number {
    return this.#sumSlices((place, lanes) => {
      const diagonal = this.#diagonal[this.network[place.i]];
      if (diagonal === 0) return;
      const own = this.#p[place.i];
      const product = f(f(diagonal * own) - this.#neighbours(this.#p, place));
      lanes.add(place.x >> 1, own * product);
    });
  }

  /** u += alpha p, r −= alpha A p. */
  advance(alpha: number): void {
    const step = f(alpha);
    const most = 2 * POTENTIAL_STEPS;
    for (const place of this.#places) {
      const { i } = place;
      const diagonal = this.#diagonal[this.network[i]];
      if (diagonal === 0) continue;
      const own = this.#p[i];
      const product = f(f(diagonal * own) - this.#neighbours(this.#p, place));
      this.r[i] -= f(step * product);
      const change = nearestEven(f(f(step * own) * POTENTIAL_STEPS));
      const moved = this.#u[i] + Math.max(-most, Math.min(most, change));
      // Sums of 32 bits wrap in the kernel before they are cut; from this range none does.
      this.#u[i] = Math.max(-POTENTIAL_STEPS, Math.min(most, moved | 0));
    }
  }

  /** Anew from u: rounding in its updates is gone. */
  findResidual(): void {
    for (const place of this.#places) {
      this.r[place.i] = this.#exactResidual(place) / POTENTIAL_STEPS;
    }
  }

  /** −A u in steps of the potential, `flow[x + nx * (y + ny * z)]`. */
  residualFlow(): Float64Array {
    const { nx, ny, nz } = this.shape;
    const flow = new Float64Array(nx * ny * nz);
    for (const place of this.#places) {
      flow[place.x + nx * (place.y + ny * place.z)] = this.#exactResidual(place);
    }
    return flow;
  }

  /** Differences are exact; rounding begins with the weights, which are 1 for cubic voxels. */
  #exactResidual({ i, left, right, below, above }: Place): number {
    const code = this.network[i];
    if (code === 0) return 0;
    const at = (element: number): number => (element < 0 ? 0 : this.#u[element]);
    const { slice } = this.shape;
    const [linkX, linkY] = this.#links;
    const own = this.#u[i];
    const inX = at(left) + at(right) - (code & 3) * own;
    const inY = at(below) + at(above) - ((code >> 2) & 3) * own;
    const inZ = this.#u[i - slice] + this.#u[i + slice] - (code >> 4) * own;
    return linkX * inX + linkY * inY + inZ;
  }

  /** J(u). */
  energy(): number {
    const { nx, ny, nz } = this.shape;
    const [linkX, linkY] = this.#links;
    const has = (i: number): boolean => i >= 0 && this.network[i] !== 0;
    let total = 0;
    for (let z = 0; z < nz; z++) {
      const [alongX, alongY, alongZ, faces] = [new Lanes(), new Lanes(), new Lanes(), new Lanes()];
      for (let y = 0; y < ny; y++) {
        const row = this.#row(y, z);
        const square = (i: number, j: number): number => (this.#u[i] - this.#u[j]) ** 2;
        for (const { x, i, left, below, back } of row) {
          if (!has(i)) continue;
          const k = x >> 1;
          if (x > 0 && has(left)) alongX.add(k, square(i, left));
          if (has(below)) alongY.add(k, square(i, below));
          if (has(back)) alongZ.add(k, square(i, back));
          if (z === 0) faces.add(k, (this.#u[i] - POTENTIAL_STEPS) ** 2);
          if (z === nz - 1) faces.add(k, this.#u[i] ** 2);
        }
        const first = row[0] as Place;
        if (this.#periodic && nx > 1 && has(first.i) && has(first.left)) {
          alongX.add(0, square(first.i, first.left));
        }
      }
      total += linkX * alongX.sum() + linkY * alongY.sum() + alongZ.sum() + 2 * faces.sum();
    }
    return total / POTENTIAL_STEPS ** 2;
  }

  #sumSlices(add: (place: Place, lanes: Lanes) => void): number {
    const { ny, nz } = this.shape;
    let total = 0;
    for (let z = 0; z < nz; z++) {
      const lanes = new Lanes();
      for (let y = 0; y < ny; y++) {
        for (const place of this.#row(y, z)) add(place, lanes);
      }
      total += lanes.sum();
    }
    return total;
  }

  readPlane(z: number, potential: Float64Array, cells: Uint8Array): void {
    readUniformPlane(this.shape, this.#u, this.network, z, potential, cells);
  }
}

/** Copies plane z of the potential, and of the network as 0 and 1, out of the split rows. */
export function readUniformPlane(
  { nx, ny, stride, slice, half }: UniformShape,
  u: Int32Array,
  network: Uint8Array,
  z: number,
  potential: Float64Array,
  cells: Uint8Array,
): void {
  for (let y = 0; y < ny; y++) {
    const at = slice * (z + 1) + stride * y;
    for (let x = 0; x < nx; x++) {
      const i = at + (x & 1) * half + (x >> 1);
      potential[x + nx * y] = u[i] / POTENTIAL_STEPS;
      cells[x + nx * y] = network[i] === 0 ? 0 : 1;
    }
  }
}

/**
 * Puts plane z of a potential, cells x fastest, into the split rows; only cells of the network get
 * one. Values beyond the outer faces' 0 and 1, which no solution has, are taken for those.
 */
export function writeUniformPlane(
  { nx, ny, stride, slice, half }: UniformShape,
  u: Int32Array,
  network: Uint8Array,
  z: number,
  potential: Float32Array,
): void {
  for (let y = 0; y < ny; y++) {
    const at = slice * (z + 1) + stride * y;
    for (let x = 0; x < nx; x++) {
      const i = at + (x & 1) * half + (x >> 1);
      if (network[i] === 0) continue;
      u[i] = nearestEven(Math.max(0, Math.min(1, potential[x + nx * y])) * POTENTIAL_STEPS);
    }
  }
}

/** A sum in four interleaved parts, as the kernels add. */
class Lanes {
  readonly #parts = [0, 0, 0, 0];

  add(k: number, value: number): void {
    this.#parts[k & 3] += value;
  }

  sum(): number {
    const [a, b, c, d] = this.#parts as [number, number, number, number];
    return a + c + (b + d);
  }
}

/** To the nearest integer, ties to the even one. */
function nearestEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
