import { expose } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineApi } from '../../workers/engine-api.ts';
import { UserError } from '../errors/errors.ts';
import {
  createEngineClient,
  type EngineClient,
  type EngineWorker,
  isReplacement,
} from './engine-client.ts';

const clients: EngineClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

/** A worker in this thread: the API behind a message channel, and a way to die. */
function workerWith(api: Partial<EngineApi>) {
  const { port1, port2 } = new MessageChannel();
  const listeners: (() => void)[] = [];
  expose(api, port2 as never);
  port2.start();
  const worker = port1 as unknown as EngineWorker & { start(): void };
  const add = worker.addEventListener.bind(worker);
  worker.addEventListener = ((type: string, listener: () => void) => {
    if (type === 'error') listeners.push(listener);
    else add(type as never, listener as never);
  }) as EngineWorker['addEventListener'];
  worker.terminate = () => {
    port1.close();
    port2.close();
  };
  return {
    worker,
    crash: () => {
      for (const listener of listeners) listener();
    },
  };
}

function clientOf(spawn: () => EngineWorker, patienceMs?: number): EngineClient {
  const client = createEngineClient(spawn, patienceMs);
  clients.push(client);
  return client;
}

const DESCRIPTION = { version: '1', threads: 2, operations: [], phantoms: [] };
const never = () => new Promise<never>(() => undefined);

describe('createEngineClient', () => {
  it('passes results, progress and errors with their codes', async () => {
    const client = clientOf(
      () =>
        workerWith({
          openUrl: async (_job, url, report) => {
            report(0.5);
            throw new UserError('file/empty', `${url} is empty.`, { file: url });
          },
        }).worker,
    );
    const seen: number[] = [];
    const error = await client
      .openUrl('job', 'a.tif', (f) => seen.push(f))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'file/empty', details: { file: 'a.tif' } });
    expect(seen).toEqual([0.5]);
  });

  it('rejects all waiting calls when the worker dies, and asks the next one', async () => {
    const workers = [
      workerWith({ describe: async () => DESCRIPTION, methods: never, estimate: never }),
      workerWith({ describe: async () => ({ ...DESCRIPTION, version: '2' }) }),
    ];
    let spawned = 0;
    const client = clientOf(() => (workers[spawned++] as (typeof workers)[0]).worker);
    const reasons: string[] = [];
    client.onReplaced((reason) => reasons.push(reason));
    await client.describe();
    const waiting = [client.methods({} as never), client.estimate({} as never, 'h')];
    workers[0]?.crash();
    const errors = await Promise.all(waiting.map((call) => call.catch((e: unknown) => e)));
    expect(errors.every(isReplacement)).toBe(true);
    expect(reasons).toEqual(['crashed']);
    expect((await client.describe()).version).toBe('2');
    expect(spawned).toBe(2);
  });

  it('does not replace a worker that never answered', async () => {
    const workers = [workerWith({ describe: never })];
    let spawned = 0;
    const client = clientOf(() => (workers[spawned++] as (typeof workers)[0]).worker);
    const asked = client.describe().catch((e: unknown) => e);
    workers[0]?.crash();
    expect(await asked).toMatchObject({ message: expect.stringContaining('could not be started') });
    expect(spawned).toBe(1);
    await expect(client.describe()).rejects.toThrow('could not be started');
  });

  it('replaces a worker that does not react to a cancellation', async () => {
    const workers = [
      workerWith({ describe: async () => DESCRIPTION, run: never, cancel: async () => undefined }),
      workerWith({ describe: async () => DESCRIPTION }),
    ];
    let spawned = 0;
    const client = clientOf(() => (workers[spawned++] as (typeof workers)[0]).worker, 20);
    const reasons: string[] = [];
    client.onReplaced((reason) => reasons.push(reason));
    await client.describe();
    const running = client.run('job', {} as never, 'h', () => undefined).catch((e: unknown) => e);
    await client.cancel('job');
    expect(isReplacement(await running)).toBe(true);
    expect(reasons).toEqual(['unresponsive']);
  });
});
