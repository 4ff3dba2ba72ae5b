/** The outcome of a verification as a document: JSON for programs, one HTML page for people. */
import { escapeMarkup } from '../figures/svg.ts';
import { compactSessionText, type Session } from '../session/session.ts';
import { digestText } from '../volume/digest.ts';
import {
  type DatasetCheck,
  GPU_TOLERANCE,
  type StepCheck,
  TOLERANCE,
  type Verdict,
  worstOf,
} from './verify.ts';
import { VERSION } from './version.ts';

const VERIFICATION_FORMAT = 'tauscope-verification';
const VERIFICATION_VERSION = 1;

export interface Verification {
  readonly format: typeof VERIFICATION_FORMAT;
  readonly version: typeof VERIFICATION_VERSION;
  /** Of the program that checked. */
  readonly software: { readonly version: string; readonly kernelsSha256: string };
  readonly session: {
    readonly title: string;
    /** Of the whole document without white space. */
    readonly sha256: string;
    readonly software: Session['software'];
  };
  /** Largest relative differences that pass as `close`. */
  readonly tolerance: { readonly cpu: number; readonly gpu: number };
  readonly verdict: Verdict;
  readonly datasets: readonly DatasetCheck[];
}

export function verificationOf(
  session: Session,
  datasets: readonly DatasetCheck[],
  kernelsSha256: string,
): Verification {
  return {
    format: VERIFICATION_FORMAT,
    version: VERIFICATION_VERSION,
    software: { version: VERSION, kernelsSha256 },
    session: {
      title: session.title,
      sha256: digestText(compactSessionText(session)),
      software: session.software,
    },
    tolerance: { cpu: TOLERANCE, gpu: GPU_TOLERANCE },
    verdict: worstOf(datasets.map(({ verdict }) => verdict)),
    datasets,
  };
}

/** The verdict in words, for one line. */
export function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case 'equal':
      return 'equal to the last bit';
    case 'close':
      return 'equal within the tolerance';
    case 'differs':
      return 'differs';
  }
}

export function verificationText(verification: Verification): string {
  return `${JSON.stringify(verification, null, 2)}\n`;
}

const STYLE = `
@page { size: A4; margin: 15mm; }
body { margin: 0 auto; max-width: 180mm; color: #000; background: #fff; font: 9pt/1.4 Helvetica, Arial, 'Liberation Sans', sans-serif; }
@media screen { body { padding: 10mm 0; } }
h1 { font-size: 14pt; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 11pt; margin: 5mm 0 1mm; break-after: avoid; overflow-wrap: anywhere; }
p { margin: 1mm 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 8pt; }
th, td { text-align: left; padding: 0.5mm 2mm 0.5mm 0; vertical-align: top; border-bottom: 0.4pt solid #999; overflow-wrap: anywhere; }
code { font: 7.5pt 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.differs { font-weight: bold; }
`;

function stepRows(step: StepCheck): string {
  const row = (what: string, claimed: string, found: string, verdict: Verdict): string =>
    `<tr${verdict === 'differs' ? ' class="differs"' : ''}><td>${escapeMarkup(what)}</td><td>${escapeMarkup(claimed)}</td><td>${escapeMarkup(found)}</td><td>${verdictText(verdict)}</td></tr>`;
  return [
    ...(step.settings === null
      ? []
      : [row('Operation, version and parameters', '', '', step.settings)]),
    ...(step.voxels === null ? [] : [row('Voxels', '', '', step.voxels)]),
    ...step.problems.map((problem) => row(problem, '', '', 'differs')),
    ...step.numbers.map(({ table, row: index, column, claimed, found, verdict }) =>
      row(
        `${table}, row ${index + 1}, ${column}`,
        String(claimed ?? '–'),
        String(found ?? '–'),
        verdict,
      ),
    ),
  ].join('');
}

function datasetMarkup({ name, data, steps, verdict, firstDifference }: DatasetCheck): string {
  const files = data.files
    .map(({ path, verdict: own }) => `${path}: ${own === 'equal' ? 'as claimed' : own}`)
    .join('; ');
  return [
    `<h2>${escapeMarkup(name)}: ${verdictText(verdict)}</h2>`,
    firstDifference === null ? '' : `<p class="differs">${escapeMarkup(firstDifference)}</p>`,
    `<p>Files: ${escapeMarkup(files)}. Voxels: ${verdictText(data.voxels)}.</p>`,
    '<table><thead><tr><th>What</th><th>Claimed</th><th>Found</th><th>Verdict</th></tr></thead>',
    ...steps.map(
      (step) =>
        `<tbody><tr><th colspan="4">${escapeMarkup(`Step ${step.step}: ${step.title}`)}</th></tr>${stepRows(step)}</tbody>`,
    ),
    '</table>',
  ].join('');
}

/** @param date of the day, as it is to stand on the page */
export function verificationHtml(verification: Verification, date: string): string {
  const { session, software, verdict, datasets, tolerance } = verification;
  const title = session.title === '' ? 'Session without a title' : session.title;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeMarkup(`Verification: ${title}`)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<h1>Verification: ${escapeMarkup(title)}</h1>`,
    `<p>${escapeMarkup(date)}. All claims taken together: <b>${verdictText(verdict)}</b>.</p>`,
    `<p>Claimed with Tauscope ${escapeMarkup(session.software.version)}, kernels <code>${escapeMarkup(session.software.kernelsSha256)}</code>; run again with Tauscope ${escapeMarkup(software.version)}, kernels <code>${escapeMarkup(software.kernelsSha256)}</code>. A number passes as close up to a relative difference of ${tolerance.cpu} (${tolerance.gpu} where a GPU computed the claim).</p>`,
    `<p>SHA-256 of the session: <code>${escapeMarkup(session.sha256)}</code></p>`,
    ...datasets.map(datasetMarkup),
    '</body></html>',
    '',
  ].join('\n');
}
