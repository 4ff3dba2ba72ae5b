/** The tools for correcting labels, while they are in hand. */
import { ActionIcon, Button, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconBox,
  IconBrush,
  IconBucketDroplet,
  IconCheck,
  IconChevronDown,
  IconEraser,
  IconGrain,
  IconLasso,
  IconLayersIntersect,
  IconMinus,
  IconPlus,
  IconRuler2,
  IconSphere,
} from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { phasesFor } from '../../../volume/labels.ts';
import type { Phase } from '../../../volume/volume.ts';
import { CORRECT_TOOLS, type CorrectTool, useCorrect } from '../../stores/correct.ts';
import { applyCorrections } from '../../stores/corrections.ts';
import { useAction } from '../../use-action.ts';
import { useWorkspace } from '../../workbench-context.tsx';
import { brushText } from './brush-text.ts';
import styles from './correct.module.css';

const TOOL_ICONS = {
  brush: IconBrush,
  eraser: IconEraser,
  lasso: IconLasso,
  fill: IconBucketDroplet,
  ball: IconSphere,
} as const satisfies Record<CorrectTool, unknown>;

/** Nothing while no tool is in hand; edits that undo brings back are applied all the same. */
export function CorrectBar({ overlay }: { readonly overlay: VolumeInfo | null }) {
  const workspace = useWorkspace();
  useEffect(() => applyCorrections(workspace), [workspace]);
  const tool = useCorrect((state) => state.tool);
  return tool === null ? null : <Tools tool={tool} overlay={overlay} />;
}

function Tools(props: { readonly tool: CorrectTool; readonly overlay: VolumeInfo | null }) {
  const { tool, overlay } = props;
  const phases = usePaintedPhases(overlay);
  return (
    <div className={styles['bar']} role="group" aria-label="Correct labels">
      <span className={styles['group']}>
        {CORRECT_TOOLS.map(({ id }) => {
          const Picture = TOOL_ICONS[id];
          return (
            <Toggle key={id} id={`correct-${id}`}>
              <Picture size={16} stroke={1.6} aria-hidden />
            </Toggle>
          );
        })}
      </span>
      {tool === 'fill' ? (
        <FillChoices />
      ) : tool === 'lasso' ? null : (
        <BrushSize overlay={overlay} />
      )}
      <LabelMenu isEraser={tool === 'eraser'} phases={phases} />
      <OverMenu phases={phases} />
      <Toggle id="correct-interpolate">
        <IconLayersIntersect size={16} stroke={1.6} aria-hidden />
      </Toggle>
      <span className={styles['end']}>
        <Done />
      </span>
    </div>
  );
}

/** The phases that are there, and the label in hand where it is a new one. */
function usePaintedPhases(overlay: VolumeInfo | null): readonly Phase[] {
  const label = useCorrect((state) => state.label);
  const present = overlay?.phases ?? [];
  if (present.some((phase) => phase.label === label)) return present;
  return [...present, ...phasesFor([label], [])];
}

