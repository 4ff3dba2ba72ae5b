import { describe, expect, it } from 'vitest';
import { makeSynchronous } from './synchronous.ts';

/** Runs the synchronous form of a module and answers with its export `result`. */
async function resultOf(source: string): Promise<unknown> {
  const code = makeSynchronous(source, 'module.ts');
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  return ((await import(/* @vite-ignore */ url)) as { readonly result: unknown }).result;
}

describe('makeSynchronous', () => {
  it('makes functions, arrows, methods and stored callbacks answer at once', async () => {
    const result = await resultOf(`
      async function one(): Promise<number> { return 1; }
      const two = async (): Promise<number> => (await one()) + 1;
      class Three { async get() { return (await two()) + 1; } static async also() { return 3; } }
      const callbacks = [async () => await new Three().get(), Three.also];
      const object = { async four() { return 4; }, async: 5 };
      export const result = [
        one(), two(), ...callbacks.map((call) => call()), object.four(), object.async,
      ];
    `);
    expect(result).toEqual([1, 2, 3, 3, 4, 5]);
  });

  it('keeps the order of try, finally and what comes after', async () => {
    const result = await resultOf(`
      const log: string[] = [];
      async function work(fails: boolean) {
        try {
          await step();
          if (fails) throw new Error('inner');
          return 'value';
        } catch (error) {
          log.push('catch');
          throw error;
        } finally {
          log.push('finally');
        }
      }
      async function step() { log.push('step'); }
      log.push(await work(false));
      try { await work(true); } catch { log.push('outer'); }
      export const result = log;
    `);
    expect(result).toEqual(['step', 'finally', 'value', 'step', 'catch', 'finally', 'outer']);
  });

  it('runs loops and generators in order', async () => {
    const result = await resultOf(`
      function* steps() { for (let i = 0; i < 3; i++) yield i; }
      async function drive(breathe: () => Promise<void>) {
        const seen = [];
        for (const i of steps()) { seen.push(i); await breathe(); }
        return seen;
      }
      export const result = await drive(() => Promise.resolve());
    `);
    expect(result).toEqual([0, 1, 2]);
  });

  it('makes asynchronous generators and the loops over them plain ones', async () => {
    const result = await resultOf(`
      const source = { async *parts() { try { yield await one(); yield 2; } finally { log.push('end'); } } };
      async function one() { return 1; }
      async function* doubled() { for await (const part of source.parts()) yield 2 * part; }
      const log: unknown[] = [];
      for await (const part of doubled()) log.push(part);
      for await (const part of doubled()) { log.push(part); break; }
      export const result = log;
    `);
    expect(result).toEqual([2, 4, 'end', 2, 'end']);
  });

  it('takes the value out of Promise.resolve', async () => {
    expect(
      await resultOf('export const result = [Promise.resolve(7), Promise.resolve()];'),
    ).toEqual([7, undefined]);
  });

  it('leaves types and names alone that only speak of promises', async () => {
    const result = await resultOf(`
      interface Later { then: string; run(): Promise<void> }
      type Loader = () => Promise<number>;
      const load: Loader = () => Promise.resolve(1);
      export const result = load();
    `);
    expect(result).toBe(1);
  });

  it.each([
    ['new Promise', 'new Promise(() => {});', 'Promise'],
    ['all', 'await Promise.all([]);', 'Promise'],
    ['reject', 'Promise.reject(1);', 'Promise'],
    ['a handle on the constructor', 'const P = Promise;', 'Promise'],
    ['the constructor by another way', 'globalThis.Promise.all([]);', 'Promise'],
    ['resolving a list', 'Promise.resolve(...[1]);', 'Promise.resolve of a list'],
    ['.then', 'work().then(1);', '.then'],
    ['.catch', 'work().catch(1);', '.catch'],
    ['.finally', 'work()?.finally(1);', '.finally'],
    ["['then']", "work()['then'](1);", '.then'],
    ['destructured then', 'const { then } = work();', '.then'],
    ['await using', 'await using x = y;', 'await using'],
    ['asynchronous iteration', 'y[Symbol.asyncIterator]();', 'asynchronous iteration'],
    ['a dynamic import', "await import('./x.ts');", 'import()'],
  ])('refuses %s with its place', (_what, code, named) => {
    expect(() => makeSynchronous(`const line = 1;\n${code}\n`, 'file.ts')).toThrow(
      `file.ts:2: ${named} cannot be made synchronous.`,
    );
  });

  it('stops where a promise comes from outside', async () => {
    const source = `export const result = await fetchLike();
      function fetchLike(): unknown { return (0, eval)('Promise').resolve(1); }`;
    await expect(resultOf(source)).rejects.toThrow('A promise cannot be awaited here.');
  });
});
