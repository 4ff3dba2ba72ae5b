/**
 * A process that reads mutants, one after the other, as its parent asks. A process and not a thread:
 * some failures of a JavaScript engine end the whole process.
 */
import type { FormatId } from '../../src/io/registry.ts';
import { basesOf, type FuzzBase } from './bases.ts';
import type { Report, Task } from './campaign.ts';
import { checkMutant } from './check.ts';
import { mutantName, mutantOf } from './mutate.ts';

/** itk-wasm takes some 15 ms a file in Node: fewer of its mutants are read twice. */
const TWICE_EVERY: Partial<Record<FormatId, number>> = { mrc: 20, vtk: 20 };

const known = new Map<FormatId, readonly FuzzBase[]>();

async function run(task: Task, tell: (report: Report) => void): Promise<void> {
  const bases = known.get(task.format) ?? (await basesOf(task.format));
  known.set(task.format, bases);
  for (let index = task.start; index < task.end; index++) {
    const mutant = mutantOf(bases, mutantName(task.format, task.seed, index), index);
    tell({ kind: 'start', index });
    const checked = await checkMutant(mutant, index % (TWICE_EVERY[task.format] ?? 1) === 0);
    tell({ kind: 'checked', index, base: mutant.base.name, ...checked });
    if (checked.spent) return;
  }
  tell({ kind: 'done' });
}

process.on('message', (task: Task) => {
  void run(task, (report) => process.send?.(report));
});
