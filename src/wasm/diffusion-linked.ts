/**
 * Steps of a steady diffusion solve for a network of several conductivities, or with sources, by the
 * kernels: the links of the finest level are stored.
 */
import type { ReadPlane } from '../kernels/diffusion.ts';
import { unpadPlane } from '../kernels/diffusion.ts';
import type { RoutedFlow } from '../kernels/diffusion-certificate.ts';
import type { LinkTables } from '../kernels/diffusion-grid.ts';
import type { SolverStep } from '../kernels/diffusion-solver.ts';
import { type LinkedLayout, TABLE_ELEMENTS } from './diffusion-arena.ts';
import { Levels } from './diffusion-levels.ts';
import type { KernelSession } from './session.ts';

/** Cells a forest takes from its order in one call. */
const FOREST_BUDGET = 1 << 18;
/** Places of arrays among those of a level. */
const LINK_Z = 2;
const INVERSE = 3;
const CORRECTION = 4;

export class LinkedNetwork {
  readonly #session: KernelSession;
  readonly #arena: number;
  readonly #layout: LinkedLayout;
  readonly #levels: Levels;
  readonly #periodic: boolean;
  readonly #sources: number | null;
  #isSpoilt = false;

  /**
   * `sources`: pointer to a float64 for each class, which a cell of that class gives to the network;
   * its outlet is closed then. Null for a network between two faces.
   */
  constructor(
    session: KernelSession,
    arena: number,
    layout: LinkedLayout,
    periodic: boolean,
    sources: number | null = null,
  ) {
    this.#sources = sources;
    this.#session = session;
    this.#arena = arena;
    this.#layout = layout;
    this.#levels = new Levels(session, arena, layout);
    this.#periodic = periodic;
  }

  /**
   * Links and inverse diagonals of all levels, from the cells and, between two faces, the bits of
   * those that stay.
   */
  async build({ x, y, z, face }: LinkTables): Promise<void> {
    const { cells, bits, words, tables, scratch, bytes } = this.#layout;
    const { nx, ny } = this.#levels.shape(0);
    const at = this.#arena + cells;
    if (this.#sources === null) {
      await this.#levels.run('runsMask', 0, [at, this.#arena + bits, nx, ny, words]);
    }
    // Padding must be zero, and the arena may hold an earlier solve.
    await this.#levels.clear(this.#arena + scratch, bytes - scratch);
    this.#levels.describe(0, this.#periodic);
    const table = this.#session.f32(this.#arena + tables, TABLE_ELEMENTS);
    [x, y, z, face].forEach((values, i) => table.set(values, i * 64 * 64));
    const record = this.#levels.record(0);
    await this.#levels.run('diffusionLinkCells', 0, [record, at, this.#arena + tables]);
    if (this.#sources !== null) await this.#closeOutlet();
    await this.#levels.build(0);
  }

  async #closeOutlet(): Promise<void> {
    const { slice, nz } = this.#levels.shape(0);
    await this.#levels.clear(this.#fineArray(LINK_Z) + 4 * slice * (nz + 1), 4 * slice);
  }

  async carryOut(step: Exclude<SolverStep, { kind: 'certify' }>): Promise<number> {
    const { u, p, sums } = this.#layout;
    const level = this.#levels.record(0);
    const at = (offset: number): number => this.#arena + offset;
    switch (step.kind) {
      case 'start':
        // Where there are sources u is 0, as `build` has left it.
        if (this.#sources === null) await this.#levels.run('diffusionProfile', 0, [level, at(u)]);
        await this.#findResidual();
        return this.#energy();
      case 'precondition':
        await this.#restore();
        await this.#levels.cycle(0, true);
        await this.#levels.run('diffusionDot', 0, [level, at(sums)]);
        return this.#levels.sum();
      case 'direct':
        await this.#levels.run('diffusionDirect', 0, [level, at(p), step.beta]);
        return 0;
      case 'multiply':
        await this.#levels.run('diffusionMultiply', 0, [level, at(p), at(sums)]);
        return this.#levels.sum();
      case 'advance':
        await this.#levels.run('diffusionAdvance', 0, [level, at(u), at(p), step.alpha]);
        return 0;
      case 'energy':
        return this.#energy();
    }
  }

  async #energy(): Promise<number> {
    const dissipation = await this.dissipation();
    return this.#sources === null ? dissipation : 2 * (await this.stored()) - dissipation;
  }

