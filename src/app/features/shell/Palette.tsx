/** Finds and starts any action by typing; says of those that cannot be done why not. */
import { createSpotlight, Spotlight, useSpotlight } from '@mantine/spotlight';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { type Action, actionTitle, shortcutText } from '../../action.ts';
import { actionsOf } from '../../actions.ts';
import { Icon } from '../../components/Icon.tsx';
import { useFollowing } from '../../use-action.ts';
import { useDialog, useWorkbench } from '../../workbench-context.tsx';
import { searchActions } from './search-actions.ts';
import styles from './shell.module.css';
import '@mantine/spotlight/styles.layer.css';

/** Its own store, so that the field can say which of the found actions is selected. */
const [store, spotlight] = createSpotlight();

/** The list's types leave out what it hands to its scroll area. */
const SCROLLED_BY_KEYS = { viewportProps: { tabIndex: 0 } } as object;

function itemId({ id }: Action): string {
  return `palette-${id}`;
}

export function Palette() {
  const workbench = useWorkbench();
  const { opened, close } = useDialog('palette');
  const query = useStore(workbench.dialogs, (state) => state.query);
  const focusedBefore = useRef<HTMLElement | null>(null);
  const chosen = useRef<Action | null>(null);
  useFollowing(opened);

  useEffect(() => {
    if (!opened) return;
    focusedBefore.current = document.activeElement as HTMLElement | null;
    chosen.current = null;
    spotlight.open();
  }, [opened]);

  const setQuery = (text: string): void => workbench.dialogs.setState({ query: text });

  const onClosed = (): void => {
    close();
    // First the focus goes back to where it was; the action may then send it on.
    focusedBefore.current?.focus();
    chosen.current?.run(workbench);
    chosen.current = null;
  };

  const found = searchActions(actionsOf(workbench), query, (action) =>
    actionTitle(action, workbench),
  );
  const { selected, listId } = useSpotlight(store);
  const active = found[selected];
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      clearQueryOnClose={false}
      returnFocus={false}
      onSpotlightClose={onClosed}
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0, backgroundOpacity: 0.45 }}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': 'Search actions' } }}
    >
      <Spotlight.Search
        placeholder="Search actions"
        aria-label="Search actions"
        aria-autocomplete="list"
        aria-controls={listId}
        {...(active === undefined ? {} : { 'aria-activedescendant': itemId(active) })}
        size="md"
      />
      <Spotlight.ActionsList {...SCROLLED_BY_KEYS}>
        {found.length === 0 ? <Spotlight.Empty>No action has that name</Spotlight.Empty> : null}
        {found.map((action) => (
          <PaletteItem
            key={action.id}
            action={action}
            onChoose={() => {
              chosen.current = action;
            }}
          />
        ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function PaletteItem(props: { readonly action: Action; readonly onChoose: () => void }) {
  const { action, onChoose } = props;
  const workbench = useWorkbench();
  const obstacle = action.obstacle(workbench);
  const isOn = action.isOn?.(workbench);
  return (
    <Spotlight.Action
      // Mantine keeps `id` for itself.
      ref={(item: HTMLElement | null) => {
        if (item !== null) item.id = itemId(action);
      }}
      data-action-id={action.id}
      label={actionTitle(action, workbench)}
      description={obstacle ?? `${action.group}${isOn === true ? ' · on' : ''}`}
      className={styles['paletteItem'] ?? ''}
      leftSection={action.icon === null ? null : <Icon name={action.icon} />}
      rightSection={action.shortcut === null ? null : <kbd>{shortcutText(action.shortcut)}</kbd>}
      {...(obstacle === null ? {} : { 'aria-disabled': true, 'data-obstacle': true })}
      closeSpotlightOnTrigger={obstacle === null}
      onClick={() => {
        if (obstacle === null) onChoose();
      }}
    />
  );
}
