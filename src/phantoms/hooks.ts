/** What a generator's caller may follow and stop: progress, cancellation, the event loop's turn. */
import { cancelled } from '../errors/errors.ts';

export interface PhantomHooks {
  /** 0 to 1, rising. */
  readonly progress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
  /**
   * Called after each chunk of at most about 30 ms; may wait and may throw. Without it the
   * generator itself lets the event loop turn every 25 ms.
   */
  readonly breathe?: () => Promise<void>;
}

/** One stage's share of a run. */
export interface Stage {
  /** Called between chunks, with the stage's own fraction where it has moved. */
  pause(fraction?: number): Promise<void>;
}

const TURN_MS = 25;

/** Cuts a run into stages of given weights, in order, so that progress rises from 0 to 1. */
export class StagedRun {
  private readonly hooks: PhantomHooks;
  private readonly total: number;
  private before = 0;
  private lastTurn = performance.now();

  constructor(hooks: PhantomHooks, totalWeight: number) {
    this.hooks = hooks;
    this.total = totalWeight;
  }

  stage(weight: number): Stage {
    const start = this.before;
    this.before += weight;
    return {
      pause: async (fraction) => {
        this.throwIfCancelled();
        if (fraction !== undefined) {
          this.hooks.progress?.(Math.min(1, (start + weight * fraction) / this.total));
        }
        await this.breathe();
        this.throwIfCancelled();
      },
    };
  }

  private throwIfCancelled(): void {
    if (this.hooks.signal?.aborted === true) throw cancelled();
  }

  private async breathe(): Promise<void> {
    if (this.hooks.breathe !== undefined) {
      await this.hooks.breathe();
    } else if (performance.now() - this.lastTurn > TURN_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.lastTurn = performance.now();
    }
  }
}
