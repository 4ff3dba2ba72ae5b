/** The report of the last run, with the three slices and the histogram as the page shows them. */
import type { Histogram } from '../../../../workers/engine-api.ts';
import type { ReportFigure } from '../../../engine/report.ts';
import { UserError } from '../../../errors/errors.ts';
import { plotFigure } from '../../../figures/plot-figure.ts';
import { printLook } from '../../../figures/plot-layout.ts';
import { plotSvg } from '../../../figures/plot-svg.ts';
import { currentRecipe, shownVolumes } from '../../stores/workspace.ts';
import type { Workbench } from '../../workbench-context.tsx';
import { figureAsSvg, takeFigure } from './take-views.ts';
import { type FigureChoices, positionText } from './view-figure.ts';

const SLICES: FigureChoices = {
  view: 'slices',
  width: 108,
  dpi: 300,
  scaleBar: true,
  colourBar: true,
  labels: true,
  legend: true,
  crosshair: false,
  background: 'white',
};
const BINS = 128;
const HISTOGRAM_MM = { width: 72, height: 42 } as const;

async function slicesFigure(workbench: Workbench): Promise<ReportFigure> {
  const taken = await takeFigure(workbench, SLICES);
  const where = (['xy', 'yz', 'xz'] as const).map((view) => positionText(view, taken.scene));
  return { caption: `Slices ${where.join('; ')}`, svg: figureAsSvg(taken, SLICES) };
}

/** Bins taken together, so that each is seen in print. */
function histogramFigure({ start, binWidth, counts }: Histogram): ReportFigure | null {
  const together = Math.max(1, Math.ceil(counts.length / BINS));
  const rows = Array.from({ length: Math.ceil(counts.length / together) }, (_, bin) => {
    const first = bin * together;
    const last = Math.min(counts.length, first + together);
    let voxels = 0;
    for (let i = first; i < last; i++) voxels += counts[i] as number;
    return { from: start + first * binWidth, to: start + last * binWidth, voxels };
  });
  const figure = plotFigure(
    { id: 'histogram', title: 'Histogram', columns: [], rows, notes: [] },
    {
      id: 'histogram',
      title: 'Histogram',
      kind: 'steps',
      x: { column: 'from', until: 'to', title: 'Grey value' },
      y: { column: 'voxels', title: 'Voxels per bin' },
    },
  );
  if (figure === null) return null;
  const svg = plotSvg(figure, { ...printLook(HISTOGRAM_MM.width), height: HISTOGRAM_MM.height });
  return { caption: 'Histogram of the shown grey values', svg };
}

export async function reportOf(workbench: Workbench): Promise<string> {
  const { client, workspace } = workbench;
  const state = workspace.store.getState();
  const { source } = state;
  if (source === null) throw new UserError('usage', 'Open a volume first.');
  const { image } = shownVolumes(state);
  const histogram = image === null ? null : histogramFigure(await client.histogram(image.handle));
  const slices = await slicesFigure(workbench);
  const figures = histogram === null ? [slices] : [slices, histogram];
  const date = new Intl.DateTimeFormat('en-CA').format(new Date());
  const opened = state.volumes.find(({ id }) => id === state.shownVolume)?.opened.name ?? '';
  // Several files, a phantom: what was opened has no name that a command could take.
  const file = /\.\w+$/.test(opened) ? opened : source.name;
  return client.report(currentRecipe(state), source.handle, { file, figures, date });
}
