/** The bar at the top: menus, what is open, undo and redo, and how the program runs here. */
import { Tooltip, UnstyledButton, useComputedColorScheme } from '@mantine/core';
import { IconCpu, IconRuler2 } from '@tabler/icons-react';
import { ActionButton } from '../../ActionButton.tsx';
import { Icon } from '../../components/Icon.tsx';
import { panelActionId } from '../../layout-actions.ts';
import { SIDE_PANELS, type SidePanel } from '../../stores/preferences.ts';
import { formatBytes, formatSize, formatSpacing } from '../../components/format.ts';
import { useAction } from '../../use-action.ts';
import { useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { Logo } from './Logo.tsx';
import { MenuBar } from './MenuBar.tsx';
import styles from './shell.module.css';

export function Header() {
  const scheme = useComputedColorScheme();
  return (
    <header className={styles['header']}>
      <div className={styles['brand']}>
        <Logo />
        <h1>Tauscope</h1>
      </div>
      <MenuBar />
      <SourceSummary />
      <div className={styles['spring']} />
      <div className={styles['group']}>
        <ActionButton id="undo">
          <Icon name="undo" size={17} />
        </ActionButton>
        <ActionButton id="redo">
          <Icon name="redo" size={17} />
        </ActionButton>
      </div>
      <Panels />
      <Threads />
      <ActionButton id="theme">
        <Icon name={scheme === 'dark' ? 'light' : 'dark'} size={16} />
      </ActionButton>
      <ActionButton id="palette">
        <Icon name="search" size={16} />
      </ActionButton>
      <ActionButton id="shortcuts">
        <Icon name="help" size={17} />
      </ActionButton>
    </header>
  );
}

/** Which panels stand about the views; nothing before there are views. */
function Panels() {
  const hasViews = useWorkspaceState((state) => state.source !== null);
  if (!hasViews) return null;
  return (
    <div className={styles['group']} role="group" aria-label="Panels">
      {SIDE_PANELS.map((panel) => (
        <PanelButton key={panel} panel={panel} />
      ))}
    </div>
  );
}

function PanelButton({ panel }: { readonly panel: SidePanel }) {
  const { icon } = useAction(panelActionId(panel));
  return (
    <ActionButton id={panelActionId(panel)}>
      {icon === null ? null : <Icon name={icon} size={17} />}
    </ActionButton>
  );
}

function SourceSummary() {
  const { source, sourceBytes } = useWorkspaceState(({ source, sourceBytes }) => ({
    source,
    sourceBytes,
  }));
  const { workspace } = useWorkbench();
  if (source === null) return null;
  const unknown = source.spacing === null;
  return (
    <div className={styles['source']}>
      <span className={styles['fileName']} title={source.name}>
        {source.name}
      </span>
      <span className={styles['facts']}>
        {formatSize(source.size)} · {source.type}
        {sourceBytes === null ? '' : ` · ${formatBytes(sourceBytes)}`}
      </span>
      <Tooltip
        label={
          unknown
            ? 'The file does not state a voxel size. Lengths cannot be given until it is set.'
            : `Voxel size from: ${source.spacingSource || 'the file'}. Click to change it.`
        }
      >
        <UnstyledButton
          className={styles['chip']}
          data-unknown={unknown || undefined}
          onClick={() => workspace.askVoxelSize(true)}
        >
          <IconRuler2 size={13} aria-hidden />
          {source.spacing === null ? 'voxel size unknown' : formatSpacing(source.spacing)}
        </UnstyledButton>
      </Tooltip>
    </div>
  );
}

function Threads() {
  const about = useAction('about');
  const threads = useWorkspaceState((state) => state.engine?.threads ?? null);
  if (threads === null) {
    return <output className={styles['status']}>starting…</output>;
  }
  const label =
    threads === 1
      ? 'Everything works on one thread. More threads need a page that is cross-origin isolated and a processor with several cores.'
      : `Computation runs on ${threads} threads; results are the same bits for any number.`;
  return (
    <Tooltip label={label}>
      <UnstyledButton className={styles['status']} onClick={about.run}>
        <IconCpu size={14} aria-hidden />
        {threads === 1 ? 'single thread' : `${threads} threads`}
      </UnstyledButton>
    </Tooltip>
  );
}
