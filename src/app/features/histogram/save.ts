/** Saves the shown volume's histogram: as a figure, or its counts. */
import type { Histogram } from '../../../../workers/engine-api.ts';
import { rasterise } from '../../components/rasterise.ts';
import { saveFile } from '../../components/save-file.ts';
import { fileStem } from '../../file-stem.ts';
import { type HistogramFile, useHistogramView } from '../../stores/histogram-view.ts';
import { namedIntervals, selectedIntervals } from '../../stores/interval-step.ts';
import { shownVolumes } from '../../stores/workspace.ts';
import type { Workbench } from '../../workbench-context.tsx';
import { histogramCsv } from './counts.ts';
import { FIGURE_MM, histogramFigure } from './figure.ts';

async function contentOf(
  { client, workspace }: Workbench,
  kind: HistogramFile,
): Promise<{ readonly name: string; readonly blob: Blob } | null> {
  const state = workspace.store.getState();
  const { image } = shownVolumes(state);
  if (image === null) return null;
  const name = `${fileStem(image.name)}-histogram.${kind}`;
  const histogram = await client.histogram(image.handle);
  if (kind === 'csv') {
    return { name, blob: new Blob([histogramCsv(histogram)], { type: 'text/csv' }) };
  }
  const { source } = state;
  const isOther = source !== null && source.kind === 'grey' && source.handle !== image.handle;
  const compared: Histogram | null = isOther ? await client.histogram(source.handle) : null;
  const svg = histogramFigure({
    histogram,
    compared,
    scale: useHistogramView.getState().scale,
    intervals: selectedIntervals(state)?.intervals ?? [],
    names: namedIntervals(state),
    title: image.name,
  });
  const blob =
    kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await rasterise(svg, FIGURE_MM);
  return { name, blob };
}

export async function save(workbench: Workbench, kind: HistogramFile): Promise<void> {
  try {
    const content = await contentOf(workbench, kind);
    if (content !== null) saveFile(content.name, content.blob);
  } catch (error) {
    workbench.workspace.report('The histogram could not be saved', error);
  }
}
