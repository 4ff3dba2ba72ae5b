/** The coarser levels of a steady diffusion solve and the visits to them, by the kernels. */
import type { LevelShape } from '../kernels/diffusion-grid.ts';
import { LEVEL_WORDS } from './diffusion-arena.ts';
import type { KernelSession, TaskPlan } from './session.ts';

/** Elements of a task: a fraction of a millisecond to a few milliseconds of work. */
const TASK_ELEMENTS = 1 << 17;
/** Levels up to this many elements are visited with all coarser ones in one call. */
const SERIAL_ELEMENTS = 1 << 17;

interface LevelsLayout {
  readonly shapes: readonly LevelShape[];
  readonly records: number;
  readonly levels: readonly (readonly number[])[];
  readonly sums: number;
  readonly row: number;
  readonly rowBytes: number;
}

export class Levels {
  readonly #session: KernelSession;
  readonly #arena: number;
  readonly #layout: LevelsLayout;

  constructor(session: KernelSession, arena: number, layout: LevelsLayout) {
    this.#session = session;
    this.#arena = arena;
    this.#layout = layout;
  }

  get count(): number {
    return this.#layout.shapes.length;
  }

  shape(l: number): LevelShape {
    return this.#layout.shapes[l] as LevelShape;
  }

  /** Pointer to the record of level `l`. */
  record(l: number): number {
    return this.#arena + this.#layout.records + 4 * LEVEL_WORDS * l;
  }

  /** Writes the records from level `first` on. */
  describe(first: number, periodic: boolean): void {
    const { shapes, levels } = this.#layout;
    shapes.forEach(({ nx, ny, nz, stride, slice, factors, visits }, l) => {
      if (l < first) return;
      const arrays = (levels[l] as readonly number[]).map((offset) => this.#arena + offset);
      this.#session
        .u32(this.record(l), LEVEL_WORDS)
        .set([nx, ny, nz, stride, slice, ...factors, ...arrays, periodic ? 1 : 0, visits]);
    });
  }

  /** Links and inverse diagonals from level `first` on; the links of `first` itself are there. */
  async build(first: number): Promise<void> {
    for (let l = first; l < this.count; l++) {
      // Coarse slices are dealt out, each costs the links of two fine ones.
      if (l > first) await this.run('diffusionCoarsen', l, [this.record(l - 1)]);
      await this.run('diffusionInvertDiagonal', l, [this.record(l)]);
    }
  }

  /** One visit to level `l` and the coarser ones; the order of `cycle` in the reference. */
  async cycle(l: number, fromZero: boolean): Promise<void> {
    const { row } = this.#layout;
    const shape = this.shape(l);
    const level = this.record(l);
    const zero = fromZero ? 1 : 0;
    if (shape.length <= SERIAL_ELEMENTS) {
      this.#session.call('diffusionCycle', level, this.count - l, this.#arena + row, zero);
      return;
    }
    await this.run('diffusionSmooth', l, [level, 0, zero, 0]);
    await this.run('diffusionSmooth', l, [level, 1, 0, 0]);
    if (l + 1 < this.count) {
      await this.#session.run({
        ...this.#plan('diffusionRestrict', l + 1, [level, this.#arena + row]),
        scratch: { argIndex: 1, stride: this.#layout.rowBytes },
      });
      await this.cycle(l + 1, true);
      if (shape.visits === 2) await this.cycle(l + 1, false);
      await this.run('diffusionAddCorrection', l, [level]);
    }
    await this.run('diffusionSmooth', l, [level, 1, 0, 1]);
    await this.run('diffusionSmooth', l, [level, 0, 0, 1]);
  }

  #plan(kernel: string, l: number, args: readonly number[]): TaskPlan {
    const { nz, slice } = this.shape(l);
    const itemsPerTask = Math.max(1, Math.floor(TASK_ELEMENTS / slice));
    return { kernel, args, items: nz, itemsPerTask };
  }

  /** Covers the slices of level `l`. */
  run(kernel: string, l: number, args: readonly number[]): Promise<void> {
    return this.#session.run(this.#plan(kernel, l, args));
  }

  /** The per-slice sums of the finest level, added in slice order. */
  sum(): number {
    const { sums } = this.#layout;
    const { nz } = this.shape(0);
    const values = this.#session.f64(this.#arena + sums, nz);
    return values.reduce((total, value) => total + value, 0);
  }

  async clear(start: number, bytes: number): Promise<void> {
    await this.#session.run({
      kernel: 'diffusionClear',
      args: [start, bytes],
      items: Math.ceil(bytes / (1 << 20)),
      itemsPerTask: 4,
    });
  }
}
