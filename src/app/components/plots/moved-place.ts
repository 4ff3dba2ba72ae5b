/** Which point of a plot a key leads to. */
import type { PlotFigure } from '../../../figures/plot-figure.ts';
import type { PlotPlace } from '../../../figures/plot-layout.ts';

function within(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

/**
 * Left and right go along a curve, up and down to another curve, Page Up and Page Down to another
 * panel, Home and End to the ends; Escape leaves. undefined for any other key.
 */
export function movedPlace(
  { panels }: PlotFigure,
  from: PlotPlace | null,
  key: string,
): PlotPlace | null | undefined {
  if (key === 'Escape') return from === null ? undefined : null;
  const steps: Readonly<Record<string, readonly [panel: number, series: number, point: number]>> = {
    ArrowRight: [0, 0, 1],
    ArrowLeft: [0, 0, -1],
    ArrowDown: [0, 1, 0],
    ArrowUp: [0, -1, 0],
    PageDown: [1, 0, 0],
    PageUp: [-1, 0, 0],
    Home: [0, 0, Number.NEGATIVE_INFINITY],
    End: [0, 0, Number.POSITIVE_INFINITY],
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const start = from ?? { panel: 0, series: 0, point: step[2] < 0 ? 1 : -1 };
  const panel = within(start.panel + step[0], panels.length);
  const series = within(start.series + step[1], panels[panel]?.series.length ?? 1);
  const points = panels[panel]?.series[series]?.points.length ?? 1;
  return { panel, series, point: within(start.point + step[2], points) };
}
