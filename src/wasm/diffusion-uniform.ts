/**
 * Steps of a steady diffusion solve for a network of one conductivity, by the kernels: nothing is
 * stored per link of the finest level. Reference: `src/kernels/diffusion-uniform.ts`.
 */
import type { ReadPlane } from '../kernels/diffusion.ts';
import type { RoutedFlow } from '../kernels/diffusion-certificate.ts';
import { routedFlow } from '../kernels/diffusion-forest.ts';
import type { LinkTables } from '../kernels/diffusion-grid.ts';
import type { SolverStep } from '../kernels/diffusion-solver.ts';
import {
  POTENTIAL_STEPS,
  readUniformPlane,
  transferColours,
  uniformLinks,
  uniformTables,
  writeUniformPlane,
} from '../kernels/diffusion-uniform.ts';
import {
  LEVEL_WORDS,
  mostRuns,
  UNIFORM_TABLE_ELEMENTS,
  type UniformLayout,
} from './diffusion-arena.ts';
import { Levels } from './diffusion-levels.ts';
import type { Paths } from './diffusion-percolation.ts';
import type { KernelSession } from './session.ts';

/** Runs that one task adds to a half of the forest, or carries a flow over. */
const FOREST_BUDGET = 1 << 16;
/** Where the parts of the forest are described behind its grid, in bytes. */
const PARTS = 64;
/** float64 of the sums of a part of the forest. */
const ROUTED_SUMS = 8;

