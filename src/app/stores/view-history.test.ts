import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { undoLabel } from '../../recipe/history.ts';
import { noChanges } from './change-history.ts';
import { recordViews, redoView, undoView, unrecorded, viewHistory } from './view-history.ts';
import { useViewer } from './viewer.ts';
import type { Workspace, WorkspaceState } from './workspace.ts';

const START = useViewer.getState();
let clock = 0;
let stop = (): void => undefined;
/** What `shownVolumes` reads: an image of these grey values and two phases. */
const store = createStore(() => stateWith([0, 1000]));

function stateWith(range: readonly [number, number]): WorkspaceState {
  const phases = [{ label: 2, name: 'binder' }];
  const volume = { kind: 'grey', handle: String(range), range, size: [4, 4, 4], phases };
  const history = { entries: [{ state: { steps: [] } }], position: 0 };
  const truth = { ...volume, kind: 'labels' };
  return { source: volume, truth, overlay: 'truth', outcomes: {}, history } as never;
}

beforeEach(() => {
  clock = 0;
  useViewer.setState(START, true);
  unrecorded(() => useViewer.getState().setWindow({ low: 0, high: 1000 }));
  viewHistory.setState({ history: noChanges() });
  store.setState(stateWith([0, 1000]));
  stop = recordViews({ store } as Pick<Workspace, 'store'>, () => clock);
});
afterEach(() => stop());

function nextUndo(): string | null {
  return undoLabel(viewHistory.getState().history);
}

describe('the history of view settings', () => {
  it('names each change, and undo and redo set the setting alone', () => {
    const { setColourMap, toggleLabel, setCrosshair } = useViewer.getState();
    setColourMap('viridis');
    toggleLabel(2);
    expect(nextUndo()).toBe('Hide binder');
    setCrosshair([1, 2, 3]);
    undoView();
    expect(nextUndo()).toBe('Colour map: Viridis');
    undoView();
    const { colourMap, hiddenLabels, crosshair } = useViewer.getState();
    expect([colourMap, hiddenLabels, crosshair]).toEqual(['grey', [], [1, 2, 3]]);
    expect(nextUndo()).toBeNull();
    redoView();
    expect(useViewer.getState().colourMap).toBe('viridis');
  });

  it('takes the movements of one drag for one change, and a later drag for another', () => {
    const { setWindow } = useViewer.getState();
    for (const low of [10, 20, 30]) {
      clock += 50;
      setWindow({ low, high: 1000 });
    }
    clock += 5000;
    setWindow({ low: 40, high: 1000 });
    expect(nextUndo()).toBe('Window 40 to 1000');
    undoView();
    expect(useViewer.getState().window?.low).toBe(30);
    undoView();
    expect(useViewer.getState().window?.low).toBe(0);
    expect(nextUndo()).toBeNull();
  });

  it('leaves out what the program does by itself', () => {
    unrecorded(() => useViewer.getState().setColourMap('magma'));
    expect(nextUndo()).toBeNull();
  });

  it('forgets windows of a grey scale that is no longer shown', () => {
    const { setWindow, setColourMap } = useViewer.getState();
    setWindow({ low: 100, high: 200 });
    setColourMap('cividis');
    store.setState(stateWith([0, 900]));
    undoView();
    expect(nextUndo()).toBe('Window 100 to 200');
    store.setState(stateWith([0, 1]));
    expect(nextUndo()).toBeNull();
  });

  it('names the part of the 3-D settings', () => {
    useViewer.getState().setDisplay3d({ lit: false });
    expect(nextUndo()).toBe('3-D: light and shade');
    undoView();
    expect(useViewer.getState().display3d.lit).toBe(true);
  });
});
