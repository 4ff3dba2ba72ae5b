/** Run, progress, cancel, and what the run will need. */
import { Button, Progress, Tooltip } from '@mantine/core';
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { deviceBytes } from '../../components/device-memory.ts';
import { formatTimeLeft } from '../../components/format.ts';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { presetFor } from '../../../recipe/presets.ts';
import { type StepStatus, stepState } from '../../stores/recipe-status.ts';
import { totalForecast } from '../../stores/speeds.ts';
import type { Activity } from '../../stores/workspace.ts';
import { useSteps, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { useAction } from '../../use-action.ts';
import { GpuSwitch } from './GpuSwitch.tsx';
import { describeRun, forecastText, peakBytes, secondsLeft } from './run-forecast.ts';
import { useForecasts } from './use-forecasts.ts';
import styles from './pipeline.module.css';

export function RunBar() {
  const activity = useWorkspaceState((state) => state.activity);
  return (
    <div className={styles['runBar']}>
      {activity?.kind === 'run' ? <Running activity={activity} /> : <Ready />}
    </div>
  );
}

function Ready() {
  const run = useAction('run');
  const steps = useSteps();
  const { source, estimates, refusal, outcomes } = useWorkspaceState((state) => ({
    source: state.source,
    estimates: state.estimates,
    refusal: state.refusal,
    outcomes: state.outcomes,
  }));
  const enabled = steps.filter(({ step }) => step.enabled);
  const wrong = enabled.find(({ problem }) => problem !== null);
  const open = enabled.filter((status) => {
    const state = stepState(status, outcomes[status.step.id], null, null);
    return state !== 'done' && state !== 'cached';
  });
  const forecasts = useForecasts();
  const times = open.flatMap(({ step }) => forecasts.get(step.id) ?? []);
  const time =
    times.length < open.length ? '' : forecastText(totalForecast(times.map((each) => each.time)));
  const bytes = source === null || estimates.length === 0 ? null : peakBytes(source, estimates);
  const forecast = describeRun(enabled.length, open.length, bytes, deviceBytes(), time);
  return (
    <>
      <Tooltip label={run.label} position="top">
        <Button
          fullWidth
          size="sm"
          leftSection={<IconPlayerPlayFilled size={13} aria-hidden />}
          disabled={run.obstacle !== null}
          onClick={run.run}
        >
          Run
        </Button>
      </Tooltip>
      <GpuSwitch steps={enabled} />
      {wrong !== undefined ? (
        <Attention status={wrong} source={source} />
      ) : (
        <p
          className={styles['forecast']}
          data-warning={refusal !== null || forecast.isWarning || undefined}
        >
          {refusal ?? forecast.text}
        </p>
      )}
    </>
  );
}

/** Leads to the step that keeps the recipe from running, or to a recipe that suits the volume. */
function Attention(props: { readonly status: StepStatus; readonly source: VolumeInfo | null }) {
  const { status, source } = props;
  const { step, operation, inputKind } = status;
  const workspace = useWorkspace();
  const isWrongKind =
    operation !== null &&
    source !== null &&
    operation.input !== 'any' &&
    operation.input !== source.kind &&
    inputKind === source.kind;
  const preset = isWrongKind ? presetFor(source.kind) : null;
  return (
    <div className={styles['attention']}>
      <button
        type="button"
        className={styles['linkButton']}
        onClick={() => workspace.select(step.id)}
      >
        {operation?.title ?? step.operation} needs attention
      </button>
      {preset === null ? null : (
        <button
          type="button"
          className={styles['linkButton']}
          onClick={() => workspace.applyPreset(preset)}
        >
          Use the preset “{preset.title}”
        </button>
      )}
    </div>
  );
}

/** A clock that turns each second, so that the time left follows a slow step. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Running({ activity }: { readonly activity: Activity }) {
  const workspace = useWorkspace();
  const now = useNow();
  const steps = useSteps();
  const title = steps.find(({ step }) => step.id === activity.stepId)?.operation?.title;
  const percent = Math.round(100 * activity.fraction);
  const left = secondsLeft(activity.fraction, (now - activity.startedAt) / 1000);
  return (
    <>
      <Button
        fullWidth
        size="sm"
        variant="default"
        leftSection={<IconPlayerStopFilled size={13} aria-hidden />}
        disabled={activity.cancelling}
        onClick={workspace.cancel}
      >
        {activity.cancelling ? 'Cancelling…' : 'Cancel'}
      </Button>
      <Progress value={percent} size={5} aria-label="Progress of the run" />
      <p className={styles['forecast']}>
        <span className={styles['forecastStep']}>{title ?? 'Preparing'}</span>
        <span>
          {percent} %{left === null ? '' : ` · ${formatTimeLeft(left)}`}
        </span>
      </p>
    </>
  );
}
