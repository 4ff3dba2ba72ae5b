/** What a run was measured on. */
import { availableParallelism, cpus, loadavg, release, type } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly system: string;
  /** Mean number of programs that wanted a core in the minute before. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    node: process.versions.node,
    system: `${type()} ${release()}`,
    load: loadavg()[0] ?? 0,
  };
}

export function machineLine({ processor, cores, system, node, load }: Machine): string {
  return `- Machine: ${processor}, ${cores} cores, ${system}, Node ${node}; load ${load.toFixed(1)} at the start.`;
}
