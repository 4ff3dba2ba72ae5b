/** `npm start`: builds what is stale and serves the workbench; arguments go to the server. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveFromArguments } from './serve.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [resolve(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/build-app.ts', '--if-stale'],
  { cwd: root, stdio: 'inherit' },
);
if (status === 0) await serveFromArguments(process.argv.slice(2));
else process.exitCode = status ?? 1;