  /** Σ source · u over the cells of a network with sources. */
  async stored(): Promise<number> {
    const args = [...this.#sourceArguments(), this.#arena + this.#layout.sums];
    await this.#levels.run('electrodeStored', 0, args);
    return this.#levels.sum();
  }

  #sourceArguments(): readonly number[] {
    const { u, cells } = this.#layout;
    const record = this.#levels.record(0);
    return [record, this.#arena + u, this.#arena + cells, this.#sources ?? 0];
  }

  /** For the preconditioner, in float32. */
  async #findResidual(): Promise<void> {
    const args = [this.#levels.record(0), this.#arena + this.#layout.u];
    if (this.#sources === null) await this.#levels.run('diffusionResidual', 0, args);
    else await this.#levels.run('electrodeResidual', 0, [...this.#sourceArguments(), 0]);
  }

  /** In float64 into `flow`. */
  async #findExactResidual(flow: number): Promise<void> {
    const args = [this.#levels.record(0), this.#arena + this.#layout.u, flow];
    if (this.#sources === null) await this.#levels.run('diffusionExactResidual', 0, args);
    else await this.#levels.run('electrodeResidual', 0, [...this.#sourceArguments(), flow]);
  }

  /** Σ c (Δu)². */
  async dissipation(): Promise<number> {
    const { u, sums } = this.#layout;
    const args = [this.#levels.record(0), this.#arena + u, this.#arena + sums];
    await this.#levels.run('diffusionEnergy', 0, args);
    return this.#levels.sum();
  }

  /** The flow takes the place of the finest level's correction and residual. */
  async routeResidual(): Promise<RoutedFlow> {
    const order = this.#fineArray(INVERSE);
    const flow = this.#fineArray(CORRECTION);
    this.#isSpoilt = true;
    await this.#findExactResidual(flow);
    const end = await this.growForest();
    return this.#route(flow, order, end);
  }

  #fineArray(place: number): number {
    return this.#arena + ((this.#layout.levels[0] as readonly number[])[place] as number);
  }

  /** What a certificate has overwritten. */
  async #restore(): Promise<void> {
    if (!this.#isSpoilt) return;
    this.#isSpoilt = false;
    const { length } = this.#levels.shape(0);
    const record = this.#levels.record(0);
    await this.#levels.clear(this.#fineArray(INVERSE), 4 * length);
    await this.#levels.clear(this.#fineArray(CORRECTION), 8 * length);
    await this.#levels.run('diffusionInvertDiagonal', 0, [record]);
    await this.#findResidual();
  }

  /**
   * Marks the cells that are joined to an open face, and lists them in place of the finest level's
   * inverse diagonal; returns the end of the list.
   */
  async growForest(): Promise<number> {
    const { nx, ny, nz } = this.#levels.shape(0);
    const order = this.#fineArray(INVERSE);
    // Of a volume of one slice the kernel takes the roots at the inlet alone.
    const rooted = this.#sources === null ? nz : 1;
    const cells = this.#arena + this.#layout.cells;
    const grid = [cells, nx, ny, nz, this.#periodic ? 1 : 0] as const;
    // Pointers above 2 GiB come back negative.
    let end = this.#session.call('diffusionForestRoots', cells, nx * ny, rooted, order) >>> 0;
    for (let head = order; head < end; head = Math.min(end, head + 4 * FOREST_BUDGET)) {
      end = this.#session.call('diffusionForestGrow', ...grid, head, end, FOREST_BUDGET) >>> 0;
      await this.#session.breathe();
    }
    return end;
  }

  async #route(flow: number, order: number, end: number): Promise<RoutedFlow> {
    const cells = this.#arena + this.#layout.cells;
    const sums = this.#arena + this.#layout.sums;
    const record = this.#levels.record(0);
    const totals = this.#session.f64(sums, 2);
    totals.fill(0);
    for (let stop = end; stop > order; stop -= 4 * FOREST_BUDGET) {
      const start = Math.max(order, stop - 4 * FOREST_BUDGET);
      this.#session.call('diffusionRoute', record, cells, flow, sums, start, stop);
      await this.#session.breathe();
    }
    return { dissipation: totals[0] as number, handled: totals[1] as number };
  }

  async readPlanes(readPlane: ReadPlane): Promise<void> {
    const shape = this.#levels.shape(0);
    const { nx, ny, nz, length } = shape;
    const u = this.#session.f64(this.#arena + this.#layout.u, length);
    const potential = new Float64Array(nx * ny);
    for (let index = 0; index < nz; index++) {
      unpadPlane(shape, u, index, potential);
      const first = this.#arena + this.#layout.cells + nx * ny * index;
      readPlane({ index, potential, cells: this.#session.u8(first, nx * ny) });
      await this.#session.breathe();
    }
  }
}
