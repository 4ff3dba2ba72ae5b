/** Switches previews of the selected step on, and says what the views show of it. */
import { Switch, Tooltip } from '@mantine/core';
import { type PreviewState, seenFrom } from '../../stores/previews.ts';
import { useAction } from '../../use-action.ts';
import { usePreviewState } from '../../workbench-context.tsx';
import styles from './pipeline.module.css';

export function PreviewSwitch() {
  const { isOn, obstacle, label, run } = useAction('preview');
  const text = usePreviewState(describePreview);
  return (
    <div className={styles['preview']}>
      <Tooltip label={label} refProp="rootRef" position="left">
        <Switch
          size="xs"
          label="Preview"
          withThumbIndicator={false}
          disabled={obstacle !== null}
          checked={isOn === true}
          onChange={run}
        />
      </Tooltip>
      <p role="status">{text}</p>
    </div>
  );
}

function describePreview({ isOn, volumes, isBusy, seenSlices, problem }: PreviewState): string {
  if (!isOn) return 'Shows what the steps up to here do to these slices, before they are run.';
  if (problem !== null) return problem;
  if (volumes === null)
    return isBusy ? 'Computing…' : 'Nothing to preview: the views show results.';
  if (isBusy) return 'Computing…';
  return seenSlices === null
    ? 'Not run. These slices are those of the full result, bit by bit.'
    : `Not run. ${seenFrom(seenSlices)}`;
}
