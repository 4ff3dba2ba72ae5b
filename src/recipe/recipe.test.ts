import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addStep,
  duplicateStep,
  moveStep,
  removeStep,
  setStepEnabled,
  setStepParams,
} from './edit.ts';
import { emptyRecipe, parseRecipe, parseRecipeText, recipeDigest, recipeText } from './recipe.ts';

const SMOOTH = { operation: 'smooth-gaussian', version: 1, params: { sigma: 2 } };
const CROP = { operation: 'crop-box', version: 1 };

describe('recipe document', () => {
  it('reads back what it wrote', () => {
    const recipe = addStep(addStep(emptyRecipe('mine'), CROP), SMOOTH);
    expect(parseRecipeText(recipeText(recipe), 'r.json')).toEqual(recipe);
  });

  it.each([
    ['no JSON', 'not json', /is not valid JSON/],
    [
      'another format',
      '{"format":"x","version":1,"steps":[]}',
      /not valid at format: it must be "tauscope-recipe", not "x"/,
    ],
    ['a document without a format', '{"a":1}', /not valid at format: this entry is missing/],
    [
      'an unknown key',
      '{"format":"tauscope-recipe","version":1,"steps":[],"x":1}',
      /not valid at x: no such entry is known/,
    ],
    [
      'a newer version',
      '{"format":"tauscope-recipe","version":9,"steps":[]}',
      /version 9, which is newer/,
    ],
    [
      'two steps of one id',
      '{"format":"tauscope-recipe","version":1,"steps":[{"id":"a","operation":"b","version":1},{"id":"a","operation":"b","version":1}]}',
      /two steps have the same id/,
    ],
  ])('refuses %s in one sentence', (_what, text, message) => {
    expect(() => parseRecipeText(text, 'r.json')).toThrow(message);
  });

  it('reads the recipe that results hold', () => {
    const recipe = addStep(emptyRecipe('mine'), CROP);
    const results = { format: 'tauscope-results', version: 1, recipe, steps: [] };
    expect(parseRecipeText(JSON.stringify(results), 'results.json')).toEqual(recipe);
    const without = JSON.stringify({ ...results, recipe: { steps: [] } });
    expect(() => parseRecipeText(without, 'results.json')).toThrow(/not valid at format/);
  });

  it('keeps its refusal short and has no stack to overflow', () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const step = (params: string): string =>
      `{"format":"tauscope-recipe","version":1,"steps":[{"id":"a","operation":"b","version":1,"enabled":false,"params":${params}}]}`;
    const hostile = [
      step(`{"a":${nested}}`),
      nested,
      step(`"${'x'.repeat(100_000)}"`),
      `{"${'k'.repeat(100_000)}":1}`,
      `{"version":1e999}`,
      ' '.repeat(2 ** 25),
    ];
    for (const text of hostile) {
      let caught: unknown;
      try {
        parseRecipeText(text, 'r.json');
      } catch (error) {
        caught = error;
      }
      expect(caught).toMatchObject({ name: 'UserError', code: 'recipe/malformed' });
      expect((caught as Error).message.length).toBeLessThan(400);
    }
  });

  it('keeps a parameter named like a prototype for its operation to refuse', () => {
    const recipe = parseRecipeText(
      '{"format":"tauscope-recipe","version":1,"steps":[{"id":"a","operation":"b","version":1,"params":{"__proto__":{"x":1},"constructor":2}}]}',
      'r.json',
    );
    const params = recipe.steps[0]?.params ?? {};
    expect(Object.keys(params)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect('x' in {}).toBe(false);
  });

  it('survives any JSON document without a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        try {
          parseRecipe(document);
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError', code: 'recipe/malformed' });
        }
      }),
    );
  });

  it('has a digest of what it computes alone', () => {
    const recipe = addStep(addStep(emptyRecipe('a'), CROP), SMOOTH);
    const renamed = {
      ...recipe,
      title: 'b',
      steps: recipe.steps.map((s, i) => ({ ...s, id: `s${i}` })),
    };
    expect(recipeDigest(renamed)).toBe(recipeDigest(recipe));
    const disabled = setStepEnabled(addStep(recipe, SMOOTH), 'smooth-gaussian-2', false);
    expect(recipeDigest(disabled)).toBe(recipeDigest(recipe));
    const changed = setStepParams(recipe, 'smooth-gaussian-1', { sigma: 3 });
    expect(recipeDigest(changed)).not.toBe(recipeDigest(recipe));
  });
});

describe('recipe edits', () => {
  const recipe = addStep(addStep(emptyRecipe(), CROP), SMOOTH);
  const ids = (r: typeof recipe): string[] => r.steps.map((step) => step.id);

  it('gives added steps the smallest free id', () => {
    expect(ids(addStep(recipe, CROP))).toEqual(['crop-box-1', 'smooth-gaussian-1', 'crop-box-2']);
  });

  it('duplicates a step right after itself with its parameters', () => {
    const twice = duplicateStep(recipe, 'smooth-gaussian-1');
    expect(ids(twice)).toEqual(['crop-box-1', 'smooth-gaussian-1', 'smooth-gaussian-2']);
    expect(twice.steps[2]?.params).toEqual({ sigma: 2 });
  });

  it('duplicates a disabled step as a disabled one', () => {
    const twice = duplicateStep(setStepEnabled(recipe, 'crop-box-1', false), 'crop-box-1');
    expect(twice.steps.map((step) => step.enabled)).toEqual([false, false, true]);
  });

  it('moves and removes without touching the original', () => {
    expect(ids(moveStep(recipe, 'smooth-gaussian-1', 0))).toEqual([
      'smooth-gaussian-1',
      'crop-box-1',
    ]);
    expect(ids(removeStep(recipe, 'crop-box-1'))).toEqual(['smooth-gaussian-1']);
    expect(ids(recipe)).toEqual(['crop-box-1', 'smooth-gaussian-1']);
  });
});
