/**
 * A run on one page: data, figures, numbers, how they were made and how to check them. One HTML text
 * that needs nothing from outside and runs no scripts; the page prints it, the command line writes it.
 */
import { formatParameter } from '../declaration/parameter-text.ts';
import type { PhaseEntry } from '../declaration/parameters.ts';
import type { Cell, Citation, Column, ResultTable } from '../declaration/results.ts';
import { figuresOf, type SeriesColours } from '../figures/plot-figure.ts';
import { printLook } from '../figures/plot-layout.ts';
import { plotSvg } from '../figures/plot-svg.ts';
import { escapeMarkup } from '../figures/svg.ts';
import { type Recipe, recipeDigest } from '../recipe/recipe.ts';
import type { VoxelSpacing } from '../volume/length.ts';
import type { VolumeDescription } from '../volume/streamed.ts';
import type { Phase } from '../volume/volume.ts';
import type { Identified, LoadedStep } from './engine.ts';
import { describeGpu, GPU_NOTE, restsOnGpu } from './gpu-record.ts';
import { methodsText } from './methods.ts';
import { type Opening, openingFlags, type openingMethods, spacingToState } from './opening.ts';
import type { StepResult } from './results.ts';
import { VERSION } from './version.ts';

/** A picture of the page's own making: it is put into the text as it stands. */
export interface ReportFigure {
  readonly caption: string;
  readonly svg: string;
}

export interface ReportFacts {
  readonly recipe: Recipe;
  readonly steps: readonly LoadedStep[];
  readonly input: Identified<VolumeDescription>;
  /** Of the file, or what it was made as. */
  readonly file: string;
  readonly outcomes: readonly StepResult[];
  /** Where the voxel size came from; '' where that is not known. */
  readonly spacingSource: string;
  /** What the user said of the voxel size has to be said again to have the same numbers. */
  readonly isSpacingStated: boolean;
  /** Of the day, as it is to stand on the page. */
  readonly date: string;
  /** How it was opened, with the steps that this took; absent where the files say it all. */
  readonly opening?: Opening & Awaited<ReturnType<typeof openingMethods>>;
  /** Slices and histogram, where there is a page that has drawn them. */
  readonly figures?: readonly ReportFigure[];
}

/** Longer tables are left to the results file. */
const MOST_ROWS = 12;
/** A plot of one panel, and what each further one adds: three single ones, or one and one of three, in a row. */
const PLOT_MM = { first: 60, more: 30, height: 36 } as const;
const MOST_PLOTS = 6;

const STYLE = `
@page { size: A4; margin: 10mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 190mm; color: #000; background: #fff; font: 6.4pt/1.28 Helvetica, Arial, 'Liberation Sans', sans-serif; }
@media screen { body { padding: 10mm 0; } }
header { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 0.5pt solid #000; margin-bottom: 1mm; }
h1 { font-size: 11pt; margin: 0 0 0.6mm; overflow-wrap: anywhere; }
h2 { font-size: 7.5pt; margin: 1.6mm 0 0.4mm; break-after: avoid; }
p { margin: 0 0 0.8mm; }
ol, ul { margin: 0; padding-left: 4.5mm; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 2.5mm; margin: 0; }
dt { color: #444; }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 0 0 0.6mm; font-size: 6pt; line-height: 1.14; break-inside: avoid; }
.tables { display: flex; flex-wrap: wrap; gap: 0 6mm; align-items: flex-start; }
caption { text-align: left; font-weight: bold; }
th { font-weight: normal; vertical-align: bottom; text-align: left; border-top: 0.7pt solid #000; border-bottom: 0.4pt solid #000; padding: 0.4mm 1.6mm 0.4mm 0; max-width: 17mm; }
td { padding: 0.1mm 1.6mm 0.1mm 0; vertical-align: top; }
tbody tr:last-child td { border-bottom: 0.7pt solid #000; }
.n { text-align: right; }
td.n { white-space: nowrap; }
.figures { display: flex; flex-wrap: wrap; gap: 1mm 3mm; align-items: flex-end; }
figure { margin: 0; break-inside: avoid; }
figcaption { font-size: 5.8pt; color: #333; }
svg { display: block; }
.columns { columns: 2; column-gap: 6mm; }
.columns > section { break-inside: avoid; }
code { font: 5.6pt/1.25 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.warn { border-left: 1.5pt solid #b35c00; padding-left: 1.5mm; }
.note { color: #333; }
.small { font-size: 5.7pt; line-height: 1.22; }
`;

function spacingText(spacing: VoxelSpacing | null): string {
  if (spacing === null) return 'unknown: lengths are in voxels';
  return `${spacing.values.map(String).join(' × ')} ${spacing.unit}`;
}

/** Five significant digits: the results file has all. */
function cellText(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell)) return String(cell);
  const magnitude = Math.abs(cell);
  return magnitude >= 1e6 || magnitude < 1e-3
    ? cell.toExponential(3)
    : String(Number(cell.toPrecision(5)));
}