/** One half of the forest's order, or what follows both. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

export class UniformNetwork {
  readonly #session: KernelSession;
  readonly #arena: number;
  readonly #layout: UniformLayout;
  readonly #levels: Levels;
  readonly #periodic: boolean;
  #links: readonly [number, number] = [1, 1];
  #halves: readonly [Stretch, Stretch] | undefined;
  #rest: Stretch = { start: 0, end: 0 };
  #isSpoilt = false;

  constructor(session: KernelSession, arena: number, layout: UniformLayout, periodic: boolean) {
    this.#session = session;
    this.#arena = arena;
    this.#layout = layout;
    this.#levels = new Levels(session, arena, layout);
    this.#periodic = periodic;
  }

  #at(part: 'x' | 'u' | 'p' | 'sums' | 'order' | 'grid' | 'bits' | 'tables' | 'zeros'): number {
    return this.#arena + this.#layout[part];
  }

  /** The network, its forest and the coarser levels, from the bits of the cells that stay. */
  async build(tables: LinkTables, { runs }: Paths): Promise<void> {
    const { scratch, order, words } = this.#layout;
    this.#links = uniformLinks(tables);
    await this.#growForest(runs);
    // Padding must be zero, and the arena may hold an earlier solve.
    await this.#levels.clear(this.#arena + scratch, order - scratch);
    this.#describe();
    const record = this.#levels.record(0);
    await this.#levels.run('uniformNetwork', 0, [record, this.#at('bits'), words]);
    if (this.#levels.count === 1) return;
    this.#levels.describe(1, this.#periodic);
    await this.#levels.run('uniformCoarsen', 1, [record]);
    await this.#levels.build(1);
  }

  #describe(): void {
    const { fine, network, x, r } = this.#layout;
    const { nx, ny, nz, stride, slice, half, length, factors, visits } = fine;
    const [tables, zeros] = [this.#at('tables'), this.#at('zeros')];
    const { diagonal, inverse } = uniformTables(...this.#links);
    this.#session
      .f32(tables, UNIFORM_TABLE_ELEMENTS)
      .set([...diagonal, ...inverse, ...this.#links]);
    this.#session.u8(zeros, 4 * stride).fill(0);
    const cells = this.#arena + network;
    // The rows that stand for the outer faces.
    this.#session.u8(cells, slice).fill(0);
    this.#session.u8(cells + length - slice, slice).fill(0);
    const arrays = [cells, half, tables, zeros, this.#arena + x, this.#arena + r];
    const sizes = [nx, ny, nz, stride, slice, ...factors];
    this.#session
      .u32(this.#levels.record(0), LEVEL_WORDS)
      .set([...sizes, ...arrays, this.#periodic ? 1 : 0, visits]);
  }

  /**
   * Instead of the step 'start': begins with this potential, cells of the turned grid x fastest,
   * instead of an even fall. Sides must not be periodic. What certifies the solution does not care
   * where it began.
   */
  async startFrom(potential: Float32Array): Promise<number> {
    const { fine, network } = this.#layout;
    const { nx, ny, nz, length } = fine;
    const level = this.#levels.record(0);
    await this.#levels.run('uniformProfile', 0, [level, this.#at('u')]);
    const u = this.#session.i32(this.#at('u'), length);
    const bytes = this.#session.u8(this.#arena + network, length);
    for (let z = 0; z < nz; z++) {
      writeUniformPlane(fine, u, bytes, z, potential.subarray(nx * ny * z, nx * ny * (z + 1)));
      await this.#session.breathe();
    }
    await this.#levels.run('uniformResidual', 0, [level, this.#at('u'), 0]);
    return this.#energy();
  }

  async carryOut(step: Exclude<SolverStep, { kind: 'certify' }>): Promise<number> {
    const level = this.#levels.record(0);
    const [u, p, sums] = [this.#at('u'), this.#at('p'), this.#at('sums')];
    switch (step.kind) {
      case 'start':
        await this.#levels.run('uniformProfile', 0, [level, u]);
        await this.#levels.run('uniformResidual', 0, [level, u, 0]);
        return this.#energy();
      case 'precondition':
        await this.#restore();
        await this.#cycle();
        return this.#levels.sum();
      case 'direct':
        await this.#levels.run('uniformDirect', 0, [level, p, step.beta]);
        return 0;
      case 'multiply':
        await this.#levels.run('uniformMultiply', 0, [level, p, sums]);
        return this.#levels.sum();
      case 'advance':
        await this.#levels.run('uniformAdvance', 0, [level, u, p, step.alpha]);
        return 0;
      case 'energy':
        return this.#energy();
    }
  }

  /** One visit to the finest level; leaves r·x, slice by slice, in the sums. */
  async #cycle(): Promise<void> {
    const level = this.#levels.record(0);
    const sums = this.#at('sums');
    const colours = transferColours(this.#layout.fine, this.#periodic);
    await this.#levels.run('uniformRelaxZero', 0, [level]);
    await this.#levels.run('uniformRelax', 0, [level, 1, 0, 0]);
    if (this.#levels.count > 1) {
      await this.#levels.run('uniformRestrict', 1, [level, colours]);
      await this.#levels.cycle(1, true);
      if (this.#layout.fine.visits === 2) await this.#levels.cycle(1, false);
      await this.#levels.run('uniformCorrect', 0, [level, colours]);
    }
    await this.#levels.run('uniformRelax', 0, [level, 1, 1, sums]);
    await this.#levels.run('uniformRelax', 0, [level, 0, 1, sums]);
  }

  async #energy(): Promise<number> {
    await this.#levels.run('uniformEnergy', 0, [
      this.#levels.record(0),
      this.#at('u'),
      this.#at('sums'),
    ]);
    return this.#levels.sum() / POTENTIAL_STEPS ** 2;
  }

  /** What a certificate has overwritten. */
  async #restore(): Promise<void> {
    if (!this.#isSpoilt) return;
    this.#isSpoilt = false;
    await this.#levels.clear(this.#at('x'), 8 * this.#layout.fine.length);
    await this.#levels.run('uniformResidual', 0, [this.#levels.record(0), this.#at('u'), 0]);
  }

  async #growForest(runs: readonly [number, number]): Promise<void> {
    const { fine, words, starts } = this.#layout;
    const { nx, ny, nz } = fine;
    const [grid, bits, order] = [this.#at('grid'), this.#at('bits'), this.#at('order')];
    const open = this.#at('x');
    const bitBytes = 8 * words * ny * nz;
    this.#session.u8(open, bitBytes).set(this.#session.u8(bits, bitBytes));
    this.#session.u8(this.#arena + starts, bitBytes).fill(0);
    const middle = Math.floor(nz / 2);
    const periodic = this.#periodic ? 1 : 0;
    this.#session
      .u32(grid, 9)
      .set([bits, open, this.#arena + starts, words, nx, ny, nz, periodic, middle]);
    const most = [mostRuns(nx, ny * middle), mostRuns(nx, ny * (nz - middle))] as const;
    const second = order + 4 * most[0];
    const rooms = [most[0] - runs[0], most[1] - runs[1]] as const;
    const parts = this.#session.u32(grid + PARTS, 12);
    parts.set([order, order, rooms[0], 0, second, second, rooms[1], 0]);
    if (middle > 0) this.#session.call('forestRoots', grid, grid + PARTS, 0);
    this.#session.call('forestRoots', grid, grid + PARTS + 16, nz - 1);
    while (parts[0] !== parts[1] || parts[4] !== parts[5]) {
      await this.#runHalves('forestGrow', [grid, grid + PARTS, FOREST_BUDGET]);
    }
    // The second half follows the first, so that there is room for the rest.
    const first = parts[1] as number;
    const length = ((parts[5] as number) - second) / 4;
    this.#session.u32(first, length).set(this.#session.u32(second, length));
    const follows = first + 4 * length;
    const rest = grid + PARTS + 32;
    parts.set([follows, follows, (parts[2] as number) + (parts[6] as number)], 8);
    if (middle > 0) this.#session.call('forestJoin', grid, rest);
    while (parts[8] !== parts[9]) {
      this.#session.call('forestGrowOn', grid, rest, FOREST_BUDGET);
      await this.#session.breathe();
    }
    this.#halves = [
      { start: order, end: first },
      { start: first, end: follows },
    ];
    this.#rest = { start: follows, end: parts[9] as number };
  }

  #runHalves(kernel: string, args: readonly number[]): Promise<void> {
    return this.#session.run({ kernel, args, items: 2, itemsPerTask: 1 });
  }

  /** The flow takes the place of the correction and the residual. */
  async routeResidual(): Promise<RoutedFlow> {
    const [grid, sums, flow] = [this.#at('grid'), this.#at('sums'), this.#at('x')];
    this.#isSpoilt = true;
    await this.#levels.run('uniformResidual', 0, [this.#levels.record(0), this.#at('u'), flow]);
    const totals = this.#session.f64(sums, 3 * ROUTED_SUMS);
    totals.fill(0);
    const { start, end } = this.#rest;
    for (let stop = end; stop > start; stop -= 4 * FOREST_BUDGET) {
      const from = Math.max(start, stop - 4 * FOREST_BUDGET);
      this.#session.call('forestRoute', grid, flow, sums, from, stop);
      await this.#session.breathe();
    }
    const [first, second] = this.#halves as readonly [Stretch, Stretch];
    const left = this.#session.u32(grid + PARTS, 8);
    left.set([first.start, first.end, 0, 0, second.start, second.end, 0, 0]);
    const parts = sums + 8 * ROUTED_SUMS;
    while (left[0] !== left[1] || left[4] !== left[5]) {
      await this.#runHalves('forestRouteHalves', [grid, grid + PARTS, flow, parts, FOREST_BUDGET]);
    }
    const part = (i: number) => {
      const [x, y, z, face, handled] = totals.subarray(ROUTED_SUMS * i) as unknown as readonly [
        number,
        number,
        number,
        number,
        number,
      ];
      return { x, y, z, face, handled };
    };
    return routedFlow([part(0), part(1), part(2)], this.#links);
  }

  async readPlanes(readPlane: ReadPlane): Promise<void> {
    const { fine, network } = this.#layout;
    const { nx, ny, nz, length } = fine;
    const u = this.#session.i32(this.#at('u'), length);
    const bytes = this.#session.u8(this.#arena + network, length);
    const potential = new Float64Array(nx * ny);
    const cells = new Uint8Array(nx * ny);
    for (let index = 0; index < nz; index++) {
      readUniformPlane(fine, u, bytes, index, potential, cells);
      readPlane({ index, potential, cells });
      await this.#session.breathe();
    }
  }
}
