/** Runs this project's operations and kernel drivers on a chosen number of threads. */
import { parseParameters, type RawParameters } from '../src/declaration/parameters.ts';
import { createBreathe } from '../src/engine/breathe.ts';
import { host } from '../src/host/node.ts';
import type { OperationContext, OperationResult } from '../src/operations/operation.ts';
import { loadOperation } from '../src/operations/registry.ts';
import type { Volume } from '../src/volume/volume.ts';
import { createKernelHost } from '../src/wasm/kernel-host.ts';
import type { KernelSession } from '../src/wasm/session.ts';

export interface OwnHost {
  /** Runs a driver in a session with an arena of `bytes`. */
  run<T>(bytes: number, driver: (session: KernelSession) => Promise<T>): Promise<T>;
  /** What operations run in. */
  readonly context: OperationContext;
  /** Runs an operation by its id, defaults filled in. */
  operate(id: string, volume: Volume, params: RawParameters): Promise<OperationResult>;
  /** The largest arena that a job has used since the last call, in bytes. */
  takeArenaBytes(): number;
  dispose(): void;
}

export function createOwnHost(threads: number): OwnHost {
  const kernels = createKernelHost(host, threads);
  const { signal } = new AbortController();
  const progress = (): void => undefined;
  let arenaBytes = 0;
  const run: OwnHost['run'] = (bytes, driver) =>
    kernels.runJob({ bytes, signal, progress }, async (session) => {
      const result = await driver(session);
      arenaBytes = Math.max(arenaBytes, session.allocatedBytes);
      return result;
    });
  const context: OperationContext = {
    signal,
    progress,
    breathe: createBreathe(host),
    withKernels: run,
  };
  return {
    run,
    context,
    async operate(id, volume, params) {
      const operation = await loadOperation(id);
      return operation.run(volume, parseParameters(operation.parameters, params, id), context);
    },
    takeArenaBytes() {
      const taken = arenaBytes;
      arenaBytes = 0;
      return taken;
    },
    dispose: () => kernels.dispose(),
  };
}
