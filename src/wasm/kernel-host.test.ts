import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { Bug } from '../errors/errors.ts';
import type { Host } from '../host/host.ts';
import { host } from '../host/node.ts';
import { createKernelHost, type KernelHost } from './kernel-host.ts';
import type { KernelSession } from './session.ts';

const ITEMS = 1000;

async function accumulate(session: KernelSession, plans: number): Promise<number[]> {
  const pointer = session.allocate(ITEMS * 8);
  for (let plan = 0; plan < plans; plan++) {
    await session.run({
      kernel: 'probeAccumulate',
      args: [pointer, plan, 1],
      items: ITEMS,
      itemsPerTask: 7,
    });
  }
  return Array.from(session.f64(pointer, ITEMS));
}

describe('kernel session', () => {
  it.each([1, 2, 3])(
    'covers every item of every plan exactly once with %i threads',
    async (threads) => {
      const plans = 300;
      const sums = await withTestKernels(
        ITEMS * 8,
        (session) => accumulate(session, plans),
        threads,
      );
      const expected = Array.from(
        { length: ITEMS },
        (_, i) => (plans * (plans - 1)) / 2 + plans * i,
      );
      expect(sums).toEqual(expected);
    },
  );

  it('hands out aligned arena blocks that do not overlap', async () => {
    await withTestKernels(1000, (session) => {
      const first = session.allocate(10);
      const second = session.allocate(1);
      expect(first % 64).toBe(0);
      expect(second - first).toBeGreaterThanOrEqual(10 + 64);
      return Promise.resolve();
    });
  });

  it('refuses a driver that allocates more than its estimate', async () => {
    await expect(
      withTestKernels(1000, (session) => Promise.resolve(session.allocate(10_000_000))),
    ).rejects.toThrow('more than its estimate');
  });

  it('refuses an arena beyond 4 GiB in one sentence', async () => {
    await expect(withTestKernels(5 * 2 ** 30, () => Promise.resolve())).rejects.toThrow(
      /at most 4\.00 GiB: crop the volume first\.$/,
    );
  });

  it.each([1, 2])('stops between tasks when cancelled, with %i threads', async (threads) => {
    const controller = new AbortController();
    let tasksDone = 0;
    const job = withTestKernels(
      ITEMS * 8,
      async (session) => {
        const pointer = session.allocate(ITEMS * 8);
        await session.run(
          {
            kernel: 'probeAccumulate',
            args: [pointer, 1, 3_000_000],
            items: ITEMS,
            itemsPerTask: 10,
          },
          (done) => {
            tasksDone = done;
            controller.abort();
          },
        );
      },
      threads,
      { signal: controller.signal },
    );
    await expect(job).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(tasksDone).toBeLessThan(ITEMS / 10);
  });

  it.each([1, 2])('reports a trap and works again afterwards, with %i threads', async (threads) => {
    const kernels = createKernelHost(host, threads);
    const options = {
      bytes: ITEMS * 8,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    for (const trapAt of [0, ITEMS - 1]) {
      await expect(
        kernels.runJob(options, (session) =>
          session.run({ kernel: 'probeTrap', args: [trapAt], items: ITEMS, itemsPerTask: 1 }),
        ),
      ).rejects.toThrow(/unreachable|failed/);
    }
    const sums = await kernels.runJob(options, (session) => accumulate(session, 1));
    expect(sums[ITEMS - 1]).toBe(ITEMS - 1);
    kernels.dispose();
  });

  it('runs jobs one after the other', async () => {
    const order: string[] = [];
    const job = (name: string) =>
      withTestKernels(64, async () => {
        order.push(`${name} starts`);
        await host.turn();
        order.push(`${name} ends`);
      });
    await Promise.all([job('first'), job('second')]);
    expect(order).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
  });
});

const hosts: KernelHost[] = [];

afterEach(() => {
  for (const each of hosts.splice(0)) each.dispose();
});

function hostOf(of: Host = host, threads = 2): KernelHost {
  const made = createKernelHost(of, threads);
  hosts.push(made);
  return made;
}

const QUIET = {
  bytes: ITEMS * 8,
  signal: new AbortController().signal,
  progress: () => undefined,
};

/** Tasks of some milliseconds each, for some tenths of a second. */
async function workLong(
  session: KernelSession,
  onTaskDone?: () => void,
  pointer = session.allocate(ITEMS * 8),
): Promise<void> {
  await session.run(
    { kernel: 'probeAccumulate', args: [pointer, 1, 200_000], items: ITEMS, itemsPerTask: 8 },
    onTaskDone,
  );
}

/** The outcome of a promise that must settle: a job that waits for ever fails, not hangs. */
function settled(job: Promise<unknown>): Promise<unknown> {
  return Promise.race([
    job.catch((error: unknown) => error),
    new Promise((resolve) => setTimeout(() => resolve('never settled'), 20_000)),
  ]);
}

describe('kernel host', () => {
  /** The workers that start while `work` runs. */
  async function watchThreads(work: (threads: readonly Worker[]) => Promise<void>): Promise<void> {
    const threads: Worker[] = [];
    const remember = (worker: Worker): void => void threads.push(worker);
    process.on('worker', remember);
    try {
      await work(threads);
    } finally {
      process.off('worker', remember);
    }
  }

  it('says that a thread died in the middle of its work, and works again', () =>
    watchThreads(async (threads) => {
      const kernels = hostOf();
      await kernels.runJob(QUIET, (session) => workLong(session));
      const job = kernels.runJob(QUIET, async (session) => {
        const pointer = session.allocate(ITEMS * 8);
        await workLong(session, undefined, pointer);
        void threads[0]?.terminate();
        for (let i = 0; i < 20; i++) await workLong(session, undefined, pointer);
      });
      const outcome = await settled(job);
      expect(outcome).toBeInstanceOf(Bug);
      expect((outcome as Error).message).toMatch(/thread ended unexpectedly/);
      const sums = await kernels.runJob(QUIET, (session) => accumulate(session, 1));
      expect(sums[ITEMS - 1]).toBe(ITEMS - 1);
      await host.turn();
      expect(threads).toHaveLength(2);
    }));

  it('replaces a thread that died between two jobs and tells nobody', () =>
    watchThreads(async (threads) => {
      const kernels = hostOf();
      await kernels.runJob(QUIET, (session) => workLong(session));
      const gone = new Promise((resolve) => threads[0]?.once('exit', resolve));
      // What is no session makes the thread's loop throw.
      threads[0]?.postMessage(null);
      await gone;
      const sums = await kernels.runJob(QUIET, (session) => accumulate(session, 1));
      expect(sums[ITEMS - 1]).toBe(ITEMS - 1);
      await host.turn();
      expect(threads).toHaveLength(2);
    }));

  it('waits for tasks that other threads hold, in every plan', async () => {
    const kernels = hostOf(host, 3);
    await kernels.runJob(QUIET, (session) => workLong(session));
    await kernels.runJob(QUIET, async (session) => {
      const pointer = session.allocate(ITEMS * 8);
      for (let plan = 1; plan <= 12; plan++) {
        // Three long tasks: each thread is likely to have one.
        await session.run({
          kernel: 'probeAccumulate',
          args: [pointer, 1, 3_000_000],
          items: 3,
          itemsPerTask: 1,
        });
        expect(Array.from(session.f64(pointer, 3))).toEqual(
          [1, 2, 3].map((sum) => sum * 3_000_000 * plan),
        );
      }
    });
  });

  it('lets nobody write after a cancelled plan has thrown', async () => {
    const kernels = hostOf();
    await kernels.runJob(QUIET, (session) => workLong(session));
    const controller = new AbortController();
    await kernels
      .runJob({ ...QUIET, signal: controller.signal }, async (session) => {
        const pointer = session.allocate(ITEMS * 8);
        const run = session.run(
          {
            kernel: 'probeAccumulate',
            args: [pointer, 1, 30_000_000],
            items: 8,
            itemsPerTask: 1,
          },
          () => controller.abort(),
        );
        await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
        const before = Array.from(session.f64(pointer, 8));
        await new Promise((resolve) => setTimeout(resolve, 150));
        expect(Array.from(session.f64(pointer, 8))).toEqual(before);
        expect(before).toContain(0);
      })
      .catch((error: unknown) => {
        // The job itself is cancelled too.
        expect(error).toMatchObject({ code: 'run/cancelled' });
      });
  });

  it('finishes without threads that cannot start', async () => {
    const kernels = hostOf({
      ...host,
      spawnKernelThread: () => ({
        post: () => undefined,
        onCrash: (listener) => void setTimeout(() => listener('404'), 1),
        terminate: () => undefined,
      }),
    });
    await kernels.runJob(QUIET, (session) => workLong(session));
    const sums = await kernels.runJob(QUIET, (session) => accumulate(session, 1));
    expect(sums[ITEMS - 1]).toBe(ITEMS - 1);
  });

  it('names kernel and trap, wherever it trapped, and blames no later job', async () => {
    const kernels = hostOf();
    for (let trapAt = 0; trapAt < 60; trapAt++) {
      const failed = kernels.runJob(QUIET, (session) =>
        session.run({ kernel: 'probeTrap', args: [trapAt], items: 60, itemsPerTask: 1 }),
      );
      const next = kernels.runJob(QUIET, (session) => accumulate(session, 1));
      await expect(failed).rejects.toThrow(/^Kernel probeTrap failed: .*unreachable/);
      expect((await next)[ITEMS - 1]).toBe(ITEMS - 1);
    }
  });

  it('loads the kernels again when loading failed', async () => {
    let loads = 0;
    const kernels = hostOf({
      ...host,
      loadKernels: (variant) => {
        loads += 1;
        return loads === 1 ? Promise.reject(new Error('offline')) : host.loadKernels(variant);
      },
    });
    await expect(kernels.runJob(QUIET, () => Promise.resolve())).rejects.toThrow('offline');
    await kernels.runJob(QUIET, (session) => accumulate(session, 1));
    expect(loads).toBe(2);
  });

  it('cancels a job that waits its turn at once', async () => {
    const kernels = hostOf();
    const order: string[] = [];
    const first = kernels
      .runJob(QUIET, (session) => workLong(session))
      .then(() => order.push('first'));
    const controller = new AbortController();
    const second = kernels
      .runJob({ ...QUIET, signal: controller.signal }, () => Promise.resolve())
      .catch((error: unknown) => {
        order.push('second');
        return error;
      });
    const third = kernels.runJob(QUIET, () => Promise.resolve(order.push('third')));
    setTimeout(() => controller.abort(), 30);
    expect(await second).toMatchObject({ code: 'run/cancelled' });
    await Promise.all([first, third]);
    expect(order).toEqual(['second', 'first', 'third']);
  });

  it('ends the running job when it is disposed', async () => {
    const kernels = createKernelHost(host, 2);
    let isRunning = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      isRunning = resolve;
    });
    const job = kernels.runJob(QUIET, (session) => workLong(session, isRunning));
    await running;
    kernels.dispose();
    expect(await settled(job)).toMatchObject({ code: 'run/cancelled' });
  });

  it('gives the memory of finished jobs back', async () => {
    const kernels = hostOf();
    const bytes = 96 * 2 ** 20;
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let job = 0; job < 16; job++) {
      await kernels.runJob({ ...QUIET, bytes }, async (session) => {
        session.u8(session.allocate(bytes - 64), bytes - 64).fill(1);
        await session.run({ kernel: 'probeTrap', args: [9], items: 9, itemsPerTask: 1 });
      });
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(most).toBeLessThan(8 * bytes);
  });
});
