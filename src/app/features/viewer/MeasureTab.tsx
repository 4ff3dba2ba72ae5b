/** The measures, fetched when they are first looked at. */
import { lazy, Suspense } from 'react';
import { shownVolumes } from '../../stores/workspace.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';

const MeasurePanel = lazy(async () => {
  const { MeasurePanel: panel } = await import('./MeasurePanel.tsx');
  return { default: panel };
});

export function MeasureTab() {
  const { image, overlay } = useWorkspaceState(shownVolumes);
  return (
    <Suspense fallback={null}>
      <MeasurePanel image={image} overlay={overlay} />
    </Suspense>
  );
}
