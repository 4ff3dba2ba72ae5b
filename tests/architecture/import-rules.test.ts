import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One violation in each file, and the rule that must find it. */
const PLANTED: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['src/kernels/up.ts', "import '../errors/a.ts';", 'src/kernels: layers'],
  ['src/operations/crop-a/index.ts', "import '../crop-b/index.ts';", 'no sibling operation'],
  [
    'src/recipe/value.ts',
    "import { x } from '../operations/crop-b/index.ts'; x;",
    'src/recipe: types only',
  ],
  ['src/io/node.ts', "import 'node:fs';", 'src/io: no Node'],
  ['src/errors/one.ts', "import './two.ts';", 'no cycles'],
  ['src/app/features/a/index.ts', "import '../b/inner.ts';", 'features by their door'],
  ['src/app/main.ts', "import './features/b/inner.ts';", 'features by their door, from outside'],
  ['src/app/engine.ts', "import { x } from '../../workers/w.ts'; x;", 'src/app: types only'],
  ['src/app/components/c.ts', "import '../stores/s.ts';", 'components know no state'],
  ['src/volume/t.ts', "import './u.test.ts';", 'nothing imports tests'],
  ['src/volume/gone.ts', "import './absent.ts';", 'no unresolvable import'],
];

const ALLOWED: readonly (readonly [file: string, text: string])[] = [
  ['src/errors/a.ts', 'export const x = 1;'],
  ['src/errors/two.ts', "import './one.ts';"],
  ['src/operations/crop-b/index.ts', 'export const x = 1; export type T = number;'],
  [
    'src/recipe/type.ts',
    "import type { T } from '../operations/crop-b/index.ts'; export type U = T;",
  ],
  ['src/app/features/b/inner.ts', 'export const x = 1;'],
  ['src/app/features/b/index.ts', "export { x } from './inner.ts';"],
  ['src/app/door.ts', "import './features/b/index.ts';"],
  ['src/app/stores/s.ts', 'export const x = 1;'],
  ['src/volume/u.test.ts', "import '../errors/a.ts';"],
  ['src/host/node.ts', "import 'node:fs';"],
  ['workers/w.ts', 'export const x = 1;'],
  ['tsconfig.core.json', '{ "compilerOptions": { "module": "ESNext" } }'],
];

describe('the import rules', () => {
  let folder = '';
  let violations: readonly { readonly from: string; readonly rule: string }[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tauscope-rules-'));
    for (const [file, text] of [...PLANTED, ...ALLOWED]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${text}\n`);
    }
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        '--config',
        join(root, '.dependency-cruiser.cjs'),
        '--output-type',
        'json',
        'src',
        'workers',
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    const report = JSON.parse(stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    violations = report.summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(PLANTED)('%s (%s) breaks "%s"', (file, _, rule) => {
    expect(violations).toContainEqual({ from: file, rule });
  });

  it('find nothing in what is allowed', () => {
    const allowed = new Set(ALLOWED.map(([file]) => file));
    // A cycle is reported at each of its ends.
    const found = violations.filter(({ from, rule }) => allowed.has(from) && rule !== 'no cycles');
    expect(found).toEqual([]);
  });
});
