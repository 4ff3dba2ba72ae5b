/** Hands the client, the workspace and the preferences to every component of the page. */
import { createContext, type ReactNode, use } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { StoreApi } from 'zustand/vanilla';
import { Bug } from '../errors/errors.ts';
import type { EngineClient } from './engine-client.ts';
import type { DialogName, Dialogs } from './stores/dialogs.ts';
import type { Preferences } from './stores/preferences.ts';
import type { Previews, PreviewState } from './stores/previews.ts';
import type { StepStatus } from './stores/recipe-status.ts';
import type { Work } from './stores/work/state.ts';
import { currentSteps, type Workspace, type WorkspaceState } from './stores/workspace.ts';

export interface Workbench {
  readonly client: EngineClient;
  readonly workspace: Workspace;
  readonly preferences: StoreApi<Preferences>;
  readonly dialogs: StoreApi<Dialogs>;
  readonly previews: Previews;
  readonly work: Work;
}

const WorkbenchContext = createContext<Workbench | null>(null);

export function WorkbenchProvider(props: {
  readonly workbench: Workbench;
  readonly children: ReactNode;
}) {
  return <WorkbenchContext value={props.workbench}>{props.children}</WorkbenchContext>;
}

export function useWorkbench(): Workbench {
  const workbench = use(WorkbenchContext);
  if (workbench === null) throw new Bug('A component stands outside the WorkbenchProvider.');
  return workbench;
}

export function useWorkspace(): Workspace {
  return useWorkbench().workspace;
}

/** A part of the workspace's state; re-renders when the part changes by shallow comparison. */
export function useWorkspaceState<T>(select: (state: WorkspaceState) => T): T {
  return useStore(useWorkspace().store, useShallow(select));
}

export function usePreferences<T>(select: (preferences: Preferences) => T): T {
  return useStore(useWorkbench().preferences, select);
}

/** A part of what is previewed; re-renders when the part changes by shallow comparison. */
export function usePreviewState<T>(select: (state: PreviewState) => T): T {
  return useStore(useWorkbench().previews.store, useShallow(select));
}

/** Whether a dialog is open, and how to close it. */
export function useDialog(name: DialogName): {
  readonly opened: boolean;
  readonly close: () => void;
} {
  const { dialogs } = useWorkbench();
  const opened = useStore(dialogs, (state) => state.open === name);
  return { opened, close: () => dialogs.setState({ open: null }) };
}

/** What can be said of each step of the present recipe. */
export function useSteps(): readonly StepStatus[] {
  return useWorkspaceState(currentSteps);
}
