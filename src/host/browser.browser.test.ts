import { afterEach, describe, expect, it, vi } from 'vitest';
import { host } from './browser.ts';

afterEach(() => vi.unstubAllGlobals());

describe('the host in a browser', () => {
  it('loads both kernel modules', async () => {
    for (const variant of ['plain', 'threads'] as const) {
      const module = await host.loadKernels(variant);
      const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
      expect(exports).toContain('probeAccumulate');
    }
  });

  it('loads them from a server that calls them something else', async () => {
    const original = fetch;
    vi.stubGlobal('fetch', async (url: string) => {
      const bytes = await (await original(url)).arrayBuffer();
      return new Response(bytes, { headers: { 'Content-Type': 'application/octet-stream' } });
    });
    expect(await host.loadKernels('plain')).toBeInstanceOf(WebAssembly.Module);
  });

  it.each([
    ['no connection', () => Promise.reject(new TypeError('Failed to fetch')), /connection/],
    ['a newer version', () => Promise.resolve(new Response('', { status: 404 })), /reload/],
  ])('says in one sentence what to do about %s', async (_what, answer, advice) => {
    vi.stubGlobal('fetch', answer);
    await expect(host.loadKernels('plain')).rejects.toMatchObject({
      code: 'file/unreadable',
      message: expect.stringMatching(advice),
    });
  });

  it('tells of a thread that throws', async () => {
    const thread = host.spawnKernelThread();
    const reason = new Promise<string>((resolve) => thread.onCrash(resolve));
    // What is no session.
    thread.post(null);
    expect(await reason).toMatch(/null/);
    thread.terminate();
  });

  it('lets messages in at each turn, in order', async () => {
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => host.turn().then(() => order.push(n))));
    expect(order).toEqual([1, 2, 3]);
  });
});
