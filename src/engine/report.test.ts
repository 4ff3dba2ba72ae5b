import { describe, expect, it } from 'vitest';
import { loadOperation } from '../operations/registry.ts';
import { emptyRecipe, recipeDigest } from '../recipe/recipe.ts';
import { createVolume } from '../volume/volume.ts';
import type { LoadedStep } from './engine.ts';
import { type ReportFacts, reportHtml, reproducingCommand } from './report.ts';

const EVIL = `<img src=x onerror="alert(1)">'&`;

async function facts(parts: Partial<ReportFacts> = {}): Promise<ReportFacts> {
  const operation = await loadOperation('measure-volume-fraction');
  const step = { id: 'fractions', operation: operation.id, version: 1, params: {}, enabled: true };
  const volume = createVolume({
    kind: 'labels',
    name: EVIL,
    size: [2, 2, 1],
    data: Uint8Array.of(0, 0, 0, 1),
    spacing: { values: [0.25, 0.25, 0.5], unit: 'µm' },
    phases: [{ label: 0, name: EVIL, colour: '#0072b2', pore: true }],
  });
  const input = { volume, identity: 'i', voxelDigest: 'f'.repeat(64), onGpu: false };
  const columns = operation.tables['fractions']?.columns ?? [];
  return {
    recipe: { ...emptyRecipe(), title: EVIL, steps: [step] },
    steps: [{ step, operation, params: { slices: false } } as LoadedStep],
    input,
    file: EVIL,
    outcomes: [
      {
        stepId: 'fractions',
        operation: operation.id,
        version: 1,
        params: {},
        tables: [
          {
            id: 'fractions',
            title: 'Volume fractions',
            columns,
            rows: [{ label: 0, phase: EVIL, pore: true, voxels: 3, volumeFraction: 0.75 }],
            notes: [EVIL],
          },
        ],
        notes: [],
        gpu: null,
        madeVolume: false,
        current: { onGpu: false },
      },
    ],
    spacingSource: EVIL,
    isSpacingStated: true,
    date: '2026-01-31',
    ...parts,
  };
}

describe('reportHtml', () => {
  it('takes no markup from names, titles or metadata', async () => {
    const html = reportHtml(await facts());
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  });

  it('tells data, numbers, definition and what to check them by', async () => {
    const all = await facts();
    const html = reportHtml(all);
    for (const text of [
      '2 × 2 × 1 voxels, uint8, labels',
      '0.25 × 0.25 × 0.5 µm',
      '<td class="n">0.75</td>',
      'εᵢ = Nᵢ / N',
      'f'.repeat(64),
      recipeDigest(all.recipe),
      '2026-01-31',
    ]) {
      expect(html).toContain(text);
    }
  });

  it('says above the numbers that the voxel size is unknown', async () => {
    const all = await facts();
    const input = { ...all.input, volume: { ...all.input.volume, spacing: null } };
    expect(reportHtml({ ...all, input })).toContain('The voxel size is unknown');
  });

  it('has pictures of the page as they are', async () => {
    const figures = [{ caption: 'a < b', svg: '<svg id="mine"></svg>' }];
    const html = reportHtml(await facts({ figures }));
    expect(html).toContain('<svg id="mine"></svg>');
    expect(html).toContain('a &lt; b');
  });
});

it('reproducingCommand quotes the name and repeats what was stated', async () => {
  const all = await facts();
  expect(reproducingCommand(all)).toBe(
    `tauscope run recipe.json '<img src=x onerror="alert(1)">'\\''&' --as-labels --voxel-size 0.25x0.25x0.5um -o results`,
  );
  expect(reproducingCommand({ ...all, isSpacingStated: false })).not.toContain('--voxel-size');
});
