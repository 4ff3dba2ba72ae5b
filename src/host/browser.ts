/** The host inside a browser worker. */
import plainUrl from '../../wasm/dist/kernels.wasm?url';
import threadsUrl from '../../wasm/dist/kernels-threads.wasm?url';
import { UserError } from '../errors/errors.ts';
import { openGpuDevice } from '../gpu/device.ts';
import type { Host, KernelThread } from './host.ts';

/** More threads than this gain nothing on memory-bound kernels. */
const MAX_THREADS = 8;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

async function fetchKernels(variant: 'plain' | 'threads'): Promise<Response> {
  const url = variant === 'threads' ? threadsUrl : plainUrl;
  const response = await fetch(url).catch((cause: unknown) => {
    throw new UserError(
      'file/unreadable',
      'The computing part of the program could not be loaded: check the connection and try again.',
      { url },
      cause,
    );
  });
  if (!response.ok) {
    throw new UserError(
      'file/unreadable',
      `The computing part of the program is not on the server (HTTP ${response.status}); it was probably updated: reload the page.`,
      { url, status: response.status },
    );
  }
  return response;
}

async function loadKernels(variant: 'plain' | 'threads'): Promise<WebAssembly.Module> {
  const response = await fetchKernels(variant);
  // compileStreaming insists on application/wasm, which some static hosts do not send.
  return response.headers.get('Content-Type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

function spawnKernelThread(): KernelThread {
  const worker = new Worker(new URL('../../workers/kernel-thread.worker.ts', import.meta.url), {
    type: 'module',
    name: 'kernel-thread',
  });
  return {
    post: (message) => worker.postMessage(message),
    onCrash: (listener) => {
      // A script that cannot be loaded gives an event without a message.
      worker.onerror = (event) => {
        event.preventDefault();
        listener(event.message || 'it could not be loaded');
      };
      worker.onmessageerror = () => listener('its memory could not be handed over');
    },
    terminate: () => worker.terminate(),
  };
}

export const host: Host = {
  name: 'browser',
  threadCount: () =>
    self.crossOriginIsolated
      ? Math.max(1, Math.min(MAX_THREADS, navigator.hardwareConcurrency))
      : 1,
  loadKernels,
  kernelBytes: async () => new Uint8Array(await (await fetchKernels('plain')).arrayBuffer()),
  spawnKernelThread,
  openGpu: () => openGpuDevice(navigator.gpu, self.isSecureContext),
  createStorage: async () => (await import('./opfs-storage.ts')).createOpfsStorage(),
  turn: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    }),
};
