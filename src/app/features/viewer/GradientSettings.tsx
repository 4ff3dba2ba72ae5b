/** Opacity by the steepness of grey values: how even they may be to be looked through. */
import { RangeSlider, Switch } from '@mantine/core';
import { FIRST_GRADIENT } from '../../rendering/gradient-opacity.ts';
import { useViewer } from '../../stores/viewer.ts';
import styles from './volume-settings.module.css';

const STEP = 0.05;

function percent(share: number): number {
  return Math.round(100 * share);
}

export function GradientSettings() {
  const gradient = useViewer((state) => state.display3d.gradient);
  const { setDisplay3d } = useViewer.getState();
  return (
    <div className={styles['gradient']} role="group" aria-label="Gradient opacity">
      <Switch
        size="xs"
        label="Show edges, look through even grey values"
        checked={gradient !== null}
        onChange={(event) =>
          setDisplay3d({ gradient: event.currentTarget.checked ? FIRST_GRADIENT : null })
        }
      />
      {gradient !== null && (
        <>
          <RangeSlider
            size={3}
            thumbSize={12}
            label={null}
            min={0}
            max={1}
            step={STEP}
            minRange={STEP}
            value={[gradient.from, gradient.to]}
            thumbFromLabel="Clear up to this steepness"
            thumbToLabel="As the curve says from this steepness on"
            onChange={([from, to]) => setDisplay3d({ gradient: { from, to } })}
          />
          <p className={styles['note']}>
            Clear up to {percent(gradient.from)} % of the steepest edges, as the curve says from{' '}
            {percent(gradient.to)} % on.
          </p>
        </>
      )}
    </div>
  );
}
