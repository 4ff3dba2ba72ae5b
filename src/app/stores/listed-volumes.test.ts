import { describe, expect, it } from 'vitest';
import { distinctName, type ListedVolume, valuesInNames } from './listed-volumes.ts';

describe('the names of listed volumes', () => {
  it('tell states where they differ in one number alone', () => {
    expect(valuesInNames(['soc0.tif', 'soc50.tif', 'soc100.tif'])).toEqual([0, 50, 100]);
    expect(valuesInNames(['n2_1.5V.nrrd', 'n2_3V.nrrd'])).toEqual([1.5, 3]);
    for (const names of [['a1.tif'], ['a1.tif', 'b1.tif'], ['a1b1', 'a2b2'], ['a1', 'a1'], []]) {
      expect(valuesInNames(names)).toBeNull();
    }
  });

  it('are made different', () => {
    const volumes = [{ name: 'a' }, { name: 'a (2)' }] as unknown as readonly ListedVolume[];
    expect(distinctName('b', volumes)).toBe('b');
    expect(distinctName('a', volumes)).toBe('a (3)');
  });
});
