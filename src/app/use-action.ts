/** Actions as components show them: following the state, without drawing when nothing changed. */
import { useCallback, useEffect, useReducer, useSyncExternalStore } from 'react';
import { type Action, actionTitle, shortcutText } from './action.ts';
import type { IconName } from './components/Icon.tsx';
import { findAction } from './actions.ts';
import { onCorrectSettings } from './stores/correct.ts';
import { useHistogramView } from './stores/histogram-view.ts';
import { useInstallation } from './stores/installation.ts';
import { useMeasures } from './stores/measures.ts';
import { viewHistory } from './stores/view-history.ts';
import { useViewer } from './stores/viewer.ts';
import { useWork } from './stores/work/state.ts';
import { useWorkbench, type Workbench } from './workbench-context.tsx';

function subscribe({ workspace, preferences, dialogs, previews }: Workbench, changed: () => void) {
  const stops = [
    workspace.store,
    preferences,
    dialogs,
    previews.store,
    useMeasures,
    useInstallation,
    useWork,
    viewHistory,
    useHistogramView,
  ].map((store) => store.subscribe(changed));
  // The voxel under the pointer is no reason for or against anything, and changes all the time.
  stops.push(
    useViewer.subscribe((state, before) => {
      if (state.probe === before.probe) changed();
    }),
    onCorrectSettings(changed),
  );
  return (): void => {
    for (const stop of stops) stop();
  };
}

export interface ShownAction {
  readonly id: string;
  readonly icon: IconName | null;
  /** What it would do now: "Undo: Add Crop". */
  readonly title: string;
  /** As `Action.shortTitle`. */
  readonly shortTitle: string | null;
  /** Why it cannot be done now; null where it can. */
  readonly obstacle: string | null;
  /** null for what is not switched or chosen. */
  readonly isOn: boolean | null;
  /** The title, or why not; with the shortcut. For tooltips. */
  readonly label: string;
  run(): void;
}

/** One action; draws again only when what it shows has changed. */
export function useAction(id: string): ShownAction {
  const workbench = useWorkbench();
  const action = findAction(id, workbench);
  const read = (): string =>
    JSON.stringify([
      actionTitle(action, workbench),
      action.obstacle(workbench),
      action.isOn?.(workbench) ?? null,
    ]);
  const follow = useCallback((changed: () => void) => subscribe(workbench, changed), [workbench]);
  const [title, obstacle, isOn] = JSON.parse(useSyncExternalStore(follow, read)) as [
    string,
    string | null,
    boolean | null,
  ];
  return {
    id,
    icon: action.icon,
    title,
    shortTitle: action.shortTitle,
    obstacle,
    isOn,
    label: labelOf(action, obstacle ?? title),
    run: () => runAction(action, workbench),
  };
}

function labelOf({ shortcut }: Action, text: string): string {
  return shortcut === null ? text : `${text} (${shortcutText(shortcut)})`;
}

/** Does nothing where the action cannot be done. */
export function runAction(action: Action, workbench: Workbench): void {
  if (action.obstacle(workbench) === null) action.run(workbench);
}

/** Draws a component again with every change of the workbench: for open menus and the palette. */
export function useFollowing(isOpen = true): void {
  const workbench = useWorkbench();
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => (isOpen ? subscribe(workbench, draw) : undefined), [workbench, isOpen]);
}
