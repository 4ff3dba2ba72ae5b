/**
 * How fast files are read, beside other readers: megabytes of voxels in a second of user processor
 * time, one volume of 64 MiB in every layout. Readers are processes of their own that take turns.
 * `npm run bench` includes it; `npx tsx bench/formats.ts` runs it alone and writes
 * `docs/benchmarks-formats.md`.
 *
 *   --only a,b        layouts with these ids
 *   --megabytes n     another size of the volume
 *   --repeats n       another number of turns
 *
 * Anything but a whole run writes `.cache/benchmarks-formats.md`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownTable } from '../scripts/operation-page.ts';
import { type Volume, voxelBytes } from '../src/volume/volume.ts';
import { LAYOUTS, type Layout, layoutFile, noisyPhases, type SampleType } from './format-files.ts';
import { type ReaderAnswer, type ReaderId, READERS, type ReaderTask } from './format-reader.ts';
import { machine, machineLine } from './machine.ts';
import { median } from './report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGE = resolve(root, 'docs/benchmarks-formats.md');
const PARTIAL_PAGE = resolve(root, '.cache/benchmarks-formats.md');
/** A reader that has not finished by then is taken for one that never does. */
const PATIENCE_MS = 120_000;

const READERS_OF: Readonly<Partial<Record<Layout['format'], readonly ReaderId[]>>> = {
  tiff: ['geotiff', 'utif2', 'image-io'],
  nrrd: ['image-io'],
  'meta-image': ['image-io'],
  nifti: ['image-io'],
};

interface Amount {
  readonly megabytes: number;
  readonly repeats: number;
}

const WHOLE: Amount = { megabytes: 64, repeats: 5 };

interface Standing {
  /** Megabytes a second of each turn; null where a result is wrong or missing. */
  readonly speeds: readonly number[] | null;
  readonly problem: string;
}

interface LayoutResult {
  readonly layout: Layout;
  readonly standings: ReadonlyMap<ReaderId, Standing>;
}

class ReaderProcess {
  readonly #child: ChildProcess;
  #problem: string | null = null;

