/** How the 3-D view looks, what is cut away and from where it is seen: all in one popover. */
import { ActionIcon, Popover, SegmentedControl, Switch, Tooltip } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { useViewer } from '../../stores/viewer.ts';
import { OpacityEditor } from '../histogram/index.ts';
import { ClipSettings } from './ClipSettings.tsx';
import { GradientSettings } from './GradientSettings.tsx';
import { ViewSettings } from './ViewSettings.tsx';
import styles from './volume-settings.module.css';

interface VolumeSettingsProps {
  readonly client: EngineClient;
  /** What is drawn; null until it is there. */
  readonly info: VolumeInfo | null;
}

const TABS = ['Look', 'Clip', 'View'] as const;
type Tab = (typeof TABS)[number];

export function VolumeSettings({ client, info }: VolumeSettingsProps) {
  const [tab, setTab] = useState<Tab>('Look');
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="left-end"
      shadow="md"
      width={332}
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <Tooltip label="3-D settings: look, clipping, view" disabled={opened}>
          <ActionIcon
            size={20}
            className={styles['open'] ?? ''}
            aria-label="3-D settings"
            disabled={info === null}
            onClick={() => setOpened(!opened)}
          >
            <IconAdjustments size={14} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={styles['panel'] ?? ''} aria-label="3-D settings">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Which settings"
          value={tab}
          onChange={(value) => setTab(TABS.find((each) => each === value) ?? 'Look')}
          data={[...TABS]}
        />
        {info !== null && tab === 'Look' && <LookSettings client={client} info={info} />}
        {info !== null && tab === 'Clip' && <ClipSettings info={info} />}
        {info !== null && tab === 'View' && <ViewSettings />}
      </Popover.Dropdown>
    </Popover>
  );
}

function LookSettings({
  client,
  info,
}: {
  readonly client: EngineClient;
  readonly info: VolumeInfo;
}) {
  const { lit, facesShown } = useViewer((state) => state.display3d);
  const { setDisplay3d } = useViewer.getState();
  return (
    <>
      {info.kind === 'grey' ? (
        <Suspense fallback={<div className={styles['loading']} />}>
          <OpacityEditor client={client} image={info} />
        </Suspense>
      ) : (
        <p className={styles['note']}>
          Phases are drawn solid in their colours. The legend below the views hides and shows them.
        </p>
      )}
      {info.kind === 'grey' && <GradientSettings />}
      {info.kind === 'grey' && (
        <Switch
          size="xs"
          label="Light and shade"
          checked={lit}
          onChange={(event) => setDisplay3d({ lit: event.currentTarget.checked })}
        />
      )}
      <Switch
        size="xs"
        label="Slices on cut faces"
        checked={facesShown}
        onChange={(event) => setDisplay3d({ facesShown: event.currentTarget.checked })}
      />
    </>
  );
}
