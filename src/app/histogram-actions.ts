/** What can be done with the histogram. */
import type { Action } from './action.ts';
import { action, stateOf } from './declare-action.ts';
import { HISTOGRAM_FILES, type HistogramFile, useHistogramView } from './stores/histogram-view.ts';
import { useViewer } from './stores/viewer.ts';
import { shownVolumes } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

function needsHistogram(workbench: Workbench): string | null {
  return shownVolumes(stateOf(workbench)).image === null ? 'No grey image is shown.' : null;
}

async function save(workbench: Workbench, kind: HistogramFile): Promise<void> {
  // The panel is no part of what the page starts with.
  await (await import('./features/histogram/index.ts')).saveHistogram(workbench, kind);
}

export const HISTOGRAM_ACTIONS: readonly Action[] = [
  action({
    id: 'histogram-log',
    title: 'Histogram: logarithmic counts',
    group: 'Views',
    icon: null,
    keywords: 'scale log linear',
    obstacle: needsHistogram,
    isOn: () => useHistogramView.getState().scale === 'log',
    run: () =>
      useHistogramView.setState(({ scale }) => ({ scale: scale === 'log' ? 'linear' : 'log' })),
  }),
  action({
    id: 'histogram-zoom-window',
    title: 'Histogram: zoom to the window',
    group: 'Views',
    icon: null,
    keywords: 'closer enlarge grey values range',
    obstacle: needsHistogram,
    run: () => {
      const { window } = useViewer.getState();
      if (window !== null) useHistogramView.setState({ zoom: [window.low, window.high] });
    },
  }),
  action({
    id: 'histogram-all',
    title: 'Histogram: show all grey values',
    group: 'Views',
    icon: null,
    keywords: 'reset zoom fit',
    obstacle: (workbench) =>
      useHistogramView.getState().zoom === null
        ? 'All grey values are shown.'
        : needsHistogram(workbench),
    run: () => useHistogramView.setState({ zoom: null }),
  }),
  action({
    id: 'suggest-intervals',
    title: 'Histogram: suggested intervals',
    group: 'Views',
    icon: null,
    keywords: 'otsu threshold valley peaks marker automatic',
    obstacle: needsHistogram,
    isOn: () => useHistogramView.getState().suggesting,
    run: () => useHistogramView.setState(({ suggesting }) => ({ suggesting: !suggesting })),
  }),
  ...HISTOGRAM_FILES.map(({ kind, title }) =>
    action({
      id: `save-histogram-${kind}`,
      title: `Histogram as ${title}`,
      group: 'Export',
      icon: 'export',
      keywords: 'save figure counts grey values table',
      obstacle: needsHistogram,
      run: (workbench) => void save(workbench, kind),
    }),
  ),
];