  constructor(task: ReaderTask) {
    const script = fileURLToPath(new URL('format-reader.ts', import.meta.url));
    this.#child = fork(script, [JSON.stringify(task)], {
      execArgv: [...process.execArgv, '--expose-gc'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  async start(): Promise<void> {
    await this.#next();
  }

  async turn(): Promise<ReaderAnswer> {
    const answer = this.#next();
    if (this.#problem === null) this.#child.send('read');
    const got = await answer;
    return typeof got === 'object' && got !== null
      ? (got as ReaderAnswer)
      : { seconds: 0, digest: '', problem: this.#problem ?? 'it gives no answer' };
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #next(): Promise<unknown> {
    if (this.#problem !== null) return Promise.resolve(null);
    return new Promise((settle) => {
      const finish = (answer: unknown, problem: string | null): void => {
        clearTimeout(timer);
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        this.#problem = problem;
        settle(answer);
      };
      const onMessage = (message: unknown): void => finish(message, null);
      const onExit = (): void => finish(null, 'its process ends');
      const timer = setTimeout(
        () => finish(null, `it does not finish in ${PATIENCE_MS / 1000} s`),
        PATIENCE_MS,
      );
      this.#child.on('message', onMessage);
      this.#child.on('exit', onExit);
    });
  }
}

async function measureLayout(
  layout: Layout,
  path: string,
  digest: string,
  bytes: number,
  repeats: number,
): Promise<LayoutResult> {
  const ids: readonly ReaderId[] = ['tauscope', ...(READERS_OF[layout.format] ?? [])];
  const processes = new Map(
    ids.map((reader) => [reader, new ReaderProcess({ reader, format: layout.format, path })]),
  );
  const standings = new Map<ReaderId, { speeds: number[] | null; problem: string }>();
  // A turn that does not count, to compile and to compare.
  for (const [reader, child] of processes) {
    await child.start();
    const answer = await child.turn();
    const problem = answer.problem ?? (answer.digest === digest ? '' : 'other voxels');
    standings.set(reader, { speeds: problem === '' ? [] : null, problem });
  }
  for (let turn = 0; turn < repeats; turn++) {
    for (const [reader, child] of processes) {
      const speeds = standings.get(reader)?.speeds ?? null;
      if (speeds !== null) speeds.push(bytes / 1e6 / (await child.turn()).seconds);
    }
  }
  for (const child of processes.values()) child.end();
  return { layout, standings };
}

async function measureFormats(
  layouts: readonly Layout[],
  { megabytes, repeats }: Amount,
  report: (line: string) => void,
): Promise<readonly LayoutResult[]> {
  const volumes = new Map<SampleType, Volume>();
  const volumeOf = (type: SampleType): Volume => {
    const found = volumes.get(type) ?? noisyPhases(type, megabytes);
    volumes.set(type, found);
    return found;
  };
  const results: LayoutResult[] = [];
  for (const layout of layouts) {
    const { data } = volumeOf(layout.type);
    const digest = createHash('sha256').update(voxelBytes(data)).digest('hex');
    const folder = resolve(root, `.cache/format-files-${megabytes}`);
    let result: LayoutResult;
    try {
      const path = await layoutFile(layout, () => volumeOf(layout.type), folder);
      result = await measureLayout(layout, path, digest, data.byteLength, repeats);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      result = { layout, standings: new Map([['tauscope', { speeds: null, problem }]]) };
    }
    results.push(result);
    const figures = (Object.keys(READERS) as ReaderId[]).map(
      (reader) => `${reader} ${cellOf(result, reader)}`,
    );
    report(`  ${layout.id}: ${figures.join(', ')}`);
  }
  return results;
}

function speedOf({ standings }: LayoutResult, reader: ReaderId): number | null {
  const speeds = standings.get(reader)?.speeds ?? null;
  return speeds === null ? null : median(speeds);
}

function cellOf(result: LayoutResult, reader: ReaderId): string {
  const standing = result.standings.get(reader);
  if (standing === undefined) return '–';
  return speedOf(result, reader)?.toFixed(0) ?? standing.problem;
}

interface Verdict {
  readonly ratio: string;
  readonly met: boolean | null;
}

/** The target itself, or twice the best of the others. */
function verdictOf(result: LayoutResult): Verdict {
  const own = speedOf(result, 'tauscope');
  const others = [...result.standings.keys()]
    .filter((reader) => reader !== 'tauscope')
    .flatMap((reader) => speedOf(result, reader) ?? []);
  if (own === null) return { ratio: '–', met: null };
  const ratio = others.length === 0 ? null : own / Math.max(...others);
  return {
    ratio: ratio === null ? '–' : `${ratio.toFixed(1)}×`,
    met: own >= result.layout.target || (ratio !== null && ratio >= 2),
  };
}

/** The whole page. */
function formatsPage(
  results: readonly LayoutResult[],
  command: string,
  { megabytes, repeats }: Amount,
): string {
  const ids = Object.keys(READERS) as ReaderId[];
  const verdicts = results.map(verdictOf);
  const held = verdicts.filter(({ met }) => met !== null);
  return `${[
    '# Speed of reading',
    `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.`,
    machineLine(machine()),
    [
      'Megabytes (10⁶ bytes) of voxels in a second of user processor time of all threads, median of',
      `${repeats} turns taken in rotation; each reader is a process of its own and has read the file before.`,
      `The volume is ${megabytes} MiB of three phases with normal noise (standard deviation 2000 of 65 536 grey`,
      'levels) in slices of 512 × 512. TIFF files are written by libtiff’s `tiffcp`, in strips of 8 KiB',
      '(`apt-get install libtiff-tools`). The voxels of every reader are compared with those that were',
      'written: a reader that gives others, or an error, has no figure. A target is met at its number or',
      'at twice the best of the others.',
    ].join('\n'),
    markdownTable(
      ['file', ...ids.map((id) => READERS[id]), 'to the best other', 'target', 'met'],
      results.map((result, i) => [
        result.layout.title,
        ...ids.map((id) => cellOf(result, id)),
        verdicts[i]?.ratio ?? '',
        `≥ ${result.layout.target}`,
        verdicts[i]?.met === true ? 'yes' : verdicts[i]?.met === false ? '**no**' : '',
      ]),
    ),
    `${held.filter(({ met }) => met).length} of ${held.length} targets are met.`,
  ].join('\n\n')}\n`;
}

/** Measures everything and writes the page. */
export async function benchFormats(command: string, report: (line: string) => void): Promise<void> {
  writeFileSync(PAGE, formatsPage(await measureFormats(LAYOUTS, WHOLE, report), command, WHOLE));
  report(`wrote ${relative(process.cwd(), PAGE)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      megabytes: { type: 'string' },
      repeats: { type: 'string' },
    },
  });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const command = ['npx tsx bench/formats.ts', ...process.argv.slice(2)].join(' ');
  if (process.argv.length === 2) return benchFormats(command, say);
  const only = values.only?.split(',');
  const amount = {
    megabytes: Number(values.megabytes ?? WHOLE.megabytes),
    repeats: Number(values.repeats ?? WHOLE.repeats),
  };
  const layouts = LAYOUTS.filter(({ id }) => only?.includes(id) ?? true);
  const results = await measureFormats(layouts, amount, say);
  mkdirSync(dirname(PARTIAL_PAGE), { recursive: true });
  writeFileSync(PARTIAL_PAGE, formatsPage(results, command, amount));
  say(`wrote ${relative(process.cwd(), PARTIAL_PAGE)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
