/** The window as numbers, exact where a handle is not. */
import { Button } from '@mantine/core';
import type { Histogram } from '../../../../workers/engine-api.ts';
import { NumberInput } from '../../components/parameter-form/NumberInput.tsx';
import { useViewer } from '../../stores/viewer.ts';
import { snapped } from './bars.ts';
import styles from './histogram.module.css';

interface WindowFieldsProps {
  readonly histogram: Histogram | null;
  readonly range: readonly [min: number, max: number];
}

export function WindowFields({ histogram, range }: WindowFieldsProps) {
  const window = useViewer((state) => state.window);
  const { setWindow } = useViewer.getState();
  const step = snapped((range[1] - range[0]) / 200, (range[1] - range[0]) / 400) || 1;
  return (
    <div className={styles['window']} role="group" aria-label="Window">
      <span className={styles['windowTitle']}>Window</span>
      <NumberInput
        label="Black at"
        value={window === null ? null : rounded(window.low)}
        step={step}
        disabled={window === null}
        onChange={(low) => {
          if (window !== null && low !== null && low < window.high) setWindow({ ...window, low });
        }}
      />
      <span aria-hidden="true">–</span>
      <NumberInput
        label="White at"
        value={window === null ? null : rounded(window.high)}
        step={step}
        disabled={window === null}
        onChange={(high) => {
          if (window !== null && high !== null && high > window.low) setWindow({ ...window, high });
        }}
      />
      <Button
        variant="default"
        disabled={histogram === null}
        onClick={() => {
          if (histogram !== null) {
            setWindow({ low: histogram.window[0], high: histogram.window[1] });
          }
        }}
      >
        Auto
      </Button>
    </div>
  );
}

/** As many digits as can be read and fit. */
function rounded(value: number): number {
  return Number(value.toPrecision(Math.abs(value) < 1 ? 4 : 6));
}
