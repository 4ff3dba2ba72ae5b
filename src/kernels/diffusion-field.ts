/**
 * Fields and profiles of a steady diffusion problem with one conducting phase, from the planes of
 * its solved potential. All arithmetic is float64 in a fixed order; only stored fields are float32.
 *
 * Fluxes are relative to the mean flux D0 Δc / L that a volume filled by the phase would have, and
 * positive from the inlet, at index 0, to the outlet.
 */
import type { DiffusionProblem, PotentialPlane } from './diffusion.ts';
import { type FluxDirection, type Triple, turned, turnedStrides } from './diffusion-grid.ts';

/** `flux-magnitude`: length of the flux vector; `flux-along`: its component along the mean flux. */
export type FieldQuantity = 'concentration' | 'flux-magnitude' | 'flux-along';

/** Upper bound of what `DiffusionField` and `ProfileSums` together keep of planes. */
export function planeBytes(size: Triple, directions: readonly FluxDirection[]): number {
  const planes = directions.map((direction) => (size[0] * size[1] * size[2]) / size[direction]);
  return 9 * 4 * Math.max(...planes);
}

type Problem = Pick<DiffusionProblem, 'size' | 'edges' | 'direction' | 'periodicSides'>;

/**
 * Takes every plane of a solve in rising order and fills a field in the layout of the volume.
 *
 * The flux of a face is the potential drop between the two voxel centres over their distance, half
 * a voxel at the two outer faces, and 0 where the neighbour does not conduct or no-flux sides end
 * the volume. A voxel's component along an axis is the mean of its two faces, so the mean of the
 * component along the flux over all voxels of the volume is D_eff / D0. Voxels outside the
 * percolating part hold 0, which no voxel in it has as a concentration. O(voxels); 4 bytes per
 * voxel and 3 planes.
 */
export class DiffusionField {
  readonly data: Float32Array<ArrayBuffer>;
  readonly #quantity: FieldQuantity;
  readonly #size: Triple;
  readonly #strides: Triple;
  readonly #weights: Triple;
  readonly #periodic: boolean;
  #before: PotentialPlane | null = null;
  #latest: PotentialPlane | null = null;
  #count = 0;
  #sum = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;

  constructor(
    { size, edges, direction, periodicSides }: Problem,
    quantity: FieldQuantity,
    data: Float32Array<ArrayBuffer>,
  ) {
    this.data = data;
    this.#quantity = quantity;
    this.#size = turned(size, direction);
    this.#strides = turnedStrides(size, direction);
    const [hx, hy, hz] = turned(edges, direction);
    const length = this.#size[2] * hz;
    this.#weights = [length / hx, length / hy, length / hz];
    this.#periodic = periodicSides;
  }

  add(plane: PotentialPlane): void {
    if (this.#quantity === 'concentration') {
      this.#store(plane, (i) => plane.potential[i] as number);
      return;
    }
    const { index, potential, cells } = plane;
    const next = { index, potential: potential.slice(), cells: cells.slice() };
    if (this.#latest !== null) this.#storeFlux(this.#before, this.#latest, next);
    this.#before = this.#latest;
    this.#latest = next;
    if (index === this.#size[2] - 1) this.#storeFlux(this.#before, next, null);
  }

  /** Over the percolating voxels; null where there is none. */
  summary(): Readonly<Record<'meanValue' | 'minValue' | 'maxValue', number | null>> {
    if (this.#count === 0) return { meanValue: null, minValue: null, maxValue: null };
    return {
      meanValue: this.#sum / this.#count,
      minValue: this.#lowest,
      maxValue: this.#highest,
    };
  }

  #store(
    { index, cells }: PotentialPlane,
    valueOf: (i: number, x: number, y: number) => number,
  ): void {
    const [nx, ny] = this.#size;
    const [stepX, stepY, stepZ] = this.#strides;
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const i = x + nx * y;
        if (cells[i] === 0) continue;
        const value = valueOf(i, x, y);
        this.data[x * stepX + y * stepY + index * stepZ] = value;
        this.#count += 1;
        this.#sum += value;
        this.#lowest = Math.min(this.#lowest, value);
        this.#highest = Math.max(this.#highest, value);
      }
    }
  }

