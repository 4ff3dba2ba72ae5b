import { describe, expect, it } from 'vitest';
import { countEdits, editTitle, type LabelEdit, MAX_EDITS } from './edits.ts';
import { parseParameters } from './parameters.ts';

const FIELDS = { edits: { kind: 'edits', title: 'Edits', help: 'Drawn.' } } as const;
const BRUSH = {
  tool: 'brush',
  axis: 2,
  slice: 32,
  radius: 2.5,
  path: '1,2 3,4',
  label: 1,
} as const;

function parse(edits: unknown): readonly LabelEdit[] {
  return parseParameters(FIELDS, { edits }, 'Correct labels').edits;
}

describe('edits', () => {
  it('are filled in with what is left out, and read back unchanged', () => {
    const [edit] = parse([BRUSH]);
    expect(edit).toEqual({ ...BRUSH, metric: 'voxel', only: null, keep: [] });
    expect(parse(JSON.parse(JSON.stringify([edit])))).toEqual([edit]);
  });

  it('have names', () => {
    const [edit] = parse([BRUSH]) as readonly [LabelEdit];
    expect(editTitle(edit)).toBe('Brush stroke in xy slice 32');
    expect(countEdits([edit, edit])).toBe('2 edits (2 brush strokes)');
    expect(countEdits([])).toBe('no edits');
  });

  it.each([
    ['no list', 'x'],
    ['an unknown tool', [{ ...BRUSH, tool: 'spray' }]],
    ['an unknown entry', [{ ...BRUSH, more: 1 }]],
    ['a radius between half voxels', [{ ...BRUSH, radius: 1.2 }]],
    ['a huge radius', [{ ...BRUSH, radius: 1e9 }]],
    ['a path of three numbers a point', [{ ...BRUSH, path: '1,2,3' }]],
    ['a path with a negative place', [{ ...BRUSH, path: '-1,2' }]],
    ['a place with leading zeros', [{ ...BRUSH, path: '01,2' }]],
    ['an empty path', [{ ...BRUSH, path: '' }]],
    ['slices that fall', [{ tool: 'interpolate', axis: 2, slices: [4, 2], runs: '', label: 1 }]],
    ['too many edits', Array.from({ length: MAX_EDITS + 1 }, () => BRUSH)],
    ['a million things', Array.from({ length: 1_000_000 }, () => null)],
    ['a path of millions of points', [{ ...BRUSH, path: '1,2 '.repeat(2 ** 20) }]],
    ['a path in a path', [{ ...BRUSH, path: [[[[1]]]] }]],
  ])('refuse %s in one short sentence', (_what, edits) => {
    let message = '';
    try {
      parse(edits);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/Edits \(edits\) is .*it must be a list of at most 4096 edits/);
    expect(message.length).toBeLessThan(300);
  });

  it('take a path as long as all paths may be', () => {
    expect(parse([{ ...BRUSH, path: `0,0${' 1,2'.repeat(2 ** 19 - 1)}` }])).toHaveLength(1);
  });
});
