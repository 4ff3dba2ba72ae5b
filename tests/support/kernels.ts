/** Kernel sessions for tests in Node. Needs `npm run build:wasm`. */
import { afterAll } from 'vitest';
import { host } from '../../src/host/node.ts';
import { createKernelHost, type KernelHost } from '../../src/wasm/kernel-host.ts';
import type { KernelSession } from '../../src/wasm/session.ts';

const hosts = new Map<number, KernelHost>();

function kernelHost(threads: number): KernelHost {
  let found = hosts.get(threads);
  if (found === undefined) {
    found = createKernelHost(host, threads);
    hosts.set(threads, found);
  }
  return found;
}

afterAll(() => {
  for (const each of hosts.values()) each.dispose();
  hosts.clear();
});

/** Runs a driver in a session with `threads` threads and an arena of `bytes`. */
export function withTestKernels<T>(
  bytes: number,
  driver: (session: KernelSession) => Promise<T>,
  threads = 1,
  options: { signal?: AbortSignal; progress?: (fraction: number) => void } = {},
): Promise<T> {
  return kernelHost(threads).runJob(
    {
      bytes,
      signal: options.signal ?? new AbortController().signal,
      progress: options.progress ?? (() => undefined),
    },
    driver,
  );
}
