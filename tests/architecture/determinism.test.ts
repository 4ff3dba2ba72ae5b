/** Computations may only use arithmetic that every engine does alike. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COMPUTING = ['src/kernels', 'src/operations', 'src/phantoms', 'src/engine', 'wasm/src'];

/** IEEE 754 defines +, −, ×, ÷ and √; these functions may differ in the last bit. */
const ENGINE_DEFINED =
  /\bMath(?:f)?\.(?:a?(?:cos|sin|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log1p|log2|log10|pow|random)\b/;
const RELAXED_SIMD = /\brelaxed_/;

function sourcesOf(folder: string): readonly string[] {
  return readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

it.each(COMPUTING)('%s uses no function that engines define differently', (folder) => {
  const found = sourcesOf(folder).flatMap((file) =>
    readFileSync(resolve(root, file), 'utf8')
      .split('\n')
      .flatMap((line, i) => {
        const code = line.replace(/\/\/.*$|^\s*\/?\*.*$/, '');
        const isBanned = ENGINE_DEFINED.test(code) || RELAXED_SIMD.test(code);
        return isBanned ? [`${file}:${i + 1}: ${line.trim()}`] : [];
      }),
  );
  expect(found).toEqual([]);
});
