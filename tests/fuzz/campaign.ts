/** Runs the mutants of a format in a process of their own, and survives what they do to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FormatId } from '../../src/io/registry.ts';
import { mutantName } from './mutate.ts';

export interface Task {
  readonly format: FormatId;
  readonly seed: number;
  /** Mutants [start, end). */
  readonly start: number;
  readonly end: number;
}

/** What the parent is told, in order: each mutant as it starts, then what came of it. */
export type Report =
  | { readonly kind: 'start'; readonly index: number }
  | {
      readonly kind: 'checked';
      readonly index: number;
      readonly base: string;
      readonly outcome: string;
      readonly problem: string | null;
      readonly spent: boolean;
    }
  | { readonly kind: 'done' };

export interface Finding {
  /** `format:seed:index`, which `npm run fuzz -- --only` reads again. */
  readonly mutant: string;
  readonly base: string;
  readonly problem: string;
}

export interface Campaign {
  readonly format: FormatId;
  readonly count: number;
  /** Mutants by outcome: "volume" or the code of the refusal. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** Processor time a mutant may take; waiting for the processor does not count. */
const HANG_MS = 2000;
/** Nothing is computed and nothing comes back. */
const STUCK_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** A JavaScript heap beyond this is a finding: the process ends. */
const HEAP_MB = 256;

export class FuzzReaders {
  #child: ChildProcess | null = null;

  /** Runs mutants [start, end) of a format. */
  async run(task: Task): Promise<Campaign> {
    const outcomes = new Map<string, number>();
    const findings: Finding[] = [];
    let next = task.start;
    while (next < task.end) {
      const stopped = await this.#runUntilDeath({ ...task, start: next }, (report) => {
        outcomes.set(report.outcome, (outcomes.get(report.outcome) ?? 0) + 1);
        if (report.problem !== null) {
          findings.push({
            mutant: mutantName(task.format, task.seed, report.index),
            base: report.base,
            problem: report.problem,
          });
        }
      });
      if (stopped === null) break;
      next = stopped.index + 1;
      if (stopped.problem === null) continue;
      findings.push({
        mutant: mutantName(task.format, task.seed, stopped.index),
        base: '',
        problem: stopped.problem,
      });
      outcomes.set('other', (outcomes.get('other') ?? 0) + 1);
    }
    return {
      format: task.format,
      count: task.end - task.start,
      outcomes: Object.fromEntries(
        [...outcomes].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b)),
      ),
      findings,
    };
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #start(): ChildProcess {
    const path = fileURLToPath(new URL('reader-process.ts', import.meta.url));
    return fork(path, {
      execArgv: ['--import', 'tsx', `--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  }

  /** null when the task is done, else the mutant that ended the process; no problem if by design. */
  #runUntilDeath(
    task: Task,
    onChecked: (report: Extract<Report, { kind: 'checked' }>) => void,
  ): Promise<{ readonly index: number; readonly problem: string | null } | null> {
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise((resolve) => {
      let index = task.start;
      let startedAt = performance.now();
      // Making the base files does not count.
      let usedBefore = Number.POSITIVE_INFINITY;
      let problem: string | null = null;
      let errors = '';
      const watch = setInterval(() => {
        const used = processorMs(child) - usedBefore;
        if (used < HANG_MS && performance.now() - startedAt < STUCK_MS) return;
        problem = `no answer after ${(used / 1000).toFixed(1)} s of processor time`;
        child.kill('SIGKILL');
      }, LOOK_EVERY_MS);
      const onError = (piece: Buffer): void => {
        errors = (errors + piece.toString()).slice(-2000);
      };
      const onMessage = (report: Report): void => {
        if (report.kind === 'done') settle(null);
        else if (report.kind === 'checked') {
          onChecked(report);
          if (!report.spent) return;
          settle({ index: report.index, problem: null });
          this.close();
        } else {
          index = report.index;
          startedAt = performance.now();
          usedBefore = processorMs(child);
        }
      };
      const onExit = (code: number | null, signal: string | null): void => {
        this.#child = null;
        const ended = `the process ended (${signal ?? code}): ${errors.slice(-600)}`;
        settle({ index, problem: problem ?? ended });
      };
      const settle = (result: { index: number; problem: string | null } | null): void => {
        clearInterval(watch);
        child.off('message', onMessage);
        child.off('exit', onExit);
        child.stderr?.off('data', onError);
        resolve(result);
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.stderr?.on('data', onError);
      child.send(task);
    });
  }
}

/** Processor time of a process in milliseconds; 0 where the system does not say. */
function processorMs({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // utime and stime, in hundredths of a second.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
