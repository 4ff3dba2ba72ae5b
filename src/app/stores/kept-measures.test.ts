import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { keepMeasures, parseKeptMeasures } from './kept-measures.ts';
import { useMeasures } from './measures.ts';
import type { WorkspaceState } from './workspace.ts';

const SIZE = [8, 8, 8] as const;
const measures = useMeasures.getState;

it('measures come back with the voxels they were made on, and with no others', () => {
  let written = '[]';
  const openPage = () => {
    const store = createStore(() => ({ source: null }) as unknown as WorkspaceState);
    keepMeasures({ store }, parseKeptMeasures(JSON.parse(written)), (kept) => {
      written = JSON.stringify(kept);
    });
    return (voxelDigest: string | null) =>
      store.setState({
        source: voxelDigest === null ? null : ({ voxelDigest } as WorkspaceState['source']),
      });
  };
  const open = openPage();
  open('a');
  measures().toggleTool('distance');
  for (const x of [1, 5]) measures().place('xy', [x, 0, 0], SIZE);
  const drawn = measures().kept;
  open(null);
  expect(measures().kept).toEqual([]);

  const reopen = openPage();
  reopen('b');
  expect(measures().kept).toEqual([]);
  reopen('a');
  expect(measures().kept).toEqual(drawn);
});

it('what is damaged is left out', () => {
  for (const odd of [null, undefined, '', {}, 7, [{ of: 3 }], [null]]) {
    expect(parseKeptMeasures(odd)).toEqual([]);
  }
  const measures = [{ id: 1, kind: 'volume' }, { id: 2, kind: 'distance' }, 5];
  expect(parseKeptMeasures([{ of: 'a', measures }])).toEqual([
    { of: 'a', measures: [{ id: 1, kind: 'volume' }] },
  ]);
});
