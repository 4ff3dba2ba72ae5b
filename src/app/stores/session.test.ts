import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { addStep } from '../../recipe/edit.ts';
import { createHistory, currentState } from '../../recipe/history.ts';
import { emptyRecipe } from '../../recipe/recipe.ts';
import { keepSession, parseSession } from './session.ts';
import { useViewer, type ViewerState } from './viewer.ts';
import type { KeptWork, Workspace, WorkspaceState } from './workspace.ts';

const RECIPE = addStep(emptyRecipe('mine'), { operation: 'smooth-gaussian', version: 1 });

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

/** A page: as much of a workspace and a viewer as a session reads and writes. */
function openPage(storage: ReturnType<typeof memory>) {
  const store = createStore<WorkspaceState>(
    () =>
      ({
        history: createHistory(emptyRecipe()),
        volumes: [],
        openedBefore: [],
        stateLabel: '',
      }) as unknown as WorkspaceState,
  );
  const workspace = {
    store,
    restore: ({ recipe, volumes, stateLabel }: KeptWork) =>
      store.setState({ history: createHistory(recipe), openedBefore: volumes, stateLabel }),
  } as unknown as Workspace;
  const viewer = createStore<ViewerState>(() => useViewer.getInitialState());
  keepSession(workspace, viewer, storage);
  return { store, viewer };
}

describe('a session', () => {
  it('comes back with recipe, names, states and view after the page is gone', () => {
    const storage = memory();
    const first = openPage(storage);
    const opened = { kind: 'files', name: 'cathode.tif' } as const;
    const kept = [{ opened, name: 'pristine', value: 0 }];
    first.store.setState({
      history: createHistory(RECIPE),
      openedBefore: kept,
      stateLabel: 'State of charge (%)',
    });
    first.viewer.setState({ colourMap: 'viridis', overlayOpacity: 0.2, overlayStyle: 'outline' });
    const second = openPage(storage);
    expect(currentState(second.store.getState().history)).toEqual(RECIPE);
    expect(second.store.getState()).toMatchObject({
      openedBefore: kept,
      stateLabel: 'State of charge (%)',
    });
    expect(second.viewer.getState()).toMatchObject({
      colourMap: 'viridis',
      overlayOpacity: 0.2,
      overlayStyle: 'outline',
    });
  });

  it('leaves out what is damaged and keeps the rest', () => {
    const nothing = { recipe: null, volumes: [], stateLabel: '', view: {} };
    for (const text of [null, '', '{"recipe":', '[]', '7', '{"recipe":{"steps":3}}']) {
      expect(parseSession(text)).toEqual(nothing);
    }
    const text = JSON.stringify({
      recipe: RECIPE,
      volumes: [{ opened: { kind: 'elsewhere', name: 'a' }, name: 'a' }, 3],
      stateLabel: 4,
      view: { colourMap: 'pink', overlayOpacity: 3, cut: false, camera: 'x' },
    });
    expect(parseSession(text)).toEqual({ ...nothing, recipe: RECIPE, view: { cut: false } });
  });

  it('works without storage', () => {
    const refuse = () => {
      throw new Error('denied');
    };
    const page = openPage({ getItem: refuse, setItem: refuse });
    page.viewer.setState({ cut: false });
    expect(page.viewer.getState().cut).toBe(false);
  });
});
