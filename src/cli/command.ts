/** What a subcommand is, and what it gets to work with. */
import type { Engine } from '../engine/engine.ts';
import type { Style } from './terminal.ts';

export interface Surroundings {
  readonly signal: AbortSignal;
  /** How tables and text on stdout are laid out. */
  readonly style: Style;
  /** Results go here; nothing else does. */
  readonly print: (text: string) => void;
  /** What a person should know, one line on stderr. */
  readonly remark: (text: string) => void;
  readonly progress: (text: string, fraction: number) => void;
  readonly createEngine: () => Promise<Engine>;
}

export interface Command {
  /** The whole help text. `topic` is the operation or phantom that was named before --help. */
  help(topic: string | null, width: number): Promise<string>;
  run(args: readonly string[], surroundings: Surroundings): Promise<void>;
}
