/**
 * Compiles `wasm/src/*.ts` (AssemblyScript) to `wasm/dist`: `kernels.wasm` over plain memory and
 * `kernels-threads.wasm` over shared memory, the thread loop as a module for Node's worker threads,
 * and `wasm/src/codecs` as `codecs.mjs`, a module that carries its bytes as text. Skips the work when
 * the outputs are newer than every source.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as asc from 'assemblyscript/asc';
import ts from 'typescript';
import { isStale } from './stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sourceFolder = resolve(root, 'wasm/src');
const outFolder = resolve(root, 'wasm/dist');
const threadSource = resolve(root, 'src/wasm/kernel-thread.ts');

const COMMON = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

/** The first 64 KiB stay free for the modules' constant data; the arena begins after them. */
const KERNELS = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'];

/** Memory of their own, of at most 32 MiB: what is larger is decoded without them. */
const CODECS = ['--initialMemory', '2', '--maximumMemory', '512', '--use', 'abort='];

const VARIANTS = [
  { file: 'kernels.wasm', options: [] },
  { file: 'kernels-threads.wasm', options: ['--enable', 'threads', '--sharedMemory'] },
];

function entryFiles(): string[] {
  return readdirSync(sourceFolder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort()
    .map((name) => relative(root, join(sourceFolder, name)));
}

/** Takes the old file's place at once: who reads it meanwhile gets one or the other, never a part. */
function replaceFile(name: string, content: string | Uint8Array): void {
  const path = join(outFolder, name);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

async function compile(
  file: string,
  entries: readonly string[],
  options: readonly string[],
): Promise<Uint8Array> {
  const written = new Map<string, string | Uint8Array>();
  const { error } = await asc.main(
    [...entries, '--outFile', file, '--baseDir', root, ...COMMON, ...options],
    { stderr: process.stderr, writeFile: (name, content) => void written.set(name, content) },
  );
  if (error !== null) throw error;
  const bytes = written.get(file);
  if (!(bytes instanceof Uint8Array)) throw new Error(`The compiler wrote no ${file}.`);
  const digest = createHash('sha256').update(bytes).digest('hex');
  console.log(`wasm/dist/${file}: ${bytes.length} bytes, sha256 ${digest}`);
  return bytes;
}

async function emitCodecs(): Promise<void> {
  const bytes = await compile('codecs.wasm', ['wasm/src/codecs/index.ts'], CODECS);
  const text = Buffer.from(bytes).toString('base64');
  replaceFile('codecs.mjs', `export const codecs = '${text}';\n`);
  replaceFile('codecs.d.mts', '/** The module in Base64. */\nexport const codecs: string;\n');
}

function emitThread(): void {
  const { outputText } = ts.transpileModule(readFileSync(threadSource, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const tail = [
    "import { parentPort } from 'node:worker_threads';",
    "parentPort.on('message', (message) => serveSession(message));",
  ];
  replaceFile('kernel-thread.mjs', `${outputText}\n${tail.join('\n')}\n`);
}

const OUTPUTS = [
  ...VARIANTS.map(({ file }) => file),
  'kernel-thread.mjs',
  'codecs.mjs',
  'codecs.d.mts',
];
const SOURCES = [sourceFolder, threadSource, fileURLToPath(import.meta.url)];

if (
  process.argv.includes('--force') ||
  OUTPUTS.some((file) => isStale(join(outFolder, file), SOURCES))
) {
  mkdirSync(outFolder, { recursive: true });
  for (const { file, options } of VARIANTS) {
    replaceFile(file, await compile(file, entryFiles(), [...KERNELS, ...options]));
  }
  await emitCodecs();
  emitThread();
}
