/**
 * Everything a person can start, declared once: menus, the shortcuts sheet, the palette and the
 * keyboard derive from this list.
 */
import { canRedo, canUndo, redoLabel, undoLabel } from '../recipe/history.ts';
import { pickFiles } from './dropped-files.ts';
import { PRESETS } from '../recipe/presets.ts';
import type { Workbench } from './workbench-context.tsx';

export type ActionGroup = 'File' | 'Edit' | 'Recipe' | 'Export' | 'View' | 'Help';

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly group: ActionGroup;
  /** As written in the shortcuts sheet: "Ctrl+Shift+Z"; null for none. */
  readonly shortcut: string | null;
  isEnabled(workbench: Workbench): boolean;
  /** The title with what it would act on, where that adds something. */
  describe?(workbench: Workbench): string;
  run(workbench: Workbench): void;
}

const always = (): boolean => true;
const hasSource = ({ workspace }: Workbench): boolean => workspace.store.getState().source !== null;
const isIdle = ({ workspace }: Workbench): boolean => workspace.store.getState().activity === null;
const hasResults = ({ workspace }: Workbench): boolean =>
  Object.keys(workspace.store.getState().outcomes).length > 0;

async function openPicked(workbench: Workbench, kind: 'files' | 'folder'): Promise<void> {
  const files = await pickFiles(kind);
  if (files.length > 0) await workbench.workspace.openFiles(files);
}

export const ACTIONS: readonly Action[] = [
  {
    id: 'open-files',
    title: 'Open files…',
    group: 'File',
    shortcut: 'Ctrl+O',
    isEnabled: always,
    run: (workbench) => void openPicked(workbench, 'files'),
  },
  {
    id: 'open-folder',
    title: 'Open folder of slices…',
    group: 'File',
    shortcut: 'Ctrl+Shift+O',
    isEnabled: always,
    run: (workbench) => void openPicked(workbench, 'folder'),
  },
  {
    id: 'open-sample',
    title: 'Open the sample electrode',
    group: 'File',
    shortcut: null,
    isEnabled: always,
    run: ({ workspace }) => void workspace.openSample(),
  },
  {
    id: 'generate-phantom',
    title: 'Generate a phantom…',
    group: 'File',
    shortcut: null,
    isEnabled: ({ workspace }) => (workspace.store.getState().engine?.phantoms.length ?? 0) > 0,
    run: ({ dialogs }) => dialogs.setState({ open: 'phantom' }),
  },
  {
    id: 'voxel-size',
    title: 'Set the voxel size…',
    group: 'Edit',
    shortcut: null,
    isEnabled: hasSource,
    run: ({ workspace }) => workspace.askVoxelSize(true),
  },
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    shortcut: 'Ctrl+Z',
    isEnabled: ({ workspace }) => canUndo(workspace.store.getState().history),
    describe: ({ workspace }) => `Undo: ${undoLabel(workspace.store.getState().history) ?? ''}`,
    run: ({ workspace }) => workspace.undo(),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    shortcut: 'Ctrl+Shift+Z',
    isEnabled: ({ workspace }) => canRedo(workspace.store.getState().history),
    describe: ({ workspace }) => `Redo: ${redoLabel(workspace.store.getState().history) ?? ''}`,
    run: ({ workspace }) => workspace.redo(),
  },
  {
    id: 'run',
    title: 'Run the recipe',
    group: 'Recipe',
    shortcut: 'Ctrl+Enter',
    isEnabled: (workbench) => hasSource(workbench) && isIdle(workbench),
    run: ({ workspace }) => void workspace.run(),
  },
  {
    id: 'cancel',
    title: 'Cancel the running job',
    group: 'Recipe',
    shortcut: 'Escape',
    isEnabled: (workbench) => !isIdle(workbench),
    run: ({ workspace }) => workspace.cancel(),
  },
  ...PRESETS.map(
    (preset): Action => ({
      id: `preset-${preset.id}`,
      title: `Use preset: ${preset.title}`,
      group: 'Recipe',
      shortcut: null,
      isEnabled: always,
      run: ({ workspace }) => workspace.applyPreset(preset),
    }),
  ),
  {
    id: 'save-recipe',
    title: 'Save the recipe',
    group: 'Recipe',
    shortcut: 'Ctrl+S',
    isEnabled: always,
    run: ({ workspace }) => workspace.saveRecipe(),
  },
  {
    id: 'export-csv',
    title: 'Export results as CSV',
    group: 'Export',
    shortcut: null,
    isEnabled: hasResults,
    run: ({ workspace }) => void workspace.exportResults('csv'),
  },
  {
    id: 'export-json',
    title: 'Export results as JSON',
    group: 'Export',
    shortcut: null,
    isEnabled: hasResults,
    run: ({ workspace }) => void workspace.exportResults('json'),
  },
  {
    id: 'theme',
    title: 'Switch between dark and light',
    group: 'View',
    shortcut: null,
    isEnabled: always,
    run: ({ preferences }) => {
      const isDark = document.documentElement.dataset['mantineColorScheme'] === 'dark';
      preferences.setState({ theme: isDark ? 'light' : 'dark' });
    },
  },
  {
    id: 'reset-panels',
    title: 'Reset the panel sizes',
    group: 'View',
    shortcut: null,
    isEnabled: always,
    run: ({ preferences }) => preferences.setState({ panels: {} }),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    shortcut: '?',
    isEnabled: always,
    run: ({ dialogs }) => dialogs.setState({ open: 'shortcuts' }),
  },
  {
    id: 'about',
    title: 'About Tauscope',
    group: 'Help',
    shortcut: null,
    isEnabled: always,
    run: ({ dialogs }) => dialogs.setState({ open: 'about' }),
  },
];

export function findAction(id: string): Action | undefined {
  return ACTIONS.find((action) => action.id === id);
}

export function actionTitle(action: Action, workbench: Workbench): string {
  return action.isEnabled(workbench)
    ? (action.describe?.(workbench) ?? action.title)
    : action.title;
}

/** Whether a key press is the shortcut; Cmd counts as Ctrl. */
export function matchesShortcut(
  shortcut: string,
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1) ?? '';
  const wants = (name: string): boolean => parts.includes(name);
  // Shift is part of typing "?"; only letters tell Ctrl+Z from Ctrl+Shift+Z.
  const shiftFits =
    key.length === 1 && !/[a-z]/i.test(key) ? true : event.shiftKey === wants('Shift');
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (event.ctrlKey || event.metaKey) === wants('Ctrl') &&
    event.altKey === wants('Alt') &&
    shiftFits
  );
}
