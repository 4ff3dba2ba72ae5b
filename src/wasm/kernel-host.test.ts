import { describe, expect, it } from 'vitest';
import { withTestKernels } from '../../tests/support/kernels.ts';
import { host } from '../host/node.ts';
import { createKernelHost } from './kernel-host.ts';
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
      /at most 4 GiB: crop or bin the volume first\.$/,
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
