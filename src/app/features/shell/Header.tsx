/** The bar at the top: what is open, undo and redo, and how the program runs here. */
import {
  ActionIcon,
  Button,
  Menu,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
} from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronDown,
  IconCpu,
  IconFolderOpen,
  IconHelp,
  IconMoon,
  IconRuler2,
  IconSearch,
  IconSun,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { redoLabel, undoLabel } from '../../../recipe/history.ts';
import { ACTIONS, type Action, findAction } from '../../actions.ts';
import { formatBytes, formatSize, formatSpacing } from '../../components/format.ts';
import { useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { Logo } from './Logo.tsx';
import styles from './shell.module.css';

export function Header() {
  return (
    <header className={styles['header']}>
      <div className={styles['brand']}>
        <Logo />
        <h1>Tauscope</h1>
      </div>
      <FileMenu />
      <SourceSummary />
      <div className={styles['spring']} />
      <HistoryButtons />
      <Threads />
      <ThemeButton />
      <IconAction id="palette" label="Search actions (Ctrl+K)" onClick={() => spotlight.open()}>
        <IconSearch size={16} aria-hidden />
      </IconAction>
      <ActionButton id="shortcuts" label="Keyboard shortcuts (?)">
        <IconHelp size={17} aria-hidden />
      </ActionButton>
    </header>
  );
}

function IconAction(props: {
  readonly id: string;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        aria-label={props.label}
        data-action={props.id}
        // A disabled button takes no focus, so its tooltip could not be read.
        {...(props.disabled === true ? { 'aria-disabled': true, 'data-disabled': true } : {})}
        onClick={() => {
          if (props.disabled !== true) props.onClick();
        }}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

function ActionButton(props: {
  readonly id: string;
  readonly label: string;
  readonly children: ReactNode;
}) {
  const workbench = useWorkbench();
  return (
    <IconAction
      id={props.id}
      label={props.label}
      onClick={() => findAction(props.id)?.run(workbench)}
    >
      {props.children}
    </IconAction>
  );
}

function ActionItem({ action }: { readonly action: Action }) {
  const workbench = useWorkbench();
  return (
    <Menu.Item
      disabled={!action.isEnabled(workbench)}
      onClick={() => action.run(workbench)}
      rightSection={action.shortcut === null ? null : <kbd>{action.shortcut}</kbd>}
    >
      {action.title}
    </Menu.Item>
  );
}

function FileMenu() {
  // Read so that the items' enabled states follow the workspace.
  useWorkspaceState((state) => [state.engine, state.source, state.outcomes]);
  const inGroup = (group: Action['group']): readonly Action[] =>
    ACTIONS.filter((action) => action.group === group);
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconFolderOpen size={16} aria-hidden />}
          rightSection={<IconChevronDown size={13} aria-hidden />}
        >
          File
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {inGroup('File').map((action) => (
          <ActionItem key={action.id} action={action} />
        ))}
        <Menu.Divider />
        <Menu.Label>Export</Menu.Label>
        {inGroup('Export').map((action) => (
          <ActionItem key={action.id} action={action} />
        ))}
      </Menu.Dropdown>
    </Menu>
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

function HistoryButtons() {
  const { workspace } = useWorkbench();
  const { undo, redo } = useWorkspaceState(({ history }) => ({
    undo: undoLabel(history),
    redo: redoLabel(history),
  }));
  return (
    <div className={styles['group']}>
      <IconAction
        id="undo"
        label={undo === null ? 'Nothing to undo' : `Undo: ${undo} (Ctrl+Z)`}
        disabled={undo === null}
        onClick={workspace.undo}
      >
        <IconArrowBackUp size={17} aria-hidden />
      </IconAction>
      <IconAction
        id="redo"
        label={redo === null ? 'Nothing to redo' : `Redo: ${redo} (Ctrl+Shift+Z)`}
        disabled={redo === null}
        onClick={workspace.redo}
      >
        <IconArrowForwardUp size={17} aria-hidden />
      </IconAction>
    </div>
  );
}

function Threads() {
  const { dialogs } = useWorkbench();
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
      <UnstyledButton
        className={styles['status']}
        onClick={() => dialogs.setState({ open: 'about' })}
      >
        <IconCpu size={14} aria-hidden />
        {threads === 1 ? 'single thread' : `${threads} threads`}
      </UnstyledButton>
    </Tooltip>
  );
}

function ThemeButton() {
  const scheme = useComputedColorScheme();
  const workbench = useWorkbench();
  const label = scheme === 'dark' ? 'Switch to the light theme' : 'Switch to the dark theme';
  return (
    <IconAction id="theme" label={label} onClick={() => findAction('theme')?.run(workbench)}>
      {scheme === 'dark' ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
    </IconAction>
  );
}
