import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { exampleSession } from './example-session.ts';
import { isSessionFragment, parseSessionFragment, sessionFragment } from './link.ts';
import { withoutChunks } from './session.ts';

it('carries a session in characters that no program changes', async () => {
  const fragment = await sessionFragment(exampleSession());
  expect(fragment).toMatch(/^#s=[A-Za-z0-9_-]+$/);
  expect(await parseSessionFragment(fragment)).toEqual(withoutChunks(exampleSession()));
});

it('is told from other fragments', () => {
  expect(isSessionFragment('#s=abc')).toBe(true);
  expect(isSessionFragment('#section')).toBe(false);
});

function fragmentOf(bytes: Uint8Array): string {
  return `#s=${Buffer.from(bytes).toString('base64url')}`;
}

it.each<[what: string, make: () => string | Promise<string>, sentence: RegExp]>([
  ['holds something else', () => '#a=b', /holds no session/],
  ['has foreign characters', () => '#s=a%20b', /characters that no link of ours has/],
  [
    'is cut short',
    async () => (await sessionFragment(exampleSession())).slice(0, -9),
    /damaged|cut/,
  ],
  ['has one letter too few', () => '#s=abcde', /cut short/],
  ['is no packed text', () => fragmentOf(Uint8Array.of(1, 2, 3, 4)), /damaged or cut short/],
  ['is packed text of something else', () => fragmentOf(deflateRawSync('{}')), /not valid/],
  ['is no JSON', () => fragmentOf(deflateRawSync('hello')), /damaged or cut short/],
  ['is no UTF-8', () => fragmentOf(deflateRawSync(Uint8Array.of(0xff))), /damaged or cut short/],
  [
    'unpacks without end',
    () => fragmentOf(deflateRawSync(Buffer.alloc(2 ** 25))),
    /more than 4 MiB/,
  ],
  ['is longer than any', () => `#s=${'a'.repeat(2 ** 20)}`, /more than 1 million characters/],
])('is refused where it %s', async (_what, make, sentence) => {
  await expect(parseSessionFragment(await make())).rejects.toThrow(sentence);
});
