import { afterEach, describe, expect, it } from 'vitest';
import type { EngineDescription } from '../../workers/engine-api.ts';
import { addStep } from '../recipe/edit.ts';
import { createHistory } from '../recipe/history.ts';
import { emptyRecipe } from '../recipe/recipe.ts';
import {
  type Action,
  actionTitle,
  type KeyPress,
  matchesShortcut,
  shortcutText,
} from './action.ts';
import { ACTIONS, actionForKey, actionsOf, findAction } from './actions.ts';
import type { EngineClient } from './engine-client.ts';
import { searchActions } from './features/shell/search-actions.ts';
import { createDialogs } from './stores/dialogs.ts';
import { createPreferences } from './stores/preferences.ts';
import { createPreviews } from './stores/previews.ts';
import { useMeasures } from './stores/measures.ts';
import { useViewer } from './stores/viewer.ts';
import { createWorkspace } from './stores/create-workspace.ts';
import { currentRecipe, type WorkspaceState } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

function press(
  key: string,
  ...modifiers: readonly ('ctrl' | 'meta' | 'shift' | 'alt')[]
): KeyPress {
  return {
    key,
    ctrlKey: modifiers.includes('ctrl'),
    metaKey: modifiers.includes('meta'),
    shiftKey: modifiers.includes('shift'),
    altKey: modifiers.includes('alt'),
  };
}

/** The key press that a person makes who reads a shortcut. */
function pressOf(shortcut: string): KeyPress {
  const parts = shortcut.split('+');
  const name = parts.at(-1) ?? '';
  return {
    key: name === 'Space' ? ' ' : name,
    ctrlKey: parts.includes('Ctrl'),
    metaKey: false,
    shiftKey: parts.includes('Shift') || name === '?',
    altKey: parts.includes('Alt'),
  };
}

const OPERATION: EngineDescription['operations'][number] = {
  id: 'smooth',
  version: 1,
  title: 'Smoothing',
  family: 'smooth',
  summary: 'Blurs.',
  equation: '',
  details: '',
  methods: '',
  citations: [],
  parameters: {},
  tables: {},
  input: 'grey',
  output: 'grey',
};

/** A workbench in which nothing is computed. */
function workbenchWith(state: Partial<WorkspaceState> = {}): Workbench {
  const client = { onReplaced: () => () => undefined } as unknown as EngineClient;
  const workspace = createWorkspace(client, { save: () => undefined, sampleUrl: '' });
  workspace.store.setState({
    engine: { version: '1', threads: 1, operations: [OPERATION], phantoms: [] },
    ...state,
  });
  return {
    client,
    workspace,
    preferences: createPreferences(null),
    dialogs: createDialogs(),
    previews: createPreviews(workspace, client),
    work: { takeOver: () => Promise.resolve(), openWaiting: () => Promise.resolve() },
  };
}

function twoSteps(): Partial<WorkspaceState> {
  const one = addStep(emptyRecipe(), { operation: 'smooth', version: 1 });
  const two = addStep(one, { operation: 'smooth', version: 1 });
  return { history: createHistory(two), selected: 'smooth-1' };
}

const withShortcut = ACTIONS.filter(
  (action): action is Action & { readonly shortcut: string } => action.shortcut !== null,
);

afterEach(() => {
  useViewer.setState({ maximised: null });
  useMeasures.getState().begin([]);
});

describe('matchesShortcut', () => {
  it('tells undo from redo by Shift, and takes Cmd for Ctrl', () => {
    expect(matchesShortcut('Ctrl+Z', press('z', 'ctrl'))).toBe(true);
    expect(matchesShortcut('Ctrl+Z', press('Z', 'ctrl', 'shift'))).toBe(false);
    expect(matchesShortcut('Ctrl+Shift+Z', press('Z', 'ctrl', 'shift'))).toBe(true);
    expect(matchesShortcut('Ctrl+Z', press('z', 'meta'))).toBe(true);
    expect(matchesShortcut('Ctrl+Z', press('z'))).toBe(false);
  });

  it('takes a question mark with the Shift that types it', () => {
    expect(matchesShortcut('?', press('?', 'shift'))).toBe(true);
    expect(matchesShortcut('?', press('?', 'ctrl', 'shift'))).toBe(false);
  });

  it('knows named keys', () => {
    expect(matchesShortcut('Space', press(' '))).toBe(true);
    expect(matchesShortcut('Shift+F6', press('F6', 'shift'))).toBe(true);
    expect(matchesShortcut('F6', press('F6', 'shift'))).toBe(false);
  });
});

describe('shortcutText', () => {
  it('names keys as the keyboard does', () => {
    expect(shortcutText('Alt+ArrowUp', false)).toBe('Alt+↑');
    expect(shortcutText('Ctrl+Shift+Z', true)).toBe('⌘⇧Z');
  });
});

