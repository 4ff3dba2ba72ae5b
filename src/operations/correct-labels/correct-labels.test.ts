import { describe, expect, it } from 'vitest';
import type { LabelEdit } from '../../declaration/edits.ts';
import { createVolume, type Volume } from '../../volume/volume.ts';
import { runOperation } from '../../../tests/support/run-operation.ts';
import { operation } from './index.ts';

const COMMON = { only: null, keep: [] } as const;

function labels(): Volume {
  return createVolume({
    kind: 'labels',
    name: 'labels',
    size: [20, 20, 20],
    data: new Uint8Array(8000).fill(1),
    phases: [{ label: 1, name: 'pore', colour: '#0072b2', pore: true }],
  });
}

describe('correct-labels', () => {
  it('counts what changed and not what was painted over with its own label', async () => {
    const edits: readonly LabelEdit[] = [
      {
        tool: 'brush',
        axis: 2,
        slice: 3,
        radius: 0.5,
        metric: 'voxel',
        path: '2,2 11,2',
        label: 7,
        ...COMMON,
      },
      {
        tool: 'brush',
        axis: 2,
        slice: 3,
        radius: 0.5,
        metric: 'voxel',
        path: '10,2 11,2',
        label: 1,
        ...COMMON,
      },
      {
        tool: 'brush',
        axis: 2,
        slice: 9,
        radius: 5,
        metric: 'voxel',
        path: '9,9',
        label: 1,
        ...COMMON,
      },
    ];
    const { tables = [] } = await runOperation(operation, labels(), { edits });
    expect(tables.map(({ rows }) => rows)).toEqual([
      [{ edits: 3, changed: 8, share: 0.1 }],
      [
        { label: 1, phase: 'pore', gained: 0, lost: 8, net: -8 },
        { label: 7, phase: 'phase 7', gained: 8, lost: 0, net: 8 },
      ],
    ]);
  });

  it('without edits leaves everything as it is', async () => {
    const input = labels();
    const result = await runOperation(operation, input, { edits: [] });
    expect('volume' in result && result.volume).toEqual(input);
    expect(operation.changesVolume?.({ edits: [] })).toBe(false);
  });

  it('undoes an edit by leaving it out', async () => {
    const stroke = (path: string): LabelEdit => ({
      tool: 'ball',
      radius: 3,
      metric: 'voxel',
      path,
      label: 2,
      ...COMMON,
    });
    const voxels = async (edits: readonly LabelEdit[]): Promise<unknown> => {
      const result = await runOperation(operation, labels(), { edits });
      return 'volume' in result && result.volume.data;
    };
    const first = await voxels([stroke('3,3,3')]);
    expect(await voxels([stroke('3,3,3'), stroke('9,9,9')])).not.toEqual(first);
    expect(await voxels([stroke('3,3,3')])).toEqual(first);
  });
});
