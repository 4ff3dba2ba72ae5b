/** Says what the views show, and which labels lie over it. */
import { NativeSelect } from '@mantine/core';
import { formatSize } from '../../components/format.ts';
import { OnGpu } from '../../components/OnGpu.tsx';
import { INPUT, type OverlayMode, shownVolumes } from '../../stores/workspace.ts';
import {
  usePreviewState,
  useSteps,
  useWorkspace,
  useWorkspaceState,
} from '../../workbench-context.tsx';
import styles from './pipeline.module.css';

const MODES: readonly { readonly value: OverlayMode; readonly label: string }[] = [
  { value: 'auto', label: 'Labels: with their step' },
  { value: 'labels', label: 'Labels: always' },
  { value: 'none', label: 'Labels: hidden' },
];

export function ShownBar() {
  const workspace = useWorkspace();
  const steps = useSteps();
  const { image, overlay } = useWorkspaceState(shownVolumes);
  const { mode, truth, selected, source, outcomes, hasLabels } = useWorkspaceState((state) => ({
    mode: state.overlay,
    truth: state.truth,
    selected: state.selected,
    source: state.source,
    outcomes: state.outcomes,
    hasLabels: Object.values(state.outcomes).some(
      ({ summary }) => summary.volume?.kind === 'labels',
    ),
  }));
  const maker = steps.findLast(
    ({ step }) => image !== null && outcomes[step.id]?.summary.volume?.handle === image.handle,
  );
  const shown = image ?? overlay;
  const isInput = shown?.handle === source?.handle;
  const isPreviewed = usePreviewState((state) => state.volumes !== null);
  const pending = selected !== INPUT && outcomes[selected] === undefined;
  const name = isInput
    ? 'Input'
    : (maker?.operation?.title ?? (image === null ? 'Labels' : 'Result'));
  return (
    <div className={styles['shown']}>
      <span className={styles['shownName']}>{name}</span>
      {shown === null ? null : (
        <span className={styles['shownFacts']}>
          {formatSize(shown.size)} · {shown.type}
        </span>
      )}
      {image?.onGpu === true || overlay?.onGpu === true ? <OnGpu /> : null}
      {isPreviewed ? (
        <span className={styles['shownFacts']}>· preview of the steps to here, not run</span>
      ) : pending ? (
        <span className={styles['shownFacts']}>· run to see the selected step</span>
      ) : null}
      <span className={styles['spring']} />
      {image === null || (!hasLabels && truth === null) ? null : (
        <NativeSelect
          size="xs"
          variant="unstyled"
          aria-label="Labels over the image"
          className={styles['overlayMode']}
          data={
            truth === null ? [...MODES] : [...MODES, { value: 'truth', label: 'Labels: truth' }]
          }
          value={mode}
          onChange={(event) => workspace.setOverlay(event.currentTarget.value as OverlayMode)}
        />
      )}
    </div>
  );
}
