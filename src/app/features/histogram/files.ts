/** What writes the histogram's files is fetched when one is wanted. */
import type { HistogramFile } from '../../stores/histogram-view.ts';
import type { Workbench } from '../../workbench-context.tsx';

export async function saveHistogram(workbench: Workbench, kind: HistogramFile): Promise<void> {
  await (await import('./save.ts')).save(workbench, kind);
}
