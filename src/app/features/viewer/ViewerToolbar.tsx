/** Tools of the views: fitting, comparing, window, colours; and the value at the pointer. */
import { ActionIcon, Menu, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconBrush,
  IconCheck,
  IconChevronDown,
  IconCube,
  IconEye,
  IconMaximize,
  IconPlus,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { COLOUR_MAPS, colourGradient } from '../../rendering/colour-maps.ts';
import { useViewer } from '../../stores/viewer.ts';
import { ActionItem } from '../../ActionItems.tsx';
import { findAction } from '../../actions.ts';
import { useAction } from '../../use-action.ts';
import { useWorkbench } from '../../workbench-context.tsx';
import type { Before } from './before.ts';
import { CompareMenu } from './CompareMenu.tsx';
import type { ComparedState, RefusedVolume } from './comparison.ts';
import { MeasureMenu } from './MeasureMenu.tsx';
import { Readout } from './Readout.tsx';
import { SlabControl } from './SlabControl.tsx';
import type { SliceSource } from './slice-source.ts';
import { WindowMenu } from './WindowMenu.tsx';
import styles from './viewer.module.css';

interface ToolbarProps {
  readonly client: EngineClient;
  readonly source: SliceSource;
  /** What statistics are of, which a preview has none of. */
  readonly results: Pick<ToolbarProps, 'image' | 'overlay'>;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
  readonly before: Before | null;
  /** Other states of the recipe at the place of what is shown. */
  readonly states: readonly ComparedState[];
  readonly refused: readonly RefusedVolume[];
  readonly compared: ComparedState | null;
}

export function ViewerToolbar(props: ToolbarProps) {
  const { client, results, source, image, overlay, before, states, refused, compared } = props;
  const maximised = useViewer((state) => state.maximised);
  return (
    <div className={styles['toolbar']} role="group" aria-label="View tools">
      <span className={styles['group']}>
        <ToolButton id="fit-views">
          <IconMaximize size={16} stroke={1.6} aria-hidden />
        </ToolButton>
        <ToolButton id="maximise-view">
          {maximised === null ? (
            <IconArrowsMaximize size={16} stroke={1.6} aria-hidden />
          ) : (
            <IconArrowsMinimize size={16} stroke={1.6} aria-hidden />
          )}
        </ToolButton>
        <ToolButton id="crosshair">
          <IconPlus size={16} stroke={1.6} aria-hidden />
        </ToolButton>
        <ToolButton id="volume-view">
          <IconCube size={16} stroke={1.6} aria-hidden />
        </ToolButton>
        <CompareButton disabled={before === null} />
      </span>
      <span className={styles['divider']} />
      <span className={styles['group']}>
        <WindowMenu client={client} {...results} />
        <ColourMapMenu disabled={image === null} />
        <SlabControl image={image} />
        <MeasureMenu disabled={image === null && overlay === null} />
        <CompareMenu states={states} refused={refused} />
        <ToolButton id="correct-labels">
          <IconBrush size={16} stroke={1.6} aria-hidden />
        </ToolButton>
      </span>
      <Readout
        source={source}
        image={image}
        overlay={overlay}
        before={before}
        compared={compared}
      />
    </div>
  );
}

/** An action as a button of the toolbar, pressed while it is switched on. */
function ToolButton(props: { readonly id: string; readonly children: ReactNode }) {
  const { label, isOn, run } = useAction(props.id);
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={styles['tool'] ?? ''}
        size={24}
        aria-label={label}
        {...(isOn === null ? {} : { 'aria-pressed': isOn })}
        onClick={run}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Shows the input as long as it is held, by pointer or by key. */
function CompareButton({ disabled }: { readonly disabled: boolean }) {
  const comparing = useViewer((state) => state.comparing);
  const { setComparing } = useViewer.getState();
  const stop = (): void => setComparing(false);
  return (
    <Tooltip label="Hold to see the input instead (B)">
      <ActionIcon
        className={styles['tool'] ?? ''}
        size={24}
        aria-label="Hold to see the input instead (B)"
        aria-pressed={comparing && !disabled}
        disabled={disabled}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setComparing(true);
        }}
        onPointerUp={stop}
        onPointerCancel={stop}
        onKeyDown={(event) => {
          if (event.key !== ' ' && event.key !== 'Enter') return;
          event.preventDefault();
          setComparing(true);
        }}
        onKeyUp={stop}
        onBlur={stop}
      >
        <IconEye size={16} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function ColourMapMenu({ disabled }: { readonly disabled: boolean }) {
  const colourMap = useViewer((state) => state.colourMap);
  const workbench = useWorkbench();
  const { setColourMap } = useViewer.getState();
  const title = COLOUR_MAPS.find(({ id }) => id === colourMap)?.title;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton
          className={styles['menu']}
          disabled={disabled}
          aria-label={`Colour map: ${title}`}
        >
          <span className={styles['ramp']} style={{ background: colourGradient(colourMap) }} />
          <IconChevronDown size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {COLOUR_MAPS.map(({ id, title: name }) => (
          <Menu.Item
            key={id}
            leftSection={
              <span className={styles['ramp']} style={{ background: colourGradient(id) }} />
            }
            rightSection={id === colourMap ? <IconCheck size={14} aria-label="in use" /> : null}
            onClick={() => setColourMap(id)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {['log-colours', 'colour-bar'].map((id) => (
          <ActionItem key={id} action={findAction(id, workbench)} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
