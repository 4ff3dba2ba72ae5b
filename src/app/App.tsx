/** The page: header, start screen or workbench, and what floats above them. */
import { MantineProvider } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
import { useStore } from 'zustand';
import { DropTarget, StartScreen } from './features/import/index.ts';
import { Header, Messages, useShortcuts } from './features/shell/index.ts';
import { LazyDialogs } from './LazyDialogs.tsx';
import { THEME } from './theme.ts';
import styles from './app.module.css';
import { useWorkspaceState, type Workbench, WorkbenchProvider } from './workbench-context.tsx';

/** Fetched when a volume is on its way: the start screen needs none of it. */
const loadPanels = async () => ({
  default: (await import('./WorkbenchPanels.tsx')).WorkbenchPanels,
});
const WorkbenchPanels = lazy(loadPanels);

export function App({ workbench }: { readonly workbench: Workbench }) {
  const theme = useStore(workbench.preferences, (state) => state.theme);
  return (
    <MantineProvider
      theme={THEME}
      // They are a file of the build: the page's policy allows no style elements.
      withCssVariables={false}
      withGlobalClasses={false}
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
  const isBusy = useWorkspaceState((state) => state.activity !== null);
  useEffect(() => {
    if (isBusy) void loadPanels();
  }, [isBusy]);
  return (
    <div className={styles['page']}>
      <Header />
      <Suspense fallback={<StartScreen />}>
        {isEmpty ? <StartScreen /> : <WorkbenchPanels />}
      </Suspense>
      <DropTarget />
      <LazyDialogs />
      <Messages />
    </div>
  );
}
