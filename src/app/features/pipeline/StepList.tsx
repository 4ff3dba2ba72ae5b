/** The steps as rows: select, switch, move, duplicate, remove; by mouse and by keys. */
import { ActionIcon, Menu, Switch } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDotsVertical,
  IconStack2,
  IconTrash,
} from '@tabler/icons-react';
import { type KeyboardEvent, useRef } from 'react';
import { duplicateStep, moveStep, removeStep, setStepEnabled } from '../../../recipe/edit.ts';
import { formatSize } from '../../components/format.ts';
import { type StepStatus, stepState } from '../../stores/recipe-status.ts';
import { INPUT, type Workspace } from '../../stores/workspace.ts';
import { useSteps, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { stateText, StepMark } from './StepMark.tsx';
import styles from './pipeline.module.css';

function titleOf({ operation, step }: StepStatus): string {
  return operation?.title ?? step.operation;
}

/** The list is one stop of the tab key: the selected row; arrow keys reach the others. */
function tabIndexOf(isSelected: boolean): 0 | -1 {
  return isSelected ? 0 : -1;
}

interface StepEdits {
  toggle(status: StepStatus): void;
  move(status: StepStatus, by: -1 | 1): void;
  duplicate(status: StepStatus): void;
  remove(status: StepStatus): void;
}

function stepEdits(workspace: Workspace, steps: readonly StepStatus[]): StepEdits {
  return {
    toggle: (status) => {
      const { id, enabled } = status.step;
      workspace.edit(`Switch ${titleOf(status)} ${enabled ? 'off' : 'on'}`, (recipe) =>
        setStepEnabled(recipe, id, !enabled),
      );
    },
    move: (status, by) => {
      const to = steps.indexOf(status) + by;
      if (to < 0 || to >= steps.length) return;
      workspace.edit(`Move ${titleOf(status)} ${by < 0 ? 'up' : 'down'}`, (recipe) =>
        moveStep(recipe, status.step.id, to),
      );
    },
    duplicate: (status) =>
      workspace.edit(`Duplicate ${titleOf(status)}`, (recipe) =>
        duplicateStep(recipe, status.step.id),
      ),
    remove: (status) => {
      const index = steps.indexOf(status);
      workspace.edit(`Remove ${titleOf(status)}`, (recipe) => removeStep(recipe, status.step.id));
      workspace.select((steps[index + 1] ?? steps[index - 1])?.step.id ?? INPUT);
    },
  };
}

export function StepList() {
  const workspace = useWorkspace();
  const steps = useSteps();
  const { source, selected } = useWorkspaceState((state) => ({
    source: state.source,
    selected: state.selected,
  }));
  const list = useRef<HTMLOListElement>(null);
  const edits = stepEdits(workspace, steps);

  const focusRow = (index: number): void => {
    const rows = list.current?.querySelectorAll<HTMLElement>('[data-row]');
    rows?.[Math.max(0, Math.min(index, rows.length - 1))]?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
    if (row === null) return;
    const rows = [...(list.current?.querySelectorAll('[data-row]') ?? [])];
    const index = rows.indexOf(row);
    const status = steps[index - 1];
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (by !== null && event.altKey && status !== undefined) edits.move(status, by);
    else if (by !== null && !event.altKey) {
      focusRow(index + by);
      workspace.select(steps[index + by - 1]?.step.id ?? (index + by <= 0 ? INPUT : selected));
    } else if (event.key === 'Delete' && status !== undefined) edits.remove(status);
    else if (event.key === ' ' && status !== undefined) edits.toggle(status);
    else return;
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
          aria-current={selected === INPUT ? 'step' : undefined}
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
          isFirst={index === 0}
          isLast={index === steps.length - 1}
          edits={edits}
        />
      ))}
    </ol>
  );
}

function StepRow(props: {
  readonly status: StepStatus;
  readonly isSelected: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly edits: StepEdits;
}) {
  const { status, isSelected, edits } = props;
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
  const fraction = activity?.stepId === step.id ? activity.stepFraction : 0;
  return (
    <li
      className={styles['step']}
      data-selected={isSelected || undefined}
      data-state={state}
      data-step={step.id}
    >
      <button
        type="button"
        data-row
        className={styles['stepButton']}
        tabIndex={tabIndexOf(isSelected)}
        aria-current={isSelected ? 'step' : undefined}
        onClick={() => workspace.select(step.id)}
      >
        <StepMark state={state} />
        <span className={styles['stepText']}>
          <span className={styles['stepTitle']}>{title}</span>
          <span className={styles['stepState']}>
            {stateText(state, outcome, fraction)}
            {isOnGpu ? ' · GPU' : ''}
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
        onChange={() => edits.toggle(status)}
      />
      <StepMenu {...props} title={title} tabIndex={tabIndexOf(isSelected)} />
    </li>
  );
}

function StepMenu(props: {
  readonly status: StepStatus;
  readonly title: string;
  readonly tabIndex: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly edits: StepEdits;
}) {
  const { status, title, edits } = props;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon size={22} tabIndex={props.tabIndex} aria-label={`More for ${title}`}>
          <IconDotsVertical size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconArrowUp size={14} aria-hidden />}
          rightSection={<kbd>Alt+↑</kbd>}
          disabled={props.isFirst}
          onClick={() => edits.move(status, -1)}
        >
          Move up
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={14} aria-hidden />}
          rightSection={<kbd>Alt+↓</kbd>}
          disabled={props.isLast}
          onClick={() => edits.move(status, 1)}
        >
          Move down
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={() => edits.duplicate(status)}
        >
          Duplicate
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTrash size={14} aria-hidden />}
          rightSection={<kbd>Del</kbd>}
          onClick={() => edits.remove(status)}
        >
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
