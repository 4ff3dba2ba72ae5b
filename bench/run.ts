/**
 * `npm run bench`: speed as ratios measured side by side in one run, against other programs, C, one
 * thread and the scalar references, held against declared targets. A whole run writes
 * `docs/benchmarks.md` and, by `bench/formats.ts`, `docs/benchmarks-formats.md`; a partial one writes
 * `.cache/benchmarks.md` and leaves those pages alone.
 *
 *   --only a,b      contests and operations with these ids
 *   --size n        another edge for every generated volume
 *   --repeats n     another number of turns
 *   --quick         48³ and one turn: whether everything runs
 *   --skip-peers    no other programs
 *   --page path     writes the page there
 *
 * Exit code 1 where results differ that must not, 2 for wrong usage.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { host } from '../src/host/node.ts';
import { OPERATION_IDS } from '../src/operations/registry.ts';
import { type ContestResult, runContest } from './contest.ts';
import { benchFormats } from './formats.ts';
import { type KernelMeasurement, measureKernels } from './kernels.ts';
import { machine } from './machine.ts';
import { findPeers, NO_PEERS } from './peers.ts';
import { disagreements, reportPage, rowsOf } from './report.ts';
import { CONTESTS } from './rows.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = `${root}docs/benchmarks.md`;
const PARTIAL_PAGE = `${root}.cache/benchmarks.md`;
const QUICK_EDGE = 48;
/** Scalar references take a hundred times as long as kernels. */
const KERNEL_EDGE = 48;
const KERNEL_REPEATS = 3;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    size: { type: 'string' },
    repeats: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'skip-peers': { type: 'boolean', default: false },
    page: { type: 'string' },
  },
});

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

function wholeNumber(name: 'size' | 'repeats'): number | null {
  const text = options[name];
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) refuse(`--${name} takes a whole number from 1.`);
  return value;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const edge = wholeNumber('size') ?? (options.quick ? QUICK_EDGE : null);
const rounds = wholeNumber('repeats') ?? (options.quick ? 1 : null);
const only = options.only?.split(',') ?? null;
const unknown = only?.filter(
  (id) =>
    !CONTESTS.some((contest) => contest.id === id) && !OPERATION_IDS.some((one) => one === id),
);
if (unknown !== undefined && unknown.length > 0) {
  refuse(
    `There is nothing named ${unknown.join(', ')}; there are ${[...CONTESTS.map(({ id }) => id), ...OPERATION_IDS].join(', ')}.`,
  );
}
const isWanted = (id: string): boolean => only === null || only.includes(id);
const isWhole = process.argv.length === 2;

const here = machine();
const peers = options['skip-peers'] ? NO_PEERS : await findPeers();
const contests = CONTESTS.filter(({ id }) => isWanted(id));
const results: ContestResult[] = [];
for (const [index, contest] of contests.entries()) {
  say(`[${index + 1}/${contests.length}] ${contest.id}: ${contest.title}`);
  const result = await runContest(contest, { edge, rounds, peers, report: say });
  results.push(result);
  for (const { against, reached, target, met, agreement } of rowsOf([result])) {
    const verdict = target === '' ? '' : ` (${target}${met === false ? ', missed' : ''})`;
    say(`  → ${reached || 'no figure'} ${against}${verdict} ${agreement}`);
  }
}
peers.dispose();
const command = ['npm run bench', ...process.argv.slice(2)]
  .join(' ')
  .replace('bench ', 'bench -- ');
const path = options.page ?? (isWhole ? PAGE : PARTIAL_PAGE);

function writePage(kernels: readonly KernelMeasurement[]): string {
  const date = new Date().toISOString().slice(0, 10);
  const found = peers.versions;
  const page = reportPage({ command, date, machine: here, peers: found, results, kernels });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, page);
  return page;
}

// What was measured is kept whatever happens to the rest.
writePage([]);
say('kernels against their scalar references');
const kernels = await measureKernels(
  {
    edge: Math.min(edge ?? KERNEL_EDGE, KERNEL_EDGE),
    repeats: rounds ?? KERNEL_REPEATS,
    threads: Math.max(2, host.threadCount()),
  },
  isWanted,
  say,
);

console.log(writePage(kernels));
say(`wrote ${relative(process.cwd(), path)}`);
if (isWhole) {
  say('reading of files');
  await benchFormats(command, say);
}
const differing = disagreements(results);
for (const each of differing) say(`results differ: ${each}`);
process.exitCode = differing.length === 0 && kernels.every(({ sameBits }) => sameBits) ? 0 : 1;
