/** How the histogram is looked at. */
import { create } from 'zustand';

interface HistogramView {
  /** The grey values that the chart shows; null for all. */
  readonly zoom: readonly [low: number, high: number] | null;
  readonly scale: 'linear' | 'log';
  /** Whether the list of suggested intervals is open. */
  readonly suggesting: boolean;
  /** Grey values marked on the chart: those of the suggestion that is looked at. */
  readonly marked: readonly number[];
}

export const useHistogramView = create<HistogramView>()(() => ({
  zoom: null,
  scale: 'linear',
  suggesting: false,
  marked: [],
}));

/** The files that a histogram is saved as. */
export const HISTOGRAM_FILES = [
  { kind: 'svg', title: 'SVG, 90 mm wide' },
  { kind: 'png', title: 'PNG, 600 dpi' },
  { kind: 'csv', title: 'CSV of the counts' },
] as const;

export type HistogramFile = (typeof HISTOGRAM_FILES)[number]['kind'];
