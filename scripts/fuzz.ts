/**
 * `npm run fuzz`: damaged files of every format, by number. Each must give a volume, the same twice,
 * or one sentence, within 2 s and 64 MiB. `--format tiff,nrrd`, `--count`, `--seed`; `--only
 * tiff:1:4711` reads one again and says what came of it, `--save` writes its files.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FORMAT_IDS, type FormatId } from '../src/io/registry.ts';
import { basesOf } from '../tests/fuzz/bases.ts';
import { type Campaign, type Finding, FuzzReaders } from '../tests/fuzz/campaign.ts';
import { mutantOf } from '../tests/fuzz/mutate.ts';

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: FORMAT_IDS.join(',') },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    save: { type: 'string' },
  },
});

/** Kinds of findings shown of each format. */
const SHOWN = 20;

function formatNamed(name: string): FormatId {
  const format = FORMAT_IDS.find((id) => id === name);
  if (format === undefined) {
    console.error(`There is no format "${name}": ${FORMAT_IDS.join(', ')}.`);
    process.exit(2);
  }
  return format;
}

function wholeNumber(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${flag} is "${text}": it must be a whole number.`);
  process.exit(2);
}

function report(campaign: Campaign, seconds: number): void {
  const outcomes = Object.entries(campaign.outcomes)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ');
  console.log(
    `${campaign.format.padEnd(11)}${String(campaign.count).padStart(8)} mutants ${seconds.toFixed(0).padStart(6)} s  ${campaign.findings.length} findings  (${outcomes})`,
  );
  const kinds = new Map<string, Finding[]>();
  for (const finding of campaign.findings) {
    const kind = finding.problem.replace(/\d+/g, '#');
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  for (const [first, ...rest] of [...kinds.values()].slice(0, SHOWN)) {
    if (first === undefined) continue;
    const more = rest.length === 0 ? '' : ` and ${rest.length} more like it`;
    console.log(`  ${first.mutant} (${first.base})${more}: ${first.problem}`);
  }
  if (kinds.size > SHOWN) console.log(`  and ${kinds.size - SHOWN} other kinds`);
}

async function saveMutant(name: string, folder: string): Promise<void> {
  const [format = '', , index = ''] = name.split(':');
  const { files } = mutantOf(await basesOf(formatNamed(format)), name, Number(index));
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file.name), file.bytes);
}

const readers = new FuzzReaders();
let findings = 0;

async function run(format: FormatId, seed: number, start: number, end: number): Promise<void> {
  const startedAt = performance.now();
  const campaign = await readers.run({ format, seed, start, end });
  report(campaign, (performance.now() - startedAt) / 1000);
  findings += campaign.findings.length;
}

if (values.only === undefined) {
  const seed = wholeNumber(values.seed, 'seed');
  const count = wholeNumber(values.count, 'count');
  for (const name of values.format.split(',')) await run(formatNamed(name), seed, 0, count);
} else {
  const [name = '', seed = '', index = ''] = values.only.split(':');
  const at = wholeNumber(index, 'only');
  if (values.save !== undefined) await saveMutant(values.only, values.save);
  await run(formatNamed(name), wholeNumber(seed, 'only'), at, at + 1);
}
readers.close();
console.log(`\n${findings} findings`);
process.exitCode = findings > 0 ? 1 : 0;
