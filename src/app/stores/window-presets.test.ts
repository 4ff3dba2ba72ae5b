import { describe, expect, it } from 'vitest';
import type { RegionStatistics, VolumeInfo } from '../../../workers/engine-api.ts';
import { presetWindow, WINDOW_PRESETS } from './window-presets.ts';

function row(label: number | null, values: readonly [number, number, number, number]) {
  const [minimum, low, high, maximum] = values;
  return {
    label,
    count: 1000,
    notFinite: 0,
    mean: 0,
    standardDeviation: 1,
    minimum,
    maximum,
    quantiles: [
      { fraction: 0.005, value: low },
      { fraction: 0.02, value: low + 1 },
      { fraction: 0.98, value: high - 1 },
      { fraction: 0.995, value: high },
    ],
  } satisfies RegionStatistics;
}

const client = {
  histogram: async () => ({
    start: 0,
    binWidth: 1,
    counts: new Uint32Array(1),
    exact: true,
    peaks: [],
    window: [12, 88] as const,
  }),
  statistics: async (_: string, __: unknown, labels: string | null) =>
    labels === null
      ? [row(null, [0, 5, 95, 100])]
      : [row(null, [0, 5, 95, 100]), row(1, [40, 50, 60, 70]), row(2, [90, 95, 95, 99])],
};
const image = { handle: 'image', range: [0, 100] } as unknown as VolumeInfo;
const labels = { handle: 'labels' } as unknown as VolumeInfo;

describe('presetWindow', () => {
  it('is what its title says', async () => {
    const windows = await Promise.all(
      WINDOW_PRESETS.map(({ preset }) => presetWindow(client, image, null, preset)),
    );
    expect(windows).toEqual([
      { low: 12, high: 88 },
      { low: 5, high: 95 },
      { low: 6, high: 94 },
      { low: 0, high: 100 },
    ]);
  });

  it('spans the grey values under a phase', async () => {
    const under = (label: number) => presetWindow(client, image, labels, { kind: 'phase', label });
    expect(await under(1)).toEqual({ low: 50, high: 60 });
    expect(await under(2)).toEqual({ low: 90, high: 99 });
    expect(await under(3)).toBeNull();
    expect(await presetWindow(client, image, null, { kind: 'phase', label: 1 })).toBeNull();
  });
});