function headingMarkup({ title, symbol, unit }: Column): string {
  const subscribed = escapeMarkup(symbol).replace(/_([A-Za-z0-9]+)/g, '<sub>$1</sub>');
  const name = symbol === '' ? escapeMarkup(title) : `${escapeMarkup(title)} ${subscribed}`;
  return unit === '' ? name : `${name} (${escapeMarkup(unit)})`;
}

/** Columns that say something: not the label beside its name, and none that is empty throughout. */
function toldColumns({ columns, rows }: ResultTable): readonly Column[] {
  const hasNames = columns.some(({ id }) => id === 'phase');
  return columns.filter(
    ({ id }) => !(id === 'label' && hasNames) && rows.some((row) => (row[id] ?? null) !== null),
  );
}

function tableMarkup(table: ResultTable): string {
  if (table.rows.length === 0) return '';
  if (table.rows.length > MOST_ROWS) {
    return `<p class="note">${escapeMarkup(table.title)}: ${table.rows.length} rows, in the results file.</p>`;
  }
  const columns = toldColumns(table);
  const numeric = (id: string): string =>
    table.rows.some((row) => typeof row[id] === 'number') ? ' class="n"' : '';
  const head = columns
    .map((column) => `<th scope="col"${numeric(column.id)}>${headingMarkup(column)}</th>`)
    .join('');
  const body = table.rows
    .map((row) => {
      const cells = columns.map(
        ({ id }) => `<td${numeric(id)}>${escapeMarkup(cellText(row[id] ?? null))}</td>`,
      );
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('');
  return `<table><caption>${escapeMarkup(table.title)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** As the input and the steps name phases; the last name holds. */
function coloursOf(steps: readonly LoadedStep[], phases: readonly Phase[]): SeriesColours {
  const named = steps.flatMap(({ operation, params }) =>
    Object.entries(operation.parameters).flatMap(([name, { kind }]) =>
      kind === 'phases' ? (params[name] as readonly PhaseEntry[]) : [],
    ),
  );
  return new Map([...phases, ...named].map(({ name, colour }) => [name, colour]));
}

function figureMarkup({ caption, svg }: ReportFigure): string {
  return `<figure>${svg}<figcaption>${escapeMarkup(caption)}</figcaption></figure>`;
}

/** The first plot of each step's tables that has one. */
function plotsOf(
  outcomes: readonly StepResult[],
  titleOf: (outcome: StepResult) => string,
  colours: SeriesColours,
): readonly ReportFigure[] {
  return outcomes
    .flatMap((outcome) => {
      const figure = outcome.tables.flatMap((table) => figuresOf(table, colours))[0]?.figure;
      if (figure === undefined) return [];
      const panels = Math.min(3, figure.panels.length);
      const width = PLOT_MM.first + PLOT_MM.more * (panels - 1);
      return [
        {
          caption: `${figure.title} (${titleOf(outcome)})`,
          svg: plotSvg(figure, { ...printLook(width), height: PLOT_MM.height }),
        },
      ];
    })
    .slice(0, MOST_PLOTS);
}

function quoted(word: string): string {
  return /^[\w./:+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What has the same numbers come out of the command line. */
export function reproducingCommand({
  input,
  file,
  isSpacingStated,
  opening = { raw: null, reduction: null },
}: Pick<ReportFacts, 'input' | 'file' | 'isSpacingStated'> & {
  readonly opening?: Opening;
}): string {
  const { kind } = input.volume;
  const spacing = spacingToState(input.volume, opening);
  const size =
    spacing === null ? '' : `${spacing.values.join('x')}${spacing.unit.replace('µ', 'u')}`;
  return [
    'tauscope run recipe.json',
    quoted(file),
    kind === 'labels' ? '--as-labels' : '--as-grey',
    ...(isSpacingStated && size !== '' ? [`--voxel-size ${size}`] : []),
    ...openingFlags(opening),
    '-o results',
  ].join(' ');
}

function stepMarkup(
  { step, operation, params }: LoadedStep,
  outcome: StepResult | undefined,
): string {
  const values = Object.entries(operation.parameters).map(
    ([name, field]) => `${field.title}: ${formatParameter(field, params[name])}`,
  );
  const notes = outcome?.notes ?? [];
  const gpu = outcome?.gpu ?? null;
  const mark =
    gpu === null ? '' : `<p class="warn">Computed on a GPU: ${escapeMarkup(describeGpu(gpu))}.</p>`;
  return [
    `<li><b>${escapeMarkup(operation.title)}</b> (${escapeMarkup(step.operation)}, version ${operation.version})`,
    values.length === 0 ? '' : ` ${escapeMarkup(values.join('; '))}.`,
    notes.length === 0 ? '' : ` <span class="note">${escapeMarkup(notes.join(' '))}</span>`,
    `${mark}</li>`,
  ].join('');
}

/** The whole reference is a DOI away, and in the BibTeX file. */
function shortCitation({ label, venue, doi }: Citation): string {
  return `${label}, ${doi === undefined ? venue : `doi:${doi}`}.`;
}

/** How each number is defined, and what its tables say beside it. */
function conventionMarkup({ operation }: LoadedStep, outcome: StepResult | undefined): string {
  const notes = [...new Set((outcome?.tables ?? []).flatMap((table) => table.notes))];
  if (operation.equation === '' && notes.length === 0) return '';
  return `<li><b>${escapeMarkup(operation.title)}</b>: ${escapeMarkup(operation.equation)}${notes.length === 0 ? '' : ` <span class="note">${escapeMarkup(notes.join(' '))}</span>`}</li>`;
}

/** The voxel size and what the file did not say of it belong above the numbers. */
function warningsMarkup({ input, outcomes }: ReportFacts): string {
  const warnings = [
    ...(input.volume.spacing === null
      ? ['The voxel size is unknown: all lengths are in voxels.']
      : []),
    ...(outcomes.some(restsOnGpu) ? [GPU_NOTE] : []),
  ];
  return warnings.map((text) => `<p class="warn">${escapeMarkup(text)}</p>`).join('');
}

export function reportHtml(facts: ReportFacts): string {
  const { recipe, steps, input, outcomes, figures = [] } = facts;
  const { volume } = input;
  const outcomeOf = ({ step }: LoadedStep) => outcomes.find(({ stepId }) => stepId === step.id);
  const measured = steps.filter(({ operation }) => operation.family === 'measure');
  const titles = new Map(steps.map(({ step, operation }) => [step.id, operation.title]));
  const { opening } = facts;
  const methods = methodsText(
    [...(opening?.steps ?? []), ...steps],
    [...(opening?.results ?? []), ...outcomes],
  );
  const colours = coloursOf(steps, volume.phases);
  const title = recipe.title === '' ? 'Results' : recipe.title;
  const data: readonly (readonly [string, string])[] = [
    ['Data', facts.file],
    [
      'Size',
      `${volume.size.join(' × ')} voxels, ${volume.type}, ${volume.kind === 'labels' ? 'labels' : 'grey values'}`,
    ],
    [
      'Voxel size',
      `${spacingText(volume.spacing)}${facts.spacingSource === '' ? '' : ` (${facts.spacingSource})`}`,
    ],
    ['SHA-256 of the voxels', input.voxelDigest ?? 'not known'],
  ];
  const all = [...figures, ...plotsOf(outcomes, ({ stepId }) => titles.get(stepId) ?? '', colours)];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeMarkup(`${title}: ${facts.file}`)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<header><h1>${escapeMarkup(title)}</h1><span>${escapeMarkup(facts.date)} · Tauscope ${VERSION}</span></header>`,
    `<dl>${data.map(([name, value]) => `<dt>${name}</dt><dd>${name.startsWith('SHA') ? `<code>${escapeMarkup(value)}</code>` : escapeMarkup(value)}</dd>`).join('')}</dl>`,
    warningsMarkup(facts),
    all.length === 0
      ? ''
      : `<h2>Figures</h2><div class="figures">${all.map(figureMarkup).join('')}</div>`,
    '<h2>Numbers</h2>',
    `<div class="tables">${outcomes.flatMap((outcome) => outcome.tables.map(tableMarkup)).join('')}</div>`,
    '<div class="columns">',
    `<section><h2>Conventions</h2><ul class="small">${measured.map((each) => conventionMarkup(each, outcomeOf(each))).join('')}</ul></section>`,
    `<section><h2>Steps</h2><ol>${steps.map((each) => stepMarkup(each, outcomeOf(each))).join('')}</ol></section>`,
    `<section class="small"><h2>Methods</h2><p>${escapeMarkup(methods.paragraph)}</p><p>${methods.citations.map((each, i) => escapeMarkup(`[${i + 1}] ${shortCitation(each)}`)).join(' ')}</p></section>`,
    '<section><h2>How to verify</h2>',
    `<p>Save the recipe as recipe.json beside the data, take Tauscope ${VERSION} and run</p>`,
    `<p><code>${escapeMarkup(reproducingCommand(facts))}</code></p>`,
    '<p>The results.json it writes must hold the same digests of recipe and voxels, and then holds the same numbers to the last digit, on any machine and with any number of threads. Open the data in the workbench and load the recipe to do the same by hand.</p>',
    `<dl><dt>recipeSha256</dt><dd><code>${recipeDigest(recipe)}</code></dd><dt>voxelSha256</dt><dd><code>${escapeMarkup(input.voxelDigest ?? 'not known')}</code></dd></dl>`,
    '</section></div></body></html>',
    '',
  ].join('\n');
}
