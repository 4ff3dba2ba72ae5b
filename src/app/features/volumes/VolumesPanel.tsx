/** The open volumes as a list: show, name, order, remove; by mouse and by keys. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, IconPlayerTrackNext } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { ActionButton } from '../../ActionButton.tsx';
import { ActionItems } from '../../ActionItems.tsx';
import { actionForKey } from '../../actions.ts';
import { formatBytes, formatNumber, formatSize, formatSpacing } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { type ListedVolume, memoryBytes, type VolumeStatus } from '../../stores/listed-volumes.ts';
import { runAction } from '../../use-action.ts';
import { useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { StatusBadge, statusText } from './StatusBadge.tsx';
import { Thumbnail } from './Thumbnail.tsx';
import { useVolumeStatuses } from './use-volume-statuses.ts';
import styles from './volumes.module.css';

export function VolumesPanel() {
  const workbench = useWorkbench();
  const { workspace } = workbench;
  const { volumes, shown } = useWorkspaceState((state) => ({
    volumes: state.volumes,
    shown: state.shownVolume,
  }));
  const statuses = useVolumeStatuses();
  const list = useRef<HTMLOListElement>(null);
  // After a key the focus follows the shown volume: to the next row, or to a moved one.
  const follows = useRef(false);
  useEffect(() => {
    if (!follows.current) return;
    follows.current = false;
    list.current?.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
    if (row === null) return;
    const action = actionForKey('volumes', event);
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (action !== null) runAction(action, workbench);
    else if (by !== null && !event.altKey) {
      const next = volumes[volumes.findIndex(({ id }) => id === shown) + by];
      if (next === undefined) return;
      void workspace.showVolume(next.id);
    } else return;
    follows.current = true;
    event.preventDefault();
  };
  const total = volumes.reduce((sum, volume) => sum + memoryBytes(volume), 0);
  return (
    <section className={styles['panel']} aria-label="Volumes">
      <div className={styles['bar']}>
        <h2>
          Volumes <span className={styles['count']}>{volumes.length}</span>
        </h2>
        <span className={styles['memory']} title="Memory that the voxels of all volumes take">
          {formatBytes(total)}
        </span>
        <div className={styles['barActions']}>
          {volumes.length < 2 ? null : (
            <ActionButton id="run-all">
              <IconPlayerTrackNext size={15} stroke={1.7} aria-hidden />
            </ActionButton>
          )}
          <ActionButton id="add-volumes">
            <Icon name="add" size={16} />
          </ActionButton>
        </div>
      </div>
      <ol ref={list} className={styles['list']} onKeyDown={onKeyDown} aria-label="Open volumes">
        {volumes.map((volume) => (
          <VolumeRow
            key={volume.id}
            volume={volume}
            isShown={volume.id === shown}
            status={statuses.get(volume.id) ?? 'new'}
          />
        ))}
      </ol>
    </section>
  );
}

function VolumeRow(props: {
  readonly volume: ListedVolume;
  readonly isShown: boolean;
  readonly status: VolumeStatus;
}) {
  const { volume, isShown, status } = props;
  const { id, name, info, value, isLoaded } = volume;
  const { client, workspace } = useWorkbench();
  const { label, fraction } = useWorkspaceState((state) => ({
    label: state.stateLabel,
    fraction: state.activity?.volumeId === id ? state.activity.stepFraction : null,
  }));
  const spacing = info.spacing === null ? 'voxel size unknown' : formatSpacing(info.spacing);
  const memory = isLoaded ? formatBytes(memoryBytes(volume)) : 'not in memory';
  const facts = `${name}\n${formatSize(info.size)} ${info.type}, ${spacing}\n${statusText(status)}\nMemory: ${memory}`;
  return (
    <li className={styles['row']} data-shown={isShown || undefined} data-volume={name}>
      <button
        type="button"
        data-row
        className={styles['rowButton']}
        tabIndex={isShown ? 0 : -1}
        data-focus-start={isShown || undefined}
        aria-current={isShown ? 'true' : undefined}
        title={facts}
        onClick={() => void workspace.showVolume(id)}
      >
        <Thumbnail client={client} info={info} isLoaded={isLoaded} />
        <span className={styles['text']}>
          <span className={styles['name']}>{name}</span>
          <span className={styles['facts']} data-unknown={info.spacing === null || undefined}>
            {formatSize(info.size)} · {spacing}
          </span>
        </span>
        {value === null ? null : (
          <span className={styles['value']} title={label === '' ? 'State' : label}>
            {formatNumber(value)}
          </span>
        )}
        <StatusBadge status={status} />
      </button>
      {fraction === null ? null : (
        <span className={styles['progress']} style={{ width: `${100 * fraction}%` }} />
      )}
      <Menu position="bottom-end" width={320} onOpen={() => void workspace.showVolume(id)}>
        <Menu.Target>
          <ActionIcon size={22} tabIndex={isShown ? 0 : -1} aria-label={`More for ${name}`}>
            <IconDotsVertical size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItems group="Volumes" />
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
