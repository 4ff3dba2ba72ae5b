/** From what contests measured to the page `docs/benchmarks.md`. */
import { markdownTable } from '../scripts/operation-page.ts';
import type { Claim, ContestResult, Standing } from './contest.ts';
import type { KernelMeasurement } from './kernels.ts';
import { type Machine, machineLine } from './machine.ts';
import { PEER_PACKAGES } from './peers.ts';

export interface ReportRow {
  readonly title: string;
  readonly volume: string;
  readonly own: string;
  readonly against: string;
  readonly clock: string;
  /** '' where nothing is promised. */
  readonly target: string;
  /** '' where nothing could be measured. */
  readonly reached: string;
  /** null where there is no target, or nothing to hold against it. */
  readonly met: boolean | null;
  readonly agreement: string;
  readonly nanoseconds: string;
  readonly bytes: string;
  /** Why a target is missed, or why there is no figure. */
  readonly reason: string | null;
}

export interface Report {
  readonly command: string;
  readonly date: string;
  readonly machine: Machine;
  /** Programs that were found to measure against, with versions. */
  readonly peers: readonly string[];
  readonly results: readonly ContestResult[];
  readonly kernels: readonly KernelMeasurement[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median seconds per voxel. */
function secondsPerVoxel(standing: Standing & { kind: 'measured' }, clock: Claim['clock']): number {
  return median(standing[clock]) / standing.voxels;
}

/** The figure of a claim, or why there is none. */
function figureOf(claim: Claim, own: Standing, against: Standing): number | string {
  if (own.kind === 'missing') return own.reason;
  if (against.kind === 'missing') return against.reason;
  const mine = secondsPerVoxel(own, claim.clock);
  const other = secondsPerVoxel(against, claim.clock);
  return claim.figure === 'speed-up' ? other / mine : mine / other;
}

function shownRatio(figure: number): string {
  return `${figure < 9.95 ? figure.toFixed(2) : figure.toFixed(1)}×`;
}

function shownNumber(value: number): string {
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A figure of both standings, the own one first. */
function shownPair(
  own: Standing,
  against: Standing,
  figure: (standing: Standing & { kind: 'measured' }) => number,
): string {
  const shown = (standing: Standing): string =>
    standing.kind === 'measured' ? shownNumber(figure(standing)) : '–';
  return `${shown(own)} / ${shown(against)}`;
}

function isMet(claim: Claim, figure: number): boolean | null {
  if (claim.target === null) return null;
  return claim.figure === 'speed-up' ? figure >= claim.target : figure <= claim.target;
}

export function rowOf({ contest, edge, standings }: ContestResult, claim: Claim): ReportRow {
  const own = standings[claim.own] as Standing;
  const against = standings[claim.against] as Standing;
  const figure = figureOf(claim, own, against);
  const hasFailed = own.kind === 'missing' && own.failed && claim.target !== null;
  const met = typeof figure === 'number' ? isMet(claim, figure) : hasFailed ? false : null;
  const sign = claim.figure === 'speed-up' ? '≥' : '≤';
  const titleOf = (name: string): string => contest.contestants[name]?.title ?? name;
  return {
    title: contest.title,
    volume: edge === null ? contest.source.title : `${contest.source.title}, ${edge}³`,
    own: titleOf(claim.own),
    against: titleOf(claim.against),
    clock: claim.clock === 'cpu' ? 'processor' : 'wall',
    target: claim.target === null ? '' : `${sign} ${claim.target}×`,
    reached:
      typeof figure === 'string'
        ? ''
        : `${shownRatio(figure)}${claim.figure === 'time' ? ' its time' : ''}`,
    met,
    agreement: (against.kind === 'measured' ? against.agreement?.text : undefined) ?? '',
    nanoseconds: shownPair(own, against, (each) => 1e9 * secondsPerVoxel(each, claim.clock)),
    bytes: shownPair(own, against, ({ bytes, voxels }) => bytes / voxels),
    reason: typeof figure === 'string' ? figure : met === false ? (claim.missed ?? null) : null,
  };
}

export function rowsOf(results: readonly ContestResult[]): readonly ReportRow[] {
  return results.flatMap((result) => result.contest.claims.map((claim) => rowOf(result, claim)));
}

/** Contestants whose result is not the own one. */
export function disagreements(results: readonly ContestResult[]): readonly string[] {
  return results.flatMap(({ contest, standings }) =>
    Object.entries(standings).flatMap(([name, standing]) =>
      standing.kind === 'measured' && standing.agreement?.agrees === false
        ? [`${contest.title}, ${contest.contestants[name]?.title}: ${standing.agreement.text}`]
        : [],
    ),
  );
}

function metText(met: boolean | null): string {
  return met === null ? '' : met ? 'yes' : '**no**';
}

const HEAD = [
  'what',
  'volume',
  'with',
  'against',
  'clock',
  'reached',
  'results',
  'ns/voxel',
  'B/voxel',
];

function targetTable(rows: readonly ReportRow[]): string {
  const clockAt = HEAD.indexOf('clock') + 1;
  return markdownTable(
    [...HEAD.slice(0, clockAt), 'target', 'reached', 'met', ...HEAD.slice(clockAt + 1)],
    rows.map((row) => [
      row.title,
      row.volume,
      row.own,
      row.against,
      row.clock,
      row.target,
      row.reached || '–',
      metText(row.met),
      row.agreement,
      row.nanoseconds,
      row.bytes,
    ]),
  );
}

function plainTable(rows: readonly ReportRow[]): string {
  return markdownTable(
    HEAD,
    rows.map((row) => [
      row.title,
      row.volume,
      row.own,
      row.against,
      row.clock,
      row.reached || '–',
      row.agreement,
      row.nanoseconds,
      row.bytes,
    ]),
  );
}

function reasons(rows: readonly ReportRow[]): readonly string[] {
  return rows.flatMap((row) =>
    row.reason === null
      ? []
      : [
          `- ${row.title} (${row.volume}) with ${row.own} against ${row.against}: ${
            row.reached === '' ? 'not measured' : `${row.reached}, target ${row.target}`
          }: ${row.reason}`,
        ],
  );
}

/** What stands behind the names of the others, each once. */
function notesOf(results: readonly ContestResult[]): string {
  const titles = new Map<string, string>();
  for (const { contest } of results) {
    for (const each of Object.values(contest.contestants)) {
      const note = 'note' in each ? each.note : undefined;
      if (note !== undefined && !titles.has(note)) titles.set(note, each.title);
    }
  }
  return [...titles].map(([note, title]) => `- ${title}: ${note}`).join('\n');
}

function kernelTable(kernels: readonly KernelMeasurement[]): string {
  return markdownTable(
    ['operation', 'reference ms', 'kernel ms', 'ratio', 'ns/voxel', 'threads', 'bits'],
    kernels.map((each) => [
      `\`${each.operation}\``,
      each.referenceMs.toFixed(0),
      each.kernelMs.toFixed(1),
      shownRatio(each.ratio),
      each.nanosecondsPerVoxel.toFixed(1),
      shownRatio(each.threadSpeedUp),
      each.sameBits ? 'same' : '**different**',
    ]),
  );
}

function section(title: string, ...parts: readonly string[]): readonly string[] {
  return parts.every((part) => part === '') ? [] : [`## ${title}`, ...parts];
}

/** The whole page. */
export function reportPage({ command, date, machine, peers, results, kernels }: Report): string {
  const rows = rowsOf(results);
  const promised = rows.filter(({ target }) => target !== '');
  const others = rows.filter(({ target }) => target === '');
  const held = promised.filter(({ met }) => met !== null);
  const blocks = [
    '# Benchmarks',
    `Written by \`${command}\` on ${date}; not edited by hand.`,
    [
      machineLine(machine),
      `- Measured against: ${peers.length === 0 ? 'nothing, peers were left out' : peers.join(', ')}.`,
      `- What is measured against comes from Debian: \`apt-get install ${PEER_PACKAGES.join(' ')}\`. What is not installed is reported as not measured.`,
    ].join('\n'),
    machine.load > machine.cores / 2
      ? 'The machine was busy with other programs: ratios of wall times cannot be relied on here, those of processor times to some ten per cent.'
      : '',
    [
      'Times are no promise, ratios are: both sides run in turn on the same volume in the same run, and',
      'the ratio is that of the medians. One thread is measured in processor time, several in wall time.',
      'Each own task runs once before, since the engine compiles a kernel in two steps. Peers are processes',
      'of their own; reading files and importing is not counted. “Results” is how far the other result is',
      'from ours. In “ns/voxel” and “B/voxel” ours comes first; memory is beyond the input: our arena and',
      'output, the growth of the other process’s resident memory.',
    ].join('\n'),
    ...section(
      'Targets',
      promised.length === 0 ? '' : targetTable(promised),
      held.length === 0
        ? ''
        : `${held.filter(({ met }) => met === true).length} of ${held.length} targets are met.`,
      reasons(promised).join('\n'),
    ),
    ...section(
      'Measured besides',
      others.length === 0 ? '' : plainTable(others),
      reasons(others).join('\n'),
    ),
    ...section('About the others', notesOf(results)),
    ...section(
      'Kernels against their scalar references',
      kernels.length === 0
        ? ''
        : 'Processor time of the scalar TypeScript reference over that of the WebAssembly kernel on one thread, on the seeded cathode phantom at default parameters; and wall time of the kernel on one thread over that on all. Both must give the same bits.',
      kernels.length === 0 ? '' : kernelTable(kernels),
    ),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
