import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { addStep } from '../../recipe/edit.ts';
import { createHistory, currentState } from '../../recipe/history.ts';
import { emptyRecipe, type Recipe } from '../../recipe/recipe.ts';
import { keepSession, parseSession } from './session.ts';
import { useViewer, type ViewerState } from './viewer.ts';
import type { Workspace, WorkspaceState } from './workspace.ts';

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
    () => ({ history: createHistory(emptyRecipe()), opened: null }) as unknown as WorkspaceState,
  );
  const workspace = {
    store,
    restore: (recipe: Recipe, opened: WorkspaceState['opened']) =>
      store.setState({ history: createHistory(recipe), opened }),
  } as unknown as Workspace;
  const viewer = createStore<ViewerState>(() => useViewer.getInitialState());
  keepSession(workspace, viewer, storage);
  return { store, viewer };
}

describe('a session', () => {
  it('comes back with recipe, file name and view after the page is gone', () => {
    const storage = memory();
    const first = openPage(storage);
    first.store.setState({
      history: createHistory(RECIPE),
      opened: { kind: 'files', name: 'cathode.tif' },
    });
    first.viewer.setState({ colourMap: 'viridis', overlayOpacity: 0.2, overlayStyle: 'outline' });
    const second = openPage(storage);
    expect(currentState(second.store.getState().history)).toEqual(RECIPE);
    expect(second.store.getState().opened).toEqual({ kind: 'files', name: 'cathode.tif' });
    expect(second.viewer.getState()).toMatchObject({
      colourMap: 'viridis',
      overlayOpacity: 0.2,
      overlayStyle: 'outline',
    });
  });

  it('leaves out what is damaged and keeps the rest', () => {
    const nothing = { recipe: null, opened: null, view: {} };
    for (const text of [null, '', '{"recipe":', '[]', '7', '{"recipe":{"steps":3}}']) {
      expect(parseSession(text)).toEqual(nothing);
    }
    const text = JSON.stringify({
      recipe: RECIPE,
      opened: { kind: 'elsewhere', name: 'a' },
      view: { colourMap: 'pink', overlayOpacity: 3, cut: false, camera: 'x' },
    });
    expect(parseSession(text)).toEqual({ recipe: RECIPE, opened: null, view: { cut: false } });
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
