/**
 * Runs after `npm ci`: builds the kernels and the command line, and links `tauscope` into
 * `node_modules/.bin`, where `npx tauscope` finds it without asking a registry. Plain JavaScript,
 * because it also runs where the development tools are not installed; there it builds nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const NEEDED = ['node_modules/tsx', 'node_modules/vite', 'node_modules/assemblyscript', 'src'];

function build(...script) {
  const tsx = resolve(root, 'node_modules/tsx/dist/cli.mjs');
  const { status } = spawnSync(process.execPath, [tsx, ...script], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function linkCommand() {
  const folder = resolve(root, 'node_modules/.bin');
  const link = join(folder, 'tauscope');
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  if (process.platform === 'win32') {
    writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\dist\\cli\\tauscope.js" %*\r\n');
  } else {
    symlinkSync('../../dist/cli/tauscope.js', link);
  }
}

const missing = NEEDED.filter((path) => !existsSync(resolve(root, path)));
if (missing.length > 0) {
  console.log(`Kernels and command line are not built: ${missing.join(', ')} not present.`);
} else {
  build('scripts/build-wasm.ts');
  if (existsSync(resolve(root, 'src/cli/main.ts'))) build('scripts/build-cli.ts', '--if-stale');
}
if (existsSync(resolve(root, 'dist/cli/tauscope.js'))) linkCommand();
