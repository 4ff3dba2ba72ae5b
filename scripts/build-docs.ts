/**
 * Writes the pages that are generated: one per operation, their index, that of the file formats, and
 * the import table of the architecture guide. `--check` writes nothing and fails where a page is not what it would be.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAllOperations } from '../src/operations/registry.ts';
import importRules from './import-rules.json' with { type: 'json' };
import { formatsPage } from './format-page.ts';
import { markdownTable, operationIndex, operationPage } from './operation-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const operationsFolder = resolve(root, 'docs/operations');
const formats = resolve(root, 'docs/formats/README.md');
const guide = resolve(root, 'docs/guide/architecture.md');

const TABLE_START = '<!-- import table: generated from scripts/import-rules.json -->';
const TABLE_END = '<!-- end of import table -->';

const short = (folder: string): string => folder.replace(/^src\//, '');

function importTable(): string {
  const rows = importRules.map(({ folder, holds, imports, packages, ...rule }) => [
    `\`${folder}\``,
    holds,
    [
      imports.map(short).join(', ') || 'nothing',
      ...('types' in rule ? [`types of ${rule.types.map(short).join(', ')}`] : []),
    ].join('; '),
    packages.map((name) => `\`${name}\``).join(', ') || '–',
  ]);
  rows.push(['`tests`, `e2e`, `bench`, `scripts`', '', 'anything; nothing imports them', 'any']);
  return markdownTable(['folder', 'what it holds', 'may import', 'packages'], rows);
}

function guideWithTable(text: string): string {
  const start = text.indexOf(TABLE_START);
  const end = text.indexOf(TABLE_END);
  if (start < 0 || end < start) {
    throw new Error(`${relative(root, guide)} has lost the two marks of the import table.`);
  }
  return `${text.slice(0, start + TABLE_START.length)}\n\n${importTable()}\n\n${text.slice(end)}`;
}

async function pages(): Promise<ReadonlyMap<string, string>> {
  const operations = await loadAllOperations();
  return new Map([
    [join(operationsFolder, 'README.md'), operationIndex(operations)],
    ...operations.map((operation): [string, string] => [
      join(operationsFolder, `${operation.id}.md`),
      operationPage(operation),
    ]),
    [formats, await formatsPage()],
    [guide, guideWithTable(readFileSync(guide, 'utf8'))],
  ]);
}

/** Pages of operations that are gone. */
function leftovers(wanted: ReadonlyMap<string, string>): readonly string[] {
  if (!existsSync(operationsFolder)) return [];
  return readdirSync(operationsFolder)
    .map((name) => join(operationsFolder, name))
    .filter((path) => !wanted.has(path));
}

const wanted = await pages();
const stale = [...wanted].filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
);
const obsolete = leftovers(wanted);
if (process.argv.includes('--check')) {
  for (const path of [...stale.map(([each]) => each), ...obsolete]) {
    console.error(`${relative(root, path)} is not what "npm run docs" writes: run it and commit.`);
  }
  process.exitCode = stale.length + obsolete.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${relative(root, path)}`);
  }
  for (const path of obsolete) {
    rmSync(path);
    console.log(`removed ${relative(root, path)}`);
  }
}
