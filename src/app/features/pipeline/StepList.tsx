/** The steps as rows: select, switch, move, duplicate, remove; by mouse and by keys. */
import { ActionIcon, Menu, Switch } from '@mantine/core';
import { IconDotsVertical, IconStack2 } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { ActionItems } from '../../ActionItems.tsx';
import { actionForKey } from '../../actions.ts';
import { formatForecast, formatSize } from '../../components/format.ts';
import { type StepStatus, stepState, titleOf } from '../../stores/recipe-status.ts';
import type { Forecast } from '../../stores/speeds.ts';
import { toggleStep } from '../../stores/step-edits.ts';
import { INPUT } from '../../stores/workspace.ts';
import { runAction } from '../../use-action.ts';
import {
  useSteps,
  useWorkbench,
  useWorkspace,
  useWorkspaceState,
} from '../../workbench-context.tsx';
import { forecastText, secondsLeft } from './run-forecast.ts';
import { stateText, StepMark } from './StepMark.tsx';
import { useForecasts } from './use-forecasts.ts';
import { type RowDrag, useStepDrag } from './use-step-drag.ts';
import styles from './pipeline.module.css';

/** The list is one stop of the tab key: the selected row; arrow keys reach the others. */
function tabIndexOf(isSelected: boolean): 0 | -1 {
  return isSelected ? 0 : -1;
}

export function StepList() {
  const workbench = useWorkbench();
  const { workspace } = workbench;
  const steps = useSteps();
  const { source, selected } = useWorkspaceState((state) => ({
    source: state.source,
    selected: state.selected,
  }));
  const list = useRef<HTMLOListElement>(null);
  const drag = useStepDrag(steps);
  const forecasts = useForecasts();
  // After a key the focus follows the selection: to the next row, a copy, or a moved one.
  const followsSelection = useRef(false);
  useEffect(() => {
    if (!followsSelection.current) return;
    followsSelection.current = false;
    list.current?.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
    if (row === null) return;
    const action = actionForKey('steps', event);
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (action !== null) runAction(action, workbench);
    else if (by !== null && !event.altKey) {
      const index = steps.findIndex(({ step }) => step.id === selected) + by;
      if (index >= steps.length) return;
      workspace.select(steps[index]?.step.id ?? INPUT);
    } else return;
    followsSelection.current = true;
    event.preventDefault();
  };

  return (
    <ol ref={list} className={styles['steps']} onKeyDown={onKeyDown} aria-label="Steps">
      <li className={styles['step']} data-selected={selected === INPUT || undefined}>
        <button
          type="button"
          data-row
          className={styles['stepButton']}
          tabIndex={tabIndexOf(selected === INPUT)}
          data-focus-start={selected === INPUT || undefined}
          aria-current={selected === INPUT ? 'step' : undefined}
          onFocus={() => workspace.select(INPUT)}
          onClick={() => workspace.select(INPUT)}
        >
          <IconStack2 size={16} stroke={1.7} aria-hidden className={styles['mark']} />
          <span className={styles['stepText']}>
            <span className={styles['stepTitle']}>Input</span>
            <span className={styles['stepState']}>
              {source === null ? 'nothing open' : `${source.kind} · ${formatSize(source.size)}`}
            </span>
          </span>
        </button>
      </li>
      {steps.map((status, index) => (
        <StepRow
          key={status.step.id}
          status={status}
          isSelected={selected === status.step.id}
          time={forecasts.get(status.step.id)?.time ?? null}
          drag={drag.row(status, index)}
        />
      ))}
    </ol>
  );
}

function StepRow(props: {
  readonly status: StepStatus;
  readonly isSelected: boolean;
  /** How long it will take; null where that is not known. */
  readonly time: Forecast | null;
  readonly drag: RowDrag;
}) {
  const { status, isSelected, time, drag } = props;
  const { step } = status;
  const workspace = useWorkspace();
  const { outcome, activity, failure } = useWorkspaceState((state) => ({
    outcome: state.outcomes[step.id],
    activity: state.activity?.kind === 'run' ? state.activity : null,
    failure: state.failure,
  }));
  const state = stepState(status, outcome, activity, failure);
  const isOnGpu =
    outcome !== undefined &&
    outcome.summary.gpu !== null &&
    (state === 'done' || state === 'cached');
  const title = titleOf(status);
  const isRunning = activity?.stepId === step.id;
  const fraction = isRunning ? activity.stepFraction : 0;
  const left = isRunning ? secondsLeft(fraction, activity.stepElapsedMs / 1000) : null;
  return (
    <li
      className={styles['step']}
      {...drag}
      data-selected={isSelected || undefined}
      data-state={state}
      data-step={step.id}
    >
      <button
        type="button"
        data-row
        className={styles['stepButton']}
        tabIndex={tabIndexOf(isSelected)}
        data-focus-start={isSelected || undefined}
        aria-current={isSelected ? 'step' : undefined}
        onFocus={() => workspace.select(step.id)}
        onClick={() => workspace.select(step.id)}
      >
        <StepMark state={state} />
        <span className={styles['stepText']}>
          <span className={styles['stepTitle']}>{title}</span>
          <span className={styles['stepState']}>
            {stateText(state, outcome, { fraction, secondsLeft: left })}

            {isOnGpu ? ' · GPU' : ''}
            {time !== null && (state === 'new' || state === 'changed') ? (
              <span title={forecastText(time)}> · {formatForecast(time.seconds)}</span>
            ) : null}
          </span>
        </span>
      </button>
      {state === 'running' ? (
        <span className={styles['stepProgress']} style={{ width: `${100 * fraction}%` }} />
      ) : null}
      <Switch
        size="xs"
        withThumbIndicator={false}
        tabIndex={tabIndexOf(isSelected)}
        aria-label={`${title} on`}
        checked={step.enabled}
        onChange={() => toggleStep(workspace, status)}
      />
      <StepMenu id={step.id} title={title} tabIndex={tabIndexOf(isSelected)} />
    </li>
  );
}

/** Its actions are those on the selected step, so opening it selects the step. */
function StepMenu(props: {
  readonly id: string;
  readonly title: string;
  readonly tabIndex: number;
}) {
  const workspace = useWorkspace();
  return (
    <Menu position="bottom-end" width={280} onOpen={() => workspace.select(props.id)}>
      <Menu.Target>
        <ActionIcon size={22} tabIndex={props.tabIndex} aria-label={`More for ${props.title}`}>
          <IconDotsVertical size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ActionItems group="Step" />
      </Menu.Dropdown>
    </Menu>
  );
}
