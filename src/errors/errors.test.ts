import { expose, wrap } from 'comlink';
import { describe, expect, it } from 'vitest';
import { Bug, errorFromPlain, errorToPlain, isAllocationFailure, UserError } from './errors.ts';
import { sendErrorsWhole } from './over-comlink.ts';

function deepError(): UserError {
  const cause = new Bug('inner', { at: 3 }, new RangeError('deepest'));
  return new UserError('file/truncated', 'scan.tif ends early.', { page: 7 }, cause);
}

describe('errors as plain data', () => {
  it('keeps class, code, details, stack and causes', () => {
    const original = deepError();
    const plain: unknown = JSON.parse(JSON.stringify(errorToPlain(original)));
    const rebuilt = errorFromPlain(plain as ReturnType<typeof errorToPlain>);
    expect(rebuilt).toBeInstanceOf(UserError);
    expect(rebuilt).toMatchObject({
      code: 'file/truncated',
      details: { page: 7 },
      stack: original.stack,
    });
    expect(rebuilt.cause).toBeInstanceOf(Bug);
    expect((rebuilt.cause as Bug).details).toEqual({ at: 3 });
    expect(((rebuilt.cause as Bug).cause as Error).message).toBe('deepest');
  });

  it('are sentences of one line without hidden characters, long quotations cut', () => {
    const { message } = new UserError(
      'file/malformed',
      `"a\n\u0000\u202eb${'x'.repeat(9000)}" is no number.`,
    );
    expect(message).toMatch(/^"a\ufffd\ufffd\ufffdbx+ … x+" is no number\.$/);
    expect(message).toHaveLength(600);
  });

  it('makes errors of thrown numbers and strings', () => {
    expect(errorFromPlain(errorToPlain(326552)).message).toBe('326552');
  });

  it('ends a chain of causes that contains itself', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(errorToPlain(loop).cause?.cause).toBeDefined();
  });

  it('crosses a comlink border whole', async () => {
    sendErrorsWhole();
    const { port1, port2 } = new MessageChannel();
    expose(
      {
        fail: () => {
          throw deepError();
        },
      },
      port1,
    );
    const remote = wrap<{ fail(): void }>(port2);
    const caught: unknown = await remote.fail().catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(UserError);
    expect(caught).toMatchObject({ code: 'file/truncated', details: { page: 7 } });
    expect((caught as Error).cause).toBeInstanceOf(Bug);
    port1.close();
    port2.close();
  });
});

describe('isAllocationFailure', () => {
  it.each([
    ['a typed array', () => new Float32Array(2 ** 50)],
    ['a buffer', () => new ArrayBuffer(2 ** 52)],
  ])('knows what is thrown for %s that cannot be had', (_what, allocate) => {
    let thrown: unknown;
    try {
      allocate();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RangeError);
    expect(isAllocationFailure(thrown)).toBe(true);
  });

  it('takes neither a full stack nor a bad number for it', () => {
    const recurse = (): number => 1 + recurse();
    for (const act of [recurse, () => 'x'.repeat(-1)]) {
      let thrown: unknown;
      try {
        act();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(RangeError);
      expect(isAllocationFailure(thrown)).toBe(false);
    }
  });
});
