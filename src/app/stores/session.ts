/**
 * What a tab that was closed, reloaded or killed comes back with: the recipe, how volumes are looked
 * at, and the names of what was open. The volumes themselves are not kept.
 */
import type { StoreApi } from 'zustand/vanilla';
import { parseRecipe, type Recipe } from '../../recipe/recipe.ts';
import { COLOUR_MAPS } from '../rendering/colour-maps.ts';
import { isDisplay3d } from './display-3d.ts';
import { CONTENTS_3D, type ViewerState } from './viewer.ts';
import type { OpenedBefore } from './listed-volumes.ts';
import {
  currentRecipe,
  type KeptVolume,
  type Workspace,
  type WorkspaceState,
} from './workspace.ts';

const STORAGE_KEY = 'tauscope-session';

/** Each kept setting of the view with what it may be. */
const VIEW = {
  colourMap: (value) => COLOUR_MAPS.some(({ id }) => id === value),
  fieldScale: (value) => value === 'linear' || value === 'log',
  colourBarShown: isFlag,
  crosshairShown: isFlag,
  overlayShown: isFlag,
  overlayOpacity: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  overlayStyle: (value) => value === 'fill' || value === 'outline',
  cut: isFlag,
  content3d: (value) => CONTENTS_3D.some(({ id }) => id === value),
  display3d: isDisplay3d,
} as const satisfies Partial<Record<keyof ViewerState, (value: unknown) => boolean>>;

type KeptView = Partial<Pick<ViewerState, keyof typeof VIEW>>;

export interface Session {
  readonly recipe: Recipe | null;
  readonly volumes: readonly KeptVolume[];
  readonly stateLabel: string;
  readonly view: KeptView;
}

type SessionStorage = Pick<Storage, 'getItem' | 'setItem'>;

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keptRecipe(value: unknown): Recipe | null {
  try {
    return parseRecipe(value);
  } catch {
    // Written by another version, or by hand.
    return null;
  }
}

function keptOpened(value: unknown): OpenedBefore | null {
  if (!isObject(value)) return null;
  const { kind, name } = value;
  const isKind = kind === 'files' || kind === 'url' || kind === 'remote' || kind === 'phantom';
  return isKind && typeof name === 'string' ? { kind, name } : null;
}

function keptVolumes(value: unknown): readonly KeptVolume[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).flatMap(({ opened, name, value: at }) => {
    const before = keptOpened(opened);
    if (before === null || typeof name !== 'string') return [];
    return [{ opened: before, name, value: typeof at === 'number' ? at : null }];
  });
}

/** What is open, or was open and waits to be opened again. */
function volumesOf({ volumes, openedBefore }: WorkspaceState): readonly KeptVolume[] {
  const all = [...volumes, ...openedBefore];
  return all.map(({ opened, name, value }) => ({ opened, name, value }));
}

function keptView(value: unknown): KeptView {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(VIEW)
      .filter(([key, accepts]) => Object.hasOwn(value, key) && accepts(value[key]))
      .map(([key]) => [key, value[key]]),
  );
}

/** Reads what another version or a person may have written; what is odd is left out. */
export function parseSession(text: string | null): Session {
  let document: unknown = null;
  try {
    document = JSON.parse(text ?? 'null');
  } catch {
    // Cut off: nothing is kept.
  }
  if (!isObject(document)) return { recipe: null, volumes: [], stateLabel: '', view: {} };
  const label = document['stateLabel'];
  return {
    recipe: keptRecipe(document['recipe']),
    volumes: keptVolumes(document['volumes']),
    stateLabel: typeof label === 'string' ? label : '',
    view: keptView(document['view']),
  };
}

function viewOf(state: ViewerState): KeptView {
  return Object.fromEntries(Object.keys(VIEW).map((key) => [key, state[key as keyof typeof VIEW]]));
}

/**
 * Brings back what `storage` holds, then writes every change through, since a killed tab has no last
 * word. A storage that refuses is ignored.
 */
export function keepSession(
  workspace: Workspace,
  viewer: Pick<StoreApi<ViewerState>, 'getState' | 'setState' | 'subscribe'>,
  storage: SessionStorage | null,
): void {
  let text: string | null = null;
  try {
    text = storage?.getItem(STORAGE_KEY) ?? null;
  } catch {
    // Blocked storage: nothing is kept, everything works.
  }
  const { recipe, view, ...kept } = parseSession(text);
  viewer.setState(view);
  if (recipe !== null && recipe.steps.length > 0) workspace.restore({ recipe, ...kept });
  const write = (): void => {
    const state = workspace.store.getState();
    const session: Session = {
      recipe: currentRecipe(state),
      volumes: volumesOf(state),
      stateLabel: state.stateLabel,
      view: viewOf(viewer.getState()),
    };
    const next = JSON.stringify(session);
    if (next === text) return;
    text = next;
    try {
      storage?.setItem(STORAGE_KEY, next);
    } catch {
      // As above.
    }
  };
  workspace.store.subscribe((state, before) => {
    const isChanged = (['history', 'volumes', 'openedBefore', 'stateLabel'] as const).some(
      (key) => state[key] !== before[key],
    );
    if (isChanged) write();
  });
  viewer.subscribe((state, before) => {
    if (
      Object.keys(VIEW).some(
        (key) => state[key as keyof ViewerState] !== before[key as keyof ViewerState],
      )
    )
      write();
  });
}
