import { expect, it } from 'vitest';
import { discard } from './discard.ts';

it('leaves an empty array, and shared memory as it is', () => {
  const own = new Uint16Array(1000).fill(3);
  discard(own);
  expect(own.length).toBe(0);
  discard(own);
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  discard(shared);
  expect(shared.length).toBe(8);
});