describe('actions', () => {
  it('have ids of their own, and shortcuts of their own where they work', () => {
    const ids = actionsOf(workbenchWith()).map(({ id }) => id);
    const shortcuts = withShortcut.map(({ scope, shortcut }) => `${scope} ${shortcut}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });

  it.each(withShortcut)('$id is what $shortcut does', ({ id, scope, shortcut }) => {
    expect(actionForKey(scope, pressOf(shortcut))?.id).toBe(id);
  });

  it('are all in the palette, and each is found by its own title', () => {
    const workbench = workbenchWith();
    const all = actionsOf(workbench);
    expect(searchActions(all, '').map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    for (const action of all) {
      expect(searchActions(all, action.title)[0]?.title).toBe(action.title);
    }
  });

  it('either can be done or say why not in a sentence', () => {
    for (const workbench of [
      workbenchWith(),
      workbenchWith({ engine: null }),
      workbenchWith(twoSteps()),
    ]) {
      for (const action of actionsOf(workbench)) {
        expect(action.obstacle(workbench) ?? 'It can be done.').toMatch(/^[A-Z].*\.$/);
        expect(actionTitle(action, workbench)).not.toMatch(/undefined|null/);
      }
    }
  });

  it('say of undo what it undoes', () => {
    const workbench = workbenchWith(twoSteps());
    const undo = findAction('undo', workbench);
    expect(undo.obstacle(workbench)).toBe('Nothing to undo.');
    findAction('step-remove', workbench).run(workbench);
    expect(actionTitle(undo, workbench)).toBe('Undo: Remove Smoothing');
    undo.run(workbench);
    expect(currentRecipe(workbench.workspace.store.getState()).steps).toHaveLength(2);
  });

  it('act on the selected step', () => {
    const workbench = workbenchWith(twoSteps());
    const { workspace } = workbench;
    const run = (id: string): void => findAction(id, workbench).run(workbench);
    const steps = () => currentRecipe(workspace.store.getState()).steps;
    expect(findAction('step-up', workbench).obstacle(workbench)).toMatch(/first/);
    run('step-down');
    expect(steps().map(({ id }) => id)).toEqual(['smooth-2', 'smooth-1']);
    run('step-toggle');
    expect(steps()[1]?.enabled).toBe(false);
    run('step-duplicate');
    expect(steps().map(({ id }) => id)).toEqual(['smooth-2', 'smooth-1', 'smooth-3']);
    expect(workspace.store.getState().selected).toBe('smooth-3');
    expect(findAction('step-down', workbench).obstacle(workbench)).toMatch(/last/);
    workspace.select('input');
    expect(findAction('step-remove', workbench).obstacle(workbench)).toMatch(/Select/);
  });

  it('leave a view that is shown alone before they cancel a run', () => {
    const workbench = workbenchWith();
    const back = findAction('back', workbench);
    expect(back.obstacle(workbench)).not.toBeNull();
    useViewer.setState({ maximised: 'xy' });
    useMeasures.getState().toggleTool('distance');
    expect(actionTitle(back, workbench)).toBe('Take back the measure');
    back.run(workbench);
    expect(actionTitle(back, workbench)).toBe('Show all views');
    back.run(workbench);
    expect(useViewer.getState().maximised).toBeNull();
  });
});

describe('searchActions', () => {
  const all = actionsOf(workbenchWith());

  it('takes words in any order, from titles, groups and keywords', () => {
    expect(searchActions(all, 'phantom generate')[0]?.id).toBe('generate-phantom');
    expect(searchActions(all, 'blurs')[0]?.id).toBe('add-smooth');
    expect(searchActions(all, 'spreadsheet')[0]?.id).toBe('export-csv');
    expect(searchActions(all, 'no such thing')).toEqual([]);
  });

  it('puts titles that start with the query first', () => {
    expect(searchActions(all, 'run')[0]?.id).toBe('run');
    expect(searchActions(all, 'dark')[0]?.id).toBe('theme-dark');
  });
});

describe('how slices are looked at', () => {
  const volume = { handle: 'v', kind: 'grey', size: [2, 2, 2], range: [3, 9] };
  const source = volume as unknown as NonNullable<WorkspaceState['source']>;

  it('slabs and comparisons are switched, and wait for what they need', () => {
    const empty = workbenchWith();
    expect(findAction('slab-max', empty).obstacle(empty)).toMatch(/grey image/);
    const workbench = workbenchWith({ source });
    const slab = findAction('slab-max', workbench);
    expect(slab.obstacle(workbench)).toBeNull();
    slab.run(workbench);
    expect(useViewer.getState().slab).toEqual({ projection: 'max', thickness: 9 });
    expect(slab.isOn?.(workbench)).toBe(true);
    findAction('slab-off', workbench).run(workbench);
    expect(useViewer.getState().slab).toBeNull();
    expect(findAction('compare-swipe', workbench).obstacle(workbench)).toMatch(/Run a step/);
  });

  it('windows are set from what is shown', async () => {
    const workbench = workbenchWith({ source });
    findAction('window-range', workbench).run(workbench);
    await Promise.resolve();
    await Promise.resolve();
    expect(useViewer.getState().window).toEqual({ low: 3, high: 9 });
  });
});
