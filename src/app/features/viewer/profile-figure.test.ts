import { describe, expect, it } from 'vitest';
import { PRINT, profileFigure } from './profile-figure.ts';

const profile = { values: Float64Array.of(0, 10, Number.NaN, 30, 40), length: 8, unit: 'µm' };

describe('profileFigure', () => {
  it('draws each value at its distance and breaks the line where there is no number', () => {
    const svg = profileFigure('a < b', profile, PRINT);
    const line = /<path d="(M[^"]*)" fill="none" stroke="#1f6fb2"/.exec(svg)?.[1] ?? '';
    const points = [...line.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x]) => Number(x));
    expect(points).toEqual([150, 332.5, 697.5, 880]);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(svg).toContain('distance (µm)');
    expect(svg).toContain('a &lt; b');
  });

  it.each([[[5, 5, 5]], [[Number.NaN]], [[0]]])('has a scale for %j', (values) => {
    const svg = profileFigure('flat', { ...profile, values: Float64Array.from(values) }, PRINT);
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('Infinity');
  });
});
