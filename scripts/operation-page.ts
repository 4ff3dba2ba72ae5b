/** The documentation page of an operation, rendered from its declaration alone. */
import { flagName } from '../src/declaration/flags.ts';
import {
  defaultParameters,
  describeRange,
  type ParameterField,
} from '../src/declaration/parameters.ts';
import type { Cell, Citation, Column, ResultTable } from '../src/declaration/results.ts';
import { formatParameter } from '../src/declaration/parameter-text.ts';
import { methodsSentence } from '../src/engine/methods.ts';
import type { Operation, OperationExample } from '../src/operations/operation.ts';

const KINDS: Readonly<Record<string, string>> = {
  grey: 'a grey volume',
  labels: 'a label volume',
  any: 'any volume',
  same: "a volume of the input's kind",
  none: 'tables; the volume stays as it is',
};

/** Text inside a Markdown table cell. */
function cellText(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function defaultText(field: ParameterField, value: unknown): string {
  if (field.kind === 'choice') return `\`${String(value)}\``;
  return formatParameter(field, value);
}

function parameterRows(operation: Operation): readonly (readonly string[])[] {
  const defaults: Readonly<Record<string, unknown>> = defaultParameters(operation.parameters);
  return Object.entries(operation.parameters).map(([name, field]) => [
    field.title,
    `\`${name}\``,
    `\`--${flagName(name)}\``,
    'unit' in field ? field.unit : '',
    describeRange(field).replace(/^it must be /, ''),
    defaultText(field, defaults[name]),
    'auto' in field ? `${field.help} Automatic: ${field.auto}` : field.help,
  ]);
}

function columnRows(columns: readonly Column[]): readonly (readonly string[])[] {
  return columns.map(({ id, title, symbol, unit, help }) => [
    title,
    `\`${id}\``,
    symbol,
    unit,
    help,
  ]);
}

/** Seven significant digits: enough to check a result by eye. */
function valueText(value: Cell | undefined): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'number' ? String(Number(value.toPrecision(7))) : String(value);
}

function exampleTable(operation: Operation, id: string, rows: ResultTable['rows']): string {
  const columns = (operation.tables[id]?.columns ?? []).filter((column) =>
    rows.some((row) => Object.hasOwn(row, column.id)),
  );
  return markdownTable(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map((column) => valueText(row[column.id]))),
  );
}

function exampleSection(
  operation: Operation,
  example: OperationExample<Operation['parameters']>,
): string {
  const { size, type, spacing } = example.input();
  const voxels = spacing === null ? '' : `, voxel ${spacing.values.join(' × ')} ${spacing.unit}`;
  return [
    `**${example.title}** on ${size.join(' × ')} voxels of \`${type}\`${voxels}, with`,
    ['```json', JSON.stringify(example.params, null, 2), '```'].join('\n'),
    example.voxelDigest === null
      ? ''
      : `SHA-256 of the result's voxels: \`${example.voxelDigest}\``,
    ...Object.entries(example.tables ?? {}).map(([id, rows]) => exampleTable(operation, id, rows)),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function citationLine({ authors, year, title, venue, doi }: Citation): string {
  const link = doi === undefined ? '' : ` [doi:${doi}](https://doi.org/${doi})`;
  return `- ${authors} (${year}). ${title}. *${venue}*.${link}`;
}

function section(title: string, ...blocks: readonly string[]): readonly string[] {
  const filled = blocks.filter((block) => block !== '');
  return filled.length === 0 ? [] : [`## ${title}`, ...filled];
}

/** Where the page can compute it beside the CPU, and how near the two are. */
function gpuText({ gpu }: Operation): string {
  if (gpu === undefined) return '';
  const { tolerance, relativeTo, evidence } = gpu;
  const how =
    evidence === 'certificate'
      ? 'which certified bounds assure in every run'
      : 'which every run checks on blocks that both compute';
  return `On a GPU, where the page is asked to use it: within ${tolerance.toExponential()} of the CPU's values, relative to ${relativeTo}, ${how}.`;
}

/** What a voxel of the result depends on, and so what a preview of some slices is worth. */
function reachText({ reach, output, parameters }: Operation): string {
  if (reach.kind === 'cut')
    return 'A preview of some slices is exact: they are those of the input.';
  if (reach.kind === 'whole') {
    if (output === 'none') return '';
    return reach.fromSlices
      ? 'Any voxel may depend on the whole volume: a preview sees some slices only and may differ.'
      : 'Any voxel may depend on the whole volume, so there is no preview of some slices.';
  }
  const halo = reach.halo(defaultParameters(parameters));
  const far =
    halo === 0
      ? 'on that of the input alone'
      : `on those of the input as far away as ${reach.words}, in voxels along each axis: ${halo} with the default parameters`;
  return `A voxel of the result depends ${far}. A preview of some slices has the bits of the full result.`;
}

/** Whether it works on volumes that do not fit in memory. */
function streamingText({ reach, streaming }: Operation): string {
  return reach.kind === 'whole' && streaming === undefined
    ? 'The volume must fit in memory: a larger one is to be cropped before.'
    : 'Volumes that do not fit in memory are read some slices at a time, with the same result to the last bit.';
}

/** Markdown, one page; what the declaration leaves empty has no section. */
export function operationPage(operation: Operation): string {
  const { id, version, title, family, summary, equation, details, parameters } = operation;
  const tables = Object.entries(operation.tables);
  const output = operation.output === 'none' ? [] : ['-o', 'output.tif'];
  const blocks = [
    `# ${title}`,
    `\`${id}\`, version ${version}, family *${family}*. ${summary}`,
    `Takes ${KINDS[operation.input]}; gives ${KINDS[operation.output]}.`,
    ...section('Equation', equation === '' ? '' : ['```text', equation, '```'].join('\n')),
    ...section(
      'Details',
      details,
      reachText(operation),
      streamingText(operation),
      gpuText(operation),
    ),
    ...section(
      'Parameters',
      Object.keys(parameters).length === 0
        ? 'None.'
        : markdownTable(
            ['Parameter', 'Name', 'Flag', 'Unit', 'Accepts', 'Default', 'Meaning'],
            parameterRows(operation),
          ),
      ['```sh', ['npx tauscope apply', id, 'input.tif', ...output].join(' '), '```'].join('\n'),
    ),
    ...section(
      'Results',
      ...tables.flatMap(([tableId, table]) => [
        `**${table.title}** (\`${tableId}\`)`,
        markdownTable(['Column', 'Name', 'Symbol', 'Unit', 'Meaning'], columnRows(table.columns)),
      ]),
    ),
    ...section(
      operation.examples.length === 1 ? 'Example' : 'Examples',
      ...operation.examples.map((example) => exampleSection(operation, example)),
    ),
    ...section(
      'In a methods section',
      operation.methods === ''
        ? ''
        : `> ${methodsSentence(operation, defaultParameters(operation.parameters))}.`,
    ),
    ...section('References', operation.citations.map(citationLine).join('\n')),
    `---\n\nGenerated from \`src/operations/${id}/index.ts\` by \`npm run docs\`.`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The page that lists all operations, in the order of the registry. */
export function operationIndex(operations: readonly Operation[]): string {
  return [
    '# Operations',
    'Each page is generated from the declaration that the workbench, the command line and the recipe use.',
    markdownTable(
      ['Operation', 'Family', 'What it does'],
      operations.map(({ id, title, family, summary }) => [`[${title}](${id}.md)`, family, summary]),
    ),
    'Generated by `npm run docs`.\n',
  ].join('\n\n');
}
