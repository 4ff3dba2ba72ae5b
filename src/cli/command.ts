/** What a subcommand is, and what it gets to work with. */
import type { Engine } from '../engine/engine.ts';

export interface Surroundings {
  readonly signal: AbortSignal;
  /** Results go here; nothing else does. */
  readonly print: (text: string) => void;
  /** Progress and remarks, on stderr. */
  readonly remark: (text: string) => void;
  readonly progress: (text: string, fraction: number) => void;
  readonly createEngine: () => Engine;
}

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** The whole help text of the command. */
  help(): Promise<string>;
  run(args: readonly string[], surroundings: Surroundings): Promise<void>;
}
