import { describe, expect, it } from 'vitest';
import { loadSteps } from '../../src/engine/engine.ts';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { PRESETS, recipeFromPreset } from '../../src/recipe/presets.ts';

describe('presets', () => {
  it.each(PRESETS)('$id has parameters that its operations accept', async (preset) => {
    const recipe = recipeFromPreset(preset, await loadAllOperations());
    const steps = await loadSteps(recipe);
    expect(steps.map(({ operation }) => operation.id)).toEqual(
      preset.steps.map(({ operation }) => operation),
    );
  });

  it.each(PRESETS)('$id makes of its input what each step takes', async (preset) => {
    const operations = await loadAllOperations();
    let kind: string = preset.input;
    for (const { operation: id } of preset.steps) {
      const operation = operations.find((each) => each.id === id);
      expect(['any', kind]).toContain(operation?.input);
      if (operation?.output === 'grey' || operation?.output === 'labels') kind = operation.output;
    }
  });
});
