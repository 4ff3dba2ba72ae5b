import { expect, it } from 'vitest';
import { loadDeclarations } from './declarations.ts';

it('declarations are the same after a way through a JSON file', async () => {
  const declarations = await loadDeclarations();
  expect(declarations.operations.length).toBeGreaterThan(10);
  expect(JSON.parse(JSON.stringify(declarations))).toStrictEqual(declarations);
});
