/** Windows that follow the voxels: plain functions, so that menus and commands can share them. */
import type { RegionStatistics, VolumeInfo } from '../../../workers/engine-api.ts';
import type { EngineClient } from '../engine-client.ts';
import { type GreyWindow, useViewer } from './viewer.ts';

export type WindowPreset =
  | { readonly kind: 'automatic' | 'range' }
  /** From the quantile `tail` to the quantile 1 − `tail`. */
  | { readonly kind: 'quantiles'; readonly tail: number }
  /** The grey values under a label, without half a percent at either end. */
  | { readonly kind: 'phase'; readonly label: number };

export const WINDOW_PRESETS: readonly {
  readonly id: string;
  readonly title: string;
  readonly preset: WindowPreset;
}[] = [
  { id: 'automatic', title: 'Automatic (1 % to 99 %)', preset: { kind: 'automatic' } },
  { id: 'middle-99', title: '0.5 % to 99.5 %', preset: { kind: 'quantiles', tail: 0.005 } },
  { id: 'middle-96', title: '2 % to 98 %', preset: { kind: 'quantiles', tail: 0.02 } },
  { id: 'range', title: 'Smallest to largest value', preset: { kind: 'range' } },
];

const PHASE_TAIL = 0.005;

/** Sets the window of `image`; `labels` must have its size where the preset is that of a phase. */
export async function applyWindowPreset(
  client: Pick<EngineClient, 'histogram' | 'statistics'>,
  image: VolumeInfo,
  labels: VolumeInfo | null,
  preset: WindowPreset,
): Promise<void> {
  const window = await presetWindow(client, image, labels, preset);
  if (window !== null) useViewer.getState().setWindow(window);
}

/** null where the preset has no values to go by. */
export async function presetWindow(
  client: Pick<EngineClient, 'histogram' | 'statistics'>,
  image: VolumeInfo,
  labels: VolumeInfo | null,
  preset: WindowPreset,
): Promise<GreyWindow | null> {
  switch (preset.kind) {
    case 'range':
      return { low: image.range[0], high: image.range[1] };
    case 'automatic': {
      const [low, high] = (await client.histogram(image.handle)).window;
      return { low, high };
    }
    case 'quantiles': {
      const [all] = await client.statistics(image.handle, null, null);
      return betweenQuantiles(all, preset.tail);
    }
    case 'phase': {
      if (labels === null) return null;
      const rows = await client.statistics(image.handle, null, labels.handle);
      return betweenQuantiles(
        rows.find(({ label }) => label === preset.label),
        PHASE_TAIL,
      );
    }
  }
}

/** From smallest to largest where the quantiles are one value. */
function betweenQuantiles(row: RegionStatistics | undefined, tail: number): GreyWindow | null {
  if (row === undefined || row.count === 0) return null;
  const at = (fraction: number): number =>
    row.quantiles.find((quantile) => Math.abs(quantile.fraction - fraction) < 1e-9)?.value ?? NaN;
  const [low, high] = [at(tail), at(1 - tail)];
  if (low < high) return { low, high };
  return row.minimum < row.maximum ? { low: row.minimum, high: row.maximum } : null;
}
