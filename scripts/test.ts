/**
 * `npm test`: every check and every test in one run, counted together. The last line is
 * `N passed, N failed` (`, N skipped` when there are any); a check without tests of its own counts
 * as one. A failed stage does not hide the later ones, and any failure makes the exit code 1.
 *
 * `--checks` runs the static checks alone; names of stages run those alone:
 * `npm test -- types unit`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { ensurePythonPeers } from '../tests/peers/python-peers.ts';
import { ensureChromium } from './chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const REPORTS = resolve(root, '.cache/test-reports');

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Stage {
  readonly name: string;
  /** Static checks read sources only; tests execute them. */
  readonly group: 'check' | 'test';
  /** Commands run one after the other, each by path below node_modules. */
  readonly commands: readonly (readonly [script: string, ...args: string[]])[];
  readonly browser?: true;
  /** Environment and report of a stage that counts its own tests. */
  readonly report?: {
    readonly file: string;
    readonly environment?: Readonly<Record<string, string>>;
    read(content: unknown): Counts;
  };
}

const VitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
});

const PlaywrightReport = v.object({
  stats: v.object({
    expected: v.number(),
    unexpected: v.number(),
    flaky: v.number(),
    skipped: v.number(),
  }),
});

/** A project of the test runner, after what it needs built. */
function vitest(project: string, ...before: Stage['commands']): Pick<Stage, 'commands' | 'report'> {
  const file = resolve(REPORTS, `${project}.json`);
  return {
    commands: [
      ...before,
      [
        'vitest/vitest.mjs',
        'run',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
    ],
    report: {
      file,
      read(content) {
        const report = v.parse(VitestReport, content);
        return {
          passed: report.numPassedTests,
          failed: report.numFailedTests,
          skipped: report.numPendingTests + report.numTodoTests,
        };
      },
    },
  };
}

const TSX = 'tsx/dist/cli.mjs';
const PLAYWRIGHT_REPORT = resolve(REPORTS, 'e2e.json');

const STAGES: readonly Stage[] = [
  { name: 'format', group: 'check', commands: [['@biomejs/biome/bin/biome', 'format', '.']] },
  {
    name: 'lint',
    group: 'check',
    commands: [['oxlint/bin/oxlint', '--type-aware', '--deny-warnings']],
  },
  { name: 'types', group: 'check', commands: [['typescript/bin/tsc', '-b']] },
  {
    name: 'architecture',
    group: 'check',
    commands: [
      [
        'dependency-cruiser/bin/dependency-cruise.mjs',
        '--config',
        '.dependency-cruiser.cjs',
        'src',
        'workers',
      ],
    ],
  },
  { name: 'dead-code', group: 'check', commands: [['knip/bin/knip.js']] },
  { name: 'docs-fresh', group: 'check', commands: [[TSX, 'scripts/build-docs.ts', '--check']] },
  { name: 'unit', group: 'test', ...vitest('node') },
  {
    name: 'browser',
    group: 'test',
    browser: true,
    ...vitest('browser', [TSX, 'scripts/build-itk-pipelines.ts']),
  },
  {
    name: 'build',
    group: 'test',
    commands: [
      [TSX, 'scripts/build-app.ts'],
      [TSX, 'scripts/build-cli.ts', '--if-stale'],
    ],
  },
  { name: 'size', group: 'test', commands: [['size-limit/bin.js']] },
  {
    name: 'e2e',
    group: 'test',
    browser: true,
    commands: [['@playwright/test/cli.js', 'test', '--reporter=list,json']],
    report: {
      file: PLAYWRIGHT_REPORT,
      environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: PLAYWRIGHT_REPORT },
      read(content) {
        const { stats } = v.parse(PlaywrightReport, content);
        return {
          passed: stats.expected,
          failed: stats.unexpected + stats.flaky,
          skipped: stats.skipped,
        };
      },
    },
  },
];

function runNode(args: readonly string[], environment: Stage['report']): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment?.environment },
    });
    child.on('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.on('close', (code) => done(code ?? 1));
  });
}

const FAILED_CHECK: Counts = { passed: 0, failed: 1, skipped: 0 };

/** Runs a stage; a runner that fails without a failed test (it crashed) counts as one failure. */
async function runStage(stage: Stage): Promise<Counts> {
  if (stage.report !== undefined) rmSync(stage.report.file, { force: true });
  let code = 0;
  for (const [script, ...args] of stage.commands) {
    code = await runNode([resolve(root, 'node_modules', script), ...args], stage.report);
    if (code !== 0) break;
  }
  if (stage.report === undefined)
    return code === 0 ? { ...FAILED_CHECK, passed: 1, failed: 0 } : FAILED_CHECK;
  let counts: Counts;
  try {
    counts = stage.report.read(JSON.parse(readFileSync(stage.report.file, 'utf8')));
  } catch {
    console.error(`${stage.name}: the test runner left no report.`);
    return FAILED_CHECK;
  }
  const crashed = code !== 0 && counts.failed === 0;
  return crashed ? { ...counts, failed: 1 } : counts;
}

function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function selectStages(args: readonly string[]): readonly Stage[] {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.find((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    console.error(`There is no stage "${unknown}": ${STAGES.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  if (names.length > 0) return STAGES.filter((stage) => names.includes(stage.name));
  return args.includes('--checks') ? STAGES.filter((stage) => stage.group === 'check') : STAGES;
}

const stages = selectStages(process.argv.slice(2));
mkdirSync(dirname(PLAYWRIGHT_REPORT), { recursive: true });

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

if (stages.some((stage) => stage.group === 'test')) {
  // Tests run the built kernels, the copied assets and the sample.
  const { status } = spawnSync(
    process.execPath,
    [resolve(root, 'node_modules', TSX), 'scripts/build-app.ts', '--assets-only'],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) {
    console.log('\n0 passed, 1 failed');
    process.exit(1);
  }
}
if (stages.some((stage) => stage.name === 'unit')) ensurePythonPeers();
const withoutBrowser = stages.some((stage) => stage.browser) ? ensureChromium() : null;

const summary: string[] = [];
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const stage of stages) {
  console.log(`\n── ${stage.name}`);
  const startedAt = performance.now();
  let counts: Counts;
  if (stage.browser && withoutBrowser !== null) {
    console.error(withoutBrowser);
    counts = FAILED_CHECK;
  } else {
    counts = await runStage(stage);
  }
  total = {
    passed: total.passed + counts.passed,
    failed: total.failed + counts.failed,
    skipped: total.skipped + counts.skipped,
  };
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  summary.push(
    `${stage.name.padEnd(14)}${formatCounts(counts).padEnd(40)}${seconds.padStart(7)} s`,
  );
}

console.log(`\n${summary.join('\n')}\n\n${formatCounts(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
