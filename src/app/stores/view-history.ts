/**
 * What a person changed about how volumes are looked at, by name, for undo. Position, camera and
 * zoom are no changes; nor is what the program sets by itself, as the window of another image.
 */
import { createStore } from 'zustand/vanilla';
import { pushState, redo, undo } from '../../recipe/history.ts';
import { COLOUR_MAPS } from '../rendering/colour-maps.ts';
import {
  type ChangeHistory,
  changeToRedo,
  changeToUndo,
  noChanges,
  withoutChanges,
} from './change-history.ts';
import type { Display3d } from './display-3d.ts';
import { isSameScale } from './grey-scales.ts';
import {
  CONTENTS_3D,
  type GreyWindow,
  SLAB_CHOICES,
  useViewer,
  type ViewerState,
} from './viewer.ts';
import { shownVolumes, type Workspace } from './workspace.ts';

/** Names of labels, for what a change is called. */
type LabelName = (label: number) => string;

function shown(what: string): (isShown: boolean) => string {
  return (isShown) => `${isShown ? 'Show' : 'Hide'} ${what}`;
}

/** At most five digits: as exact as a hand on a chart. */
function grey(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function slabName(slab: ViewerState['slab']): string {
  const choice = SLAB_CHOICES.find(({ projection }) => projection === (slab?.projection ?? null));
  const title = `Slab: ${choice?.title.toLowerCase()}`;
  return slab === null ? title : `${title} of ${slab.thickness} slices`;
}

const NAMES_3D: { readonly [Part in keyof Display3d]: string } = {
  curves: 'Opacity curve',
  gradient: 'Opacity by gradient',
  lit: 'Light and shade',
  clips: 'Clip box on or off',
  clipBox: 'Move the clip box',
  clipFollows: 'Clip at the crosshair',
  facesShown: 'Slices on cut faces',
};

function changedPart(after: Display3d, before: Display3d): keyof Display3d | undefined {
  return (Object.keys(NAMES_3D) as (keyof Display3d)[]).findLast(
    (part) => after[part] !== before[part],
  );
}

function display3dName(after: Display3d, before: Display3d): string {
  const part = changedPart(after, before);
  return part === undefined ? '3-D settings' : `3-D: ${NAMES_3D[part].toLowerCase()}`;
}

function hiddenName(
  after: readonly number[],
  before: readonly number[],
  nameOf: LabelName,
): string {
  const hidden = after.find((label) => !before.includes(label));
  if (hidden !== undefined) return `Hide ${nameOf(hidden)}`;
  return `Show ${before
    .filter((label) => !after.includes(label))
    .map(nameOf)
    .join(', ')}`;
}

/** Each setting that undo knows, with what a change of it is called. */
const SETTINGS = {
  window: (window) =>
    window === null ? 'Window' : `Window ${grey(window.low)} to ${grey(window.high)}`,
  colourMap: (chosen) => `Colour map: ${COLOUR_MAPS.find(({ id }) => id === chosen)?.title}`,
  colourBarShown: shown('the colour bar'),
  crosshairShown: shown('the crosshair'),
  slab: slabName,
  overlayShown: shown('the labels'),
  overlayOpacity: (opacity) => `Opacity of the labels ${Math.round(100 * opacity)} %`,
  overlayStyle: (style) => (style === 'fill' ? 'Fill the phases' : 'Outline the phases'),
  hiddenLabels: hiddenName,
  previewShown: shown('the preview of grey intervals'),
  cut: (isCut) => (isCut ? 'Cut the 3-D view open' : 'Close the 3-D view'),
  content3d: (chosen) =>
    `3-D: show ${CONTENTS_3D.find(({ id }) => id === chosen)?.title.toLowerCase()}`,
  display3d: display3dName,
} as const satisfies {
  readonly [Key in keyof ViewerState]?: (
    after: ViewerState[Key],
    before: ViewerState[Key],
    nameOf: LabelName,
  ) => string;
};

type Setting = keyof typeof SETTINGS;
const KEYS = Object.keys(SETTINGS) as readonly Setting[];

/** What a hand drags: many changes soon after each other are one. */
const DRAGGED: readonly Setting[] = ['window', 'slab', 'overlayOpacity', 'display3d'];
const ONE_DRAG_MS = 1000;

interface ViewChange {
  readonly key: Setting;
  readonly before: unknown;
  readonly after: unknown;
  /** Smallest and largest value of the image that a window was chosen for. */
  readonly scale: GreyWindow | null;
}

export const viewHistory = createStore<{ readonly history: ChangeHistory<ViewChange> }>(() => ({
  history: noChanges(),
}));

let isRecording = true;

/** Changes settings without a trace in the history: what the program does by itself. */
export function unrecorded(change: () => void): void {
  const before = isRecording;
  isRecording = false;
  try {
    change();
  } finally {
    isRecording = before;
  }
}

function changeOf(key: Setting, value: unknown): void {
  unrecorded(() => useViewer.setState({ [key]: value }));
}

export function undoView(): void {
  const { history } = viewHistory.getState();
  const change = changeToUndo(history);
  if (change === null) return;
  viewHistory.setState({ history: undo(history) });
  changeOf(change.key, change.before);
}

export function redoView(): void {
  const { history } = viewHistory.getState();
  const change = changeToRedo(history);
  if (change === null) return;
  viewHistory.setState({ history: redo(history) });
  changeOf(change.key, change.after);
}

/** Whether two changes are one movement of a hand. */
function mergeKeyOf(key: Setting, after: ViewerState, before: ViewerState): string | null {
  if (!DRAGGED.includes(key)) return null;
  if (key === 'slab' && after.slab?.projection !== before.slab?.projection) return null;
  return key === 'display3d' ? `${key} ${changedPart(after.display3d, before.display3d)}` : key;
}

/** Writes down what is changed from now on. Windows are forgotten with the grey scale they are of. */
export function recordViews(
  workspace: Pick<Workspace, 'store'>,
  now: () => number = () => performance.now(),
): () => void {
  let drag = { key: '', count: 0, at: 0 };

  const scaleOf = (): GreyWindow | null => {
    const { image } = shownVolumes(workspace.store.getState());
    return image === null ? null : { low: image.range[0], high: image.range[1] };
  };
  const nameOf: LabelName = (label) => {
    const { overlay } = shownVolumes(workspace.store.getState());
    return overlay?.phases.find((phase) => phase.label === label)?.name ?? `phase ${label}`;
  };

  function record(key: Setting, after: ViewerState, before: ViewerState): void {
    const { history } = viewHistory.getState();
    const mergeKey = mergeKeyOf(key, after, before);
    const isSameDrag = mergeKey === drag.key && now() - drag.at < ONE_DRAG_MS;
    drag = { key: mergeKey ?? '', count: drag.count + (isSameDrag ? 0 : 1), at: now() };
    const drawn = mergeKey === null ? null : `${mergeKey} ${drag.count}`;
    const last = history.entries[history.position];
    const from = drawn !== null && last?.mergeKey === drawn ? last.state?.before : before[key];
    const change: ViewChange = { key, before: from, after: after[key], scale: scaleOf() };
    const name = SETTINGS[key] as (after: unknown, before: unknown, nameOf: LabelName) => string;
    const label = name(after[key], from, nameOf);
    viewHistory.setState({ history: pushState(history, change, label, drawn) });
  }

  const stops = [
    useViewer.subscribe((after, before) => {
      if (!isRecording) return;
      for (const key of KEYS) if (after[key] !== before[key]) record(key, after, before);
    }),
    workspace.store.subscribe(() => {
      const { history } = viewHistory.getState();
      if (history.entries.length === 1) return;
      const scale = scaleOf();
      const isGone = (change: ViewChange): boolean =>
        change.key === 'window' &&
        scale !== null &&
        change.scale !== null &&
        !isSameScale(change.scale, scale);
      const left = withoutChanges(history, isGone);
      if (left.entries.length < history.entries.length) viewHistory.setState({ history: left });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