function Toggle(props: { readonly id: string; readonly children: ReactNode }) {
  const { label, isOn, obstacle, run } = useAction(props.id);
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={styles['tool'] ?? ''}
        size={24}
        aria-label={label}
        aria-disabled={obstacle !== null}
        {...(isOn === null ? {} : { 'aria-pressed': isOn })}
        onClick={run}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

function BrushSize({ overlay }: { readonly overlay: VolumeInfo | null }) {
  const radius = useCorrect((state) => state.radius);
  const metric = useCorrect((state) => state.metric);
  const spacing = overlay?.spacing ?? null;
  const isUneven = spacing?.values.some((edge) => edge !== spacing.values[0]) ?? false;
  return (
    <span className={styles['group']}>
      <Toggle id="correct-smaller">
        <IconMinus size={14} aria-hidden />
      </Toggle>
      <output className={styles['size']} aria-label="Brush size">
        {brushText(radius, metric, spacing)}
      </output>
      <Toggle id="correct-larger">
        <IconPlus size={14} aria-hidden />
      </Toggle>
      {isUneven && (
        <Toggle id="correct-metric">
          <IconRuler2 size={16} stroke={1.6} aria-hidden />
        </Toggle>
      )}
    </span>
  );
}

function FillChoices() {
  return (
    <span className={styles['group']}>
      <Toggle id="correct-fill-volume">
        <IconBox size={16} stroke={1.6} aria-hidden />
      </Toggle>
      <Toggle id="correct-fill-diagonal">
        <IconGrain size={16} stroke={1.6} aria-hidden />
      </Toggle>
    </span>
  );
}

/** Escape closes the menu and nothing else. */
function keepEscape(event: KeyboardEvent): void {
  if (event.key === 'Escape') event.stopPropagation();
}

function Swatch({ phase }: { readonly phase: Phase | undefined }) {
  return (
    <span className={styles['swatch']} style={{ background: phase?.colour ?? 'transparent' }} />
  );
}

function LabelMenu(props: { readonly isEraser: boolean; readonly phases: readonly Phase[] }) {
  const { isEraser, phases } = props;
  const label = useCorrect((state) => (isEraser ? state.eraseTo : state.label));
  const { setLabel, setEraseTo } = useCorrect.getState();
  const choose = isEraser ? setEraseTo : setLabel;
  const chosen = phases.find((phase) => phase.label === label) ?? phasesFor([label], [])[0];
  const what = isEraser ? 'Erase to' : 'Paint';
  const free = Math.max(-1, ...phases.map((phase) => phase.label)) + 1;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={styles['menu']} aria-label={`${what}: ${chosen?.name}`}>
          {what} <Swatch phase={chosen} /> <b>{chosen?.name}</b>
          <IconChevronDown size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown onKeyDown={keepEscape}>
        {phases.map((phase) => (
          <Menu.Item
            key={phase.label}
            leftSection={<Swatch phase={phase} />}
            rightSection={
              phase.label === label ? <IconCheck size={14} aria-label="in hand" /> : phase.label
            }
            onClick={() => choose(phase.label)}
          >
            {phase.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => choose(free)}>A new label: {free}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function OverMenu({ phases }: { readonly phases: readonly Phase[] }) {
  const only = useCorrect((state) => state.only);
  const keep = useCorrect((state) => state.keep);
  const { setOnly, toggleKeep } = useCorrect.getState();
  const nameOf = (label: number): string =>
    phases.find((phase) => phase.label === label)?.name ?? `label ${label}`;
  const spared = keep.length === 0 ? 'all' : `all but ${keep.map(nameOf).join(', ')}`;
  const title = only === null ? spared : `only ${nameOf(only)}`;
  const mark = (isOn: boolean) => (isOn ? <IconCheck size={14} aria-label="chosen" /> : null);
  return (
    <Menu position="bottom-start" closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton
          className={styles['menu']}
          data-on={only !== null || keep.length > 0}
          aria-label={`Paint over: ${title}`}
        >
          over {title}
          <IconChevronDown size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown onKeyDown={keepEscape}>
        <Menu.Label>Paint over</Menu.Label>
        <Menu.Item rightSection={mark(only === null)} onClick={() => setOnly(null)}>
          All labels
        </Menu.Item>
        {phases.map((phase) => (
          <Menu.Item
            key={phase.label}
            leftSection={<Swatch phase={phase} />}
            rightSection={mark(only === phase.label)}
            onClick={() => setOnly(phase.label)}
          >
            Only {phase.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Protect</Menu.Label>
        {phases.map((phase) => (
          <Menu.Item
            key={phase.label}
            leftSection={<Swatch phase={phase} />}
            rightSection={mark(keep.includes(phase.label))}
            onClick={() => toggleKeep(phase.label)}
          >
            Never paint over {phase.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Done() {
  const { run } = useAction('correct-labels');
  return (
    <Button size="compact-xs" variant="default" onClick={run}>
      Done
    </Button>
  );
}
