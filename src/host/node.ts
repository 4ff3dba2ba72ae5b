/** The host inside Node: the command line and the tests. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Bug } from '../errors/errors.ts';
import { gpuUnavailable } from '../gpu/device.ts';
import type { Host, KernelThread } from './host.ts';

const MAX_THREADS = 8;

/** The package's own folder, found from wherever this file was bundled to. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8'));
      if ((manifest as { name?: unknown }).name === 'tauscope') return folder;
    } catch {
      // No manifest here: look one level up.
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Bug('The tauscope package folder was not found.');
    folder = parent;
  }
}

const KERNEL_FILES = { plain: 'kernels.wasm', threads: 'kernels-threads.wasm' } as const;

async function loadKernels(variant: 'plain' | 'threads'): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await kernelFile(variant));
}

async function kernelFile(variant: 'plain' | 'threads'): Promise<Uint8Array<ArrayBuffer>> {
  const path = resolve(packageRoot(), 'wasm/dist', KERNEL_FILES[variant]);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Bug(
      `The kernel module ${path} could not be loaded; run npm run build:wasm.`,
      {},
      cause,
    );
  }
}

function spawnKernelThread(): KernelThread {
  const worker = new Worker(resolve(packageRoot(), 'wasm/dist/kernel-thread.mjs'));
  // An idle thread must not keep the command line alive.
  worker.unref();
  let isDismissed = false;
  return {
    post: (message) => worker.postMessage(message),
    onCrash: (listener) => {
      worker.on('error', (error) => listener(String(error)));
      // A thread may also end without an error: `process.exit`, or ended from outside.
      worker.on('exit', (code) => {
        if (!isDismissed) listener(`exit code ${code}`);
      });
    },
    terminate: () => {
      isDismissed = true;
      void worker.terminate();
    },
  };
}

function threadCount(): number {
  const asked = Number(process.env['TAUSCOPE_THREADS'] ?? '');
  const wanted = Number.isInteger(asked) && asked > 0 ? asked : availableParallelism();
  return Math.max(1, Math.min(MAX_THREADS, wanted));
}

export const host: Host = {
  name: 'node',
  threadCount,
  loadKernels,
  kernelBytes: () => kernelFile('plain'),
  spawnKernelThread,
  openGpu: () =>
    Promise.reject(
      gpuUnavailable('The command line uses no GPU: everything is computed on the CPU.'),
    ),
  createStorage: async () => (await import('./file-storage.ts')).createTemporaryStorage(),
  turn: () => new Promise((resolvePromise) => setImmediate(resolvePromise)),
};
