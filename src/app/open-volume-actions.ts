/** What can be done with the list of volumes; where one is meant, it is the shown one. */
import type { Action } from './action.ts';
import { action, needsNoJob, stateOf } from './declare-action.ts';
import { pickFiles } from './dropped-files.ts';
import { type ListedVolume, pictures, valuesInNames } from './stores/listed-volumes.ts';
import { currentRecipe, type WorkspaceState } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

function shownOf(workbench: Workbench): ListedVolume | undefined {
  const { volumes, shownVolume } = stateOf(workbench);
  return volumes.find(({ id }) => id === shownVolume);
}

/** An action on the shown volume and its place in the list. */
function volumeAction(
  parts: Pick<Action, 'id' | 'title' | 'icon'> &
    Partial<Pick<Action, 'shortcut' | 'scope' | 'keywords'>> & {
      readonly name: (volume: ListedVolume) => string;
      readonly refuses?: (
        volume: ListedVolume,
        index: number,
        all: readonly ListedVolume[],
        state: WorkspaceState,
      ) => string | null;
      readonly act: (workbench: Workbench, volume: ListedVolume, index: number) => void;
    },
): Action {
  const { name, refuses, act, ...rest } = parts;
  return action({
    ...rest,
    group: 'Volumes',
    obstacle: (workbench) => {
      const volume = shownOf(workbench);
      if (volume === undefined) return 'Open a volume first.';
      const state = stateOf(workbench);
      return refuses?.(volume, state.volumes.indexOf(volume), state.volumes, state) ?? null;
    },
    describe: (workbench) => {
      const volume = shownOf(workbench);
      return volume === undefined ? parts.title : name(volume);
    },
    run: (workbench) => {
      const volume = shownOf(workbench);
      if (volume !== undefined) act(workbench, volume, stateOf(workbench).volumes.indexOf(volume));
    },
  });
}

function showBy(by: 1 | -1): Pick<Action, 'obstacle' | 'run'> {
  return {
    obstacle: (workbench) =>
      stateOf(workbench).volumes.length < 2 ? 'There is no other volume.' : null,
    run: (workbench) => {
      const { volumes, shownVolume } = stateOf(workbench);
      const index = volumes.findIndex(({ id }) => id === shownVolume);
      const next = volumes.at((index + by) % volumes.length);
      if (next !== undefined) void workbench.workspace.showVolume(next.id);
    },
  };
}

function isComputing({ id }: ListedVolume, { activity }: WorkspaceState): boolean {
  return activity?.volumeId === id;
}

async function addPicked({ workspace }: Workbench): Promise<void> {
  const files = await pickFiles('files');
  if (files.length > 0) await workspace.openFiles(files, 'beside');
}

export const OPEN_VOLUME_ACTIONS: readonly Action[] = [
  action({
    id: 'add-volumes',
    title: 'Add volumes beside…',
    group: 'Volumes',
    icon: 'add',
    keywords: 'open further another compare states of charge several list',
    obstacle: (workbench) =>
      stateOf(workbench).volumes.length === 0 ? 'Open a volume first.' : null,
    run: (workbench) => void addPicked(workbench),
  }),
  action({
    id: 'run-all',
    title: 'Run the recipe on all volumes',
    group: 'Volumes',
    icon: 'run',
    shortcut: 'Ctrl+Shift+Enter',
    keywords: 'batch compute start every states',
    obstacle: (workbench) => {
      const state = stateOf(workbench);
      if (state.volumes.length < 2) return 'Add a second volume first.';
      const running = needsNoJob(workbench);
      if (running !== null) return running;
      return currentRecipe(state).steps.some((step) => step.enabled)
        ? null
        : 'Add a step to the recipe first.';
    },
    run: ({ workspace }) => void workspace.runAll(),
  }),
  action({
    id: 'next-volume',
    title: 'Show the next volume',
    group: 'Volumes',
    icon: 'down',
    shortcut: 'Alt+PageDown',
    ...showBy(1),
  }),
  action({
    id: 'previous-volume',
    title: 'Show the previous volume',
    group: 'Volumes',
    icon: 'up',
    shortcut: 'Alt+PageUp',
    ...showBy(-1),
  }),
  volumeAction({
    id: 'name-volume',
    title: 'Name and state of the volume…',
    icon: 'labels',
    shortcut: 'F2',
    scope: 'volumes',
    keywords: 'rename charge value axis',
    name: ({ name }) => `Name and state of ${name}…`,
    act: ({ dialogs }) => dialogs.setState({ open: 'volume' }),
  }),
  action({
    id: 'values-from-names',
    title: 'Take the states from the names',
    group: 'Volumes',
    icon: 'labels',
    keywords: 'charge value number axis',
    obstacle: (workbench) =>
      valuesInNames(stateOf(workbench).volumes.map(({ name }) => name)) === null
        ? 'The names of the volumes do not differ in one number alone.'
        : null,
    run: ({ workspace }) => workspace.takeValuesFromNames(),
  }),
  volumeAction({
    id: 'volume-up',
    title: 'Move the volume up',
    icon: 'up',
    shortcut: 'Alt+ArrowUp',
    scope: 'volumes',
    name: ({ name }) => `Move ${name} up`,
    refuses: (_, index) => (index === 0 ? 'The volume is the first one.' : null),
    act: ({ workspace }, { id }, index) => workspace.moveVolume(id, index - 1),
  }),
  volumeAction({
    id: 'volume-down',
    title: 'Move the volume down',
    icon: 'down',
    shortcut: 'Alt+ArrowDown',
    scope: 'volumes',
    name: ({ name }) => `Move ${name} down`,
    refuses: (_, index, all) => (index === all.length - 1 ? 'The volume is the last one.' : null),
    act: ({ workspace }, { id }, index) => workspace.moveVolume(id, index + 1),
  }),
  volumeAction({
    id: 'volume-first',
    title: 'Compare the others with this volume',
    icon: 'up',
    keywords: 'first reference baseline change against',
    name: ({ name }) => `Compare the others with ${name}`,
    refuses: (_, index) => (index === 0 ? 'The others are compared with it already.' : null),
    act: ({ workspace }, { id }) => workspace.moveVolume(id, 0),
  }),
  volumeAction({
    id: 'release-pictures',
    title: 'Free the memory of the volume’s results',
    icon: 'remove',
    keywords: 'forget release space images',
    name: ({ name }) => `Free the memory of the results of ${name}`,
    refuses: (volume, _, __, state) => {
      if (isComputing(volume, state)) return 'Wait until its run has ended, or cancel it.';
      return pictures(volume).length === 0 ? 'Its results take no memory.' : null;
    },
    act: ({ workspace }, { id }) => workspace.releasePictures(id),
  }),
  volumeAction({
    id: 'close-volume',
    title: 'Close the volume',
    icon: 'close',
    shortcut: 'Delete',
    scope: 'volumes',
    keywords: 'remove from list forget free memory start screen',
    name: ({ name }) => `Close ${name}`,
    act: ({ workspace }, { id }) => workspace.removeVolume(id),
  }),
  action({
    id: 'bring-back-volume',
    title: 'Bring back the closed volume',
    group: 'Volumes',
    icon: 'undo',
    keywords: 'reopen removed undo',
    obstacle: (workbench) =>
      stateOf(workbench).removed.length === 0 ? 'No volume was closed.' : null,
    describe: (workbench) => `Bring back ${stateOf(workbench).removed.at(-1)?.name}`,
    run: ({ workspace }) => void workspace.bringBack(),
  }),
];
