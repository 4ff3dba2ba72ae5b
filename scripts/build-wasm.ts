/**
 * Compiles `wasm/src/*.ts` (AssemblyScript) to `wasm/dist`: `kernels.wasm` over plain memory and
 * `kernels-threads.wasm` over shared memory, and the thread loop as a module for Node's worker
 * threads. Skips the work when the outputs are newer than every source.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as asc from 'assemblyscript/asc';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const sourceFolder = resolve(root, 'wasm/src');
const outFolder = resolve(root, 'wasm/dist');
const threadSource = resolve(root, 'src/wasm/kernel-thread.ts');

/** The first 64 KiB stay free for the modules' constant data; the arena begins after them. */
const COMMON = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
  '--enable',
  'simd',
];

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

function newestSource(): number {
  const files = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(sourceFolder, name));
  return Math.max(
    ...[...files, threadSource, fileURLToPath(import.meta.url)].map(
      (file) => statSync(file).mtimeMs,
    ),
  );
}

function isFresh(): boolean {
  try {
    const outputs = [...VARIANTS.map((variant) => variant.file), 'kernel-thread.mjs'];
    return (
      Math.min(...outputs.map((name) => statSync(join(outFolder, name)).mtimeMs)) > newestSource()
    );
  } catch {
    return false;
  }
}

async function compile(file: string, options: readonly string[]): Promise<void> {
  const out = relative(root, join(outFolder, file));
  const { error } = await asc.main(
    [...entryFiles(), '--outFile', out, '--baseDir', root, ...COMMON, ...options],
    { stderr: process.stderr },
  );
  if (error !== null) throw error;
  const bytes = readFileSync(join(outFolder, file));
  const digest = createHash('sha256').update(bytes).digest('hex');
  console.log(`wasm/dist/${file}: ${bytes.length} bytes, sha256 ${digest}`);
}

function emitThread(): void {
  const { outputText } = ts.transpileModule(readFileSync(threadSource, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const tail = [
    "import { parentPort } from 'node:worker_threads';",
    "parentPort.on('message', (message) => serveSession(message));",
  ];
  writeFileSync(join(outFolder, 'kernel-thread.mjs'), `${outputText}\n${tail.join('\n')}\n`);
}

if (process.argv.includes('--force') || !isFresh()) {
  mkdirSync(outFolder, { recursive: true });
  for (const { file, options } of VARIANTS) await compile(file, options);
  emitThread();
}
