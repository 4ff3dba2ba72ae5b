/**
 * Publishes every operation as an itk-wasm pipeline in `dist/itk-pipelines`: `<id>.js` and
 * `<id>.wasm.zst`, the two files that itk-wasm's `runPipeline` and `runPipelineNode` load. Skips the
 * work when they are newer than everything they are built from.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { OPERATION_IDS } from '../src/operations/registry.ts';
import { makeSynchronous } from './synchronous.ts';
import { isStale } from './stale.ts';
import { storedZstd } from './stored-zstd.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outFolder = resolve(root, 'dist/itk-pipelines');
const ENTRY = 'virtual:pipeline/';

function pipelinePlugin(): Plugin {
  return {
    name: 'tauscope-pipelines',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(ENTRY) ? `\0${id}` : null),
    load: (id) => {
      if (!id.startsWith(`\0${ENTRY}`)) return null;
      const operation = resolve(root, 'src/operations', id.slice(ENTRY.length + 1), 'index.ts');
      const runtime = resolve(root, 'src/pipelines/itk-module.ts');
      return [
        `import { operation } from ${JSON.stringify(operation)};`,
        `import { createPipelineFactory } from ${JSON.stringify(runtime)};`,
        'export default createPipelineFactory(operation);',
      ].join('\n');
    },
    transform: (code, id) =>
      id.startsWith(resolve(root, 'src')) ? { code: makeSynchronous(code, id), map: null } : null,
  };
}

const SOURCES = [
  'src',
  'wasm/dist',
  'scripts/build-itk-pipelines.ts',
  'scripts/synchronous.ts',
  'scripts/stored-zstd.ts',
].map((path) => resolve(root, path));

/** The build takes the place of the one before when it is complete, for those who read it now. */
const draftFolder = `${outFolder}-${process.pid}`;

if (isStale(outFolder, SOURCES)) {
  rmSync(draftFolder, { recursive: true, force: true });
  mkdirSync(draftFolder, { recursive: true });
  const module = storedZstd(readFileSync(resolve(root, 'wasm/dist/kernels.wasm')));
  for (const id of OPERATION_IDS) {
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      plugins: [pipelinePlugin()],
      build: {
        outDir: draftFolder,
        emptyOutDir: false,
        minify: true,
        target: 'es2022',
        rolldownOptions: {
          input: { [id]: `${ENTRY}${id}` },
          preserveEntrySignatures: 'strict',
          output: { format: 'es', entryFileNames: '[name].js' },
        },
      },
    });
    writeFileSync(resolve(draftFolder, `${id}.wasm.zst`), module);
  }
  rmSync(outFolder, { recursive: true, force: true });
  renameSync(draftFolder, outFolder);
  console.log(`dist/itk-pipelines: ${OPERATION_IDS.length} pipelines`);
}
