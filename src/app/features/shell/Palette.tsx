/** Finds and starts any action by typing; says of those that cannot be done why not. */
import { Modal } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { type Action, actionTitle, shortcutText } from '../../action.ts';
import { actionsOf } from '../../actions.ts';
import { Icon } from '../../components/Icon.tsx';
import { useFollowing } from '../../use-action.ts';
import { useDialog, useWorkbench } from '../../workbench-context.tsx';
import { searchActions } from './search-actions.ts';
import styles from './shell.module.css';

export function Palette() {
  const { opened, close } = useDialog('palette');
  return (
    <Modal
      opened={opened}
      onClose={close}
      withCloseButton={false}
      centered={false}
      yOffset={80}
      size={600}
      padding={0}
      returnFocus={false}
      attributes={{ content: { 'aria-label': 'Search actions' } }}
    >
      <Search onClose={close} />
    </Modal>
  );
}

/** Mounted while the palette is open. */
function Search({ onClose }: { readonly onClose: () => void }) {
  const workbench = useWorkbench();
  const query = useStore(workbench.dialogs, (state) => state.query);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const focusedBefore = useFocusAtEnd(field);
  useFollowing();

  const found = searchActions(actionsOf(workbench), query, (action) =>
    actionTitle(action, workbench),
  );
  const at = Math.max(
    0,
    found.findIndex(({ id }) => id === selectedId),
  );
  const selected = found[at];
  const itemId = (action: Action): string => `${list}-${action.id}`;

  const start = (action: Action): void => {
    if (action.obstacle(workbench) !== null) return;
    onClose();
    // First the focus goes back to where it was; the action may then send it on.
    focusedBefore.current?.focus();
    action.run(workbench);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setSelectedId(found.at((at + by) % found.length)?.id ?? null);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (selected !== undefined) start(selected);
    }
  };

  return (
    <>
      <input
        ref={field}
        className={styles['paletteField']}
        type="text"
        data-autofocus
        placeholder="Search actions"
        aria-label="Search actions"
        aria-autocomplete="list"
        aria-controls={list}
        aria-activedescendant={selected === undefined ? undefined : itemId(selected)}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setSelectedId(null);
          workbench.dialogs.setState({ query: event.currentTarget.value });
        }}
      />
      {found.length === 0 && <p className={styles['paletteEmpty']}>No action has that name</p>}
      <div
        id={list}
        className={styles['paletteList']}
        role="listbox"
        aria-label="Actions"
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {found.map((action) => (
          <PaletteItem
            key={action.id}
            id={itemId(action)}
            action={action}
            isSelected={action === selected}
            onStart={() => start(action)}
          />
        ))}
      </div>
    </>
  );
}

/** Puts the focus behind the field's text as soon as it is there; gives what had it before. */
function useFocusAtEnd(field: { readonly current: HTMLInputElement | null }) {
  const before = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const input = field.current;
    if (input === null) return;
    before.current ??= document.activeElement as HTMLElement | null;
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }, [field]);
  return before;
}

function PaletteItem(props: {
  readonly id: string;
  readonly action: Action;
  readonly isSelected: boolean;
  readonly onStart: () => void;
}) {
  const { id, action, isSelected, onStart } = props;
  const workbench = useWorkbench();
  const item = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const obstacle = action.obstacle(workbench);
  const isOn = action.isOn?.(workbench);
  return (
    // The field keeps the focus.
    <button
      ref={item}
      id={id}
      type="button"
      className={styles['paletteItem']}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-disabled={obstacle !== null}
      data-action-id={action.id}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onStart}
    >
      <span className={styles['paletteIcon']}>
        {action.icon === null ? null : <Icon name={action.icon} />}
      </span>
      <span className={styles['paletteText']}>
        <span>{actionTitle(action, workbench)}</span>
        <span className={styles['paletteNote']}>
          {obstacle ?? `${action.group}${isOn === true ? ' · on' : ''}`}
        </span>
      </span>
      {action.shortcut === null ? null : <kbd>{shortcutText(action.shortcut)}</kbd>}
    </button>
  );
}
