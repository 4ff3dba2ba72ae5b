/** What every decoding step shares: the file's name for messages, cancel and progress. */
import { cancelled, UserError } from '../errors/errors.ts';
import type { ReadOptions } from './format.ts';

const TURN_MS = 25;

/** A function to await after each few milliseconds of work: after 25 ms the event loop turns. */
export function createTurns(): () => Promise<void> {
  let lastTurn = performance.now();
  return async () => {
    if (performance.now() - lastTurn < TURN_MS) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
    lastTurn = performance.now();
  };
}

/** For parts of a read whose whole only the caller knows. */
export function withoutProgress(options: ReadOptions): ReadOptions {
  return { ...options, progress: () => undefined };
}

export class DecodeJob {
  /** The file whose bytes are being decoded. */
  readonly file: string;
  readonly warnings: string[];
  private readonly options: ReadOptions;
  private readonly from: number;
  private readonly share: number;
  private readonly turn = createTurns();

  /** `from` and `share` place this job's progress 0 to 1 in the whole read's. */
  constructor(file: string, options: ReadOptions, warnings: string[], from = 0, share = 1) {
    this.file = file;
    this.options = options;
    this.warnings = warnings;
    this.from = from;
    this.share = share;
  }

  /** A part of this job, which may read another file; `from` and `share` place it in this one. */
  part(file: string, from = 0, share = 1): DecodeJob {
    const start = this.from + this.share * from;
    return new DecodeJob(file, this.options, this.warnings, start, this.share * share);
  }

  assertActive(): void {
    if (this.options.signal?.aborted) throw cancelled();
  }

  progress(fraction: number): void {
    this.options.progress?.(this.from + this.share * Math.min(Math.max(fraction, 0), 1));
  }

  /** Lets the event loop turn after 25 ms of work, so that an abort can arrive. */
  async breathe(): Promise<void> {
    await this.turn();
    this.assertActive();
  }

  truncated(have: number, need: number, what = 'bytes'): UserError {
    return new UserError(
      'file/truncated',
      `${this.file} is cut short: its header asks for ${need} ${what} of voxels and ${have} are there; get a complete copy.`,
      { file: this.file, have, need },
    );
  }

  damaged(problem: string, cause?: unknown): UserError {
    return new UserError(
      'file/malformed',
      `${this.file} is damaged: ${problem}; get a fresh copy.`,
      { file: this.file },
      cause,
    );
  }
}

/** A zero-filled array, or the sentence that says the memory does not suffice. */
export function allocateBytes(count: number, file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(count);
  } catch (cause) {
    throw new UserError(
      'memory/over-budget',
      `${file} needs ${(count / 1e9).toFixed(2)} GB of memory for its voxels, more than can be had; crop or scale it first.`,
      { file, bytes: count },
      cause,
    );
  }
}