  #storeFlux(
    below: PotentialPlane | null,
    plane: PotentialPlane,
    above: PotentialPlane | null,
  ): void {
    const [nx, ny] = this.#size;
    const [weightX, weightY, weightZ] = this.#weights;
    const { potential } = plane;
    /** Drop from voxel i of the plane to voxel j of `other`. */
    const drop = (i: number, j: number, other: PotentialPlane): number =>
      j >= 0 && other.cells[j] !== 0 ? potential[i] - other.potential[j] : 0;
    const wraps = this.#periodic;
    this.#store(plane, (i, x, y) => {
      const toInlet = below === null ? 2 * (potential[i] - 1) : drop(i, i, below);
      const toOutlet = above === null ? 2 * potential[i] : drop(i, i, above);
      const along = 0.5 * weightZ * (toOutlet - toInlet);
      if (this.#quantity === 'flux-along') return along;
      const left = x > 0 ? i - 1 : wraps ? i + nx - 1 : -1;
      const right = x < nx - 1 ? i + 1 : wraps ? i - nx + 1 : -1;
      const front = y > 0 ? i - nx : wraps ? i + nx * (ny - 1) : -1;
      const back = y < ny - 1 ? i + nx : wraps ? i - nx * (ny - 1) : -1;
      const acrossX = 0.5 * weightX * (drop(i, right, plane) - drop(i, left, plane));
      const acrossY = 0.5 * weightY * (drop(i, back, plane) - drop(i, front, plane));
      return Math.sqrt(acrossX * acrossX + acrossY * acrossY + along * along);
    });
  }
}

/** One plane of voxels across the flux. */
export interface PlaneProfile {
  /** Share of the plane's voxels that belong to the phase, and to its percolating part. */
  readonly phaseFraction: number;
  readonly percolatingFraction: number;
  /** Mean over the percolating voxels: 1 on the inlet's face, 0 on the outlet's. */
  readonly meanConcentration: number;
  /** Flux from this plane to the next, or through the outlet's face. */
  readonly flux: number;
}

export interface DiffusionProfile {
  readonly planes: readonly PlaneProfile[];
  /** Flux through the inlet's face. */
  readonly inletFlux: number;
  /** Largest less smallest flux of all cross-sections over their mean: 0 for an exact solution. */
  readonly fluxSpread: number;
}

/** Takes every plane of a solve in rising order and sums it up. O(voxels). */
export class ProfileSums {
  readonly #codes: Uint8Array;
  readonly #conducts: readonly boolean[];
  readonly #size: Triple;
  readonly #strides: Triple;
  readonly #planes: { phase: number; cells: number; sum: number; flux: number }[] = [];
  #inletFlux = 0;
  #latest: PotentialPlane | null = null;

  constructor({ size, codes, conductivities, direction }: DiffusionProblem) {
    this.#codes = codes;
    this.#conducts = conductivities.map((value) => value > 0);
    this.#size = turned(size, direction);
    this.#strides = turnedStrides(size, direction);
  }

  add(plane: PotentialPlane): void {
    const { index, potential, cells } = plane;
    const [nx, ny, nz] = this.#size;
    const [stepX, stepY, stepZ] = this.#strides;
    const sums = { phase: 0, cells: 0, sum: 0, flux: 0 };
    let fluxBefore = 0;
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const i = x + nx * y;
        const code = this.#codes[x * stepX + y * stepY + index * stepZ];
        if (this.#conducts[code]) sums.phase += 1;
        if (cells[i] === 0) continue;
        sums.cells += 1;
        sums.sum += potential[i];
        if (this.#latest === null) fluxBefore += 2 * (1 - potential[i]);
        else if (this.#latest.cells[i] !== 0)
          fluxBefore += this.#latest.potential[i] - potential[i];
        if (index === nz - 1) sums.flux += 2 * potential[i];
      }
    }
    const previous = this.#planes.at(-1);
    if (previous === undefined) this.#inletFlux = fluxBefore;
    else previous.flux = fluxBefore;
    this.#planes.push(sums);
    this.#latest = { index, potential: potential.slice(), cells: cells.slice() };
  }

  /** After the last plane. */
  finish(): DiffusionProfile {
    const [nx, ny, nz] = this.#size;
    const area = nx * ny;
    const relative = (drops: number): number => (drops * nz) / area;
    const planes = this.#planes.map(({ phase, cells, sum, flux }) => ({
      phaseFraction: phase / area,
      percolatingFraction: cells / area,
      meanConcentration: sum / cells,
      flux: relative(flux),
    }));
    const inletFlux = relative(this.#inletFlux);
    const fluxes = [inletFlux, ...planes.map(({ flux }) => flux)];
    const mean = fluxes.reduce((total, flux) => total + flux, 0) / fluxes.length;
    return {
      planes,
      inletFlux,
      fluxSpread: (Math.max(...fluxes) - Math.min(...fluxes)) / mean,
    };
  }
}
