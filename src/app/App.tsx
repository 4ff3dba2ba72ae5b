/** The page: header, start screen or workbench, and what floats above them. */
import { MantineProvider } from '@mantine/core';
import { useStore } from 'zustand';
import { DropTarget, StartScreen, VoxelSizeDialog } from './features/import/index.ts';
import { Header, Messages, useShortcuts } from './features/shell/index.ts';
import { LazyDialogs } from './LazyDialogs.tsx';
import { resolveVariables, THEME } from './theme.ts';
import styles from './app.module.css';
import { useWorkspaceState, type Workbench, WorkbenchProvider } from './workbench-context.tsx';
import { WorkbenchPanels } from './WorkbenchPanels.tsx';

export function App({ workbench }: { readonly workbench: Workbench }) {
  const theme = useStore(workbench.preferences, (state) => state.theme);
  return (
    <MantineProvider
      theme={THEME}
      cssVariablesResolver={resolveVariables}
      defaultColorScheme="auto"
      {...(theme === 'auto' ? {} : { forceColorScheme: theme })}
    >
      <WorkbenchProvider workbench={workbench}>
        <Page />
      </WorkbenchProvider>
    </MantineProvider>
  );
}

function Page() {
  useShortcuts();
  const isEmpty = useWorkspaceState((state) => state.source === null);
  return (
    <div className={styles['page']}>
      <Header />
      {isEmpty ? <StartScreen /> : <WorkbenchPanels />}
      <DropTarget />
      <VoxelSizeDialog />
      <LazyDialogs />
      <Messages />
    </div>
  );
}
