/** Starts the page: one engine client, one workspace, one React tree. */
import '@mantine/core/styles.layer.css';
import 'virtual:theme-variables.css';
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Bug } from '../errors/errors.ts';
import { App } from './App.tsx';
import { pictureBudget, volumeBudget } from './components/device-memory.ts';
import { saveFile } from './components/save-file.ts';
import { createEngineClient } from './engine-client.ts';
import { keepFiles } from './installed-files.ts';
import { createDialogs } from './stores/dialogs.ts';
import { createPreferences } from './stores/preferences.ts';
import { createPreviews } from './stores/previews.ts';
import { keepSpeeds } from './stores/speeds.ts';
import { recordViews } from './stores/view-history.ts';
import { createWorkspace } from './stores/create-workspace.ts';
import { startWork } from './stores/work/start-work.ts';
import type { Workspace } from './stores/workspace.ts';
import type { Workbench } from './workbench-context.tsx';

declare global {
  interface Window {
    /** What end-to-end tests wait on and read. */
    __tauscope?: Pick<Workspace, 'idle' | 'store'>;
  }
}

const SAMPLE_PATH = 'sample/cathode.tif';

/** Local storage, or null where the browser refuses it (it then throws on access). */
function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Bug('The page has no root element.');
  const client = createEngineClient();
  const storage = localStorageOrNull();
  const workspace = createWorkspace(client, {
    save: saveFile,
    sampleUrl: new URL(SAMPLE_PATH, document.baseURI).href,
    volumeBytes: volumeBudget(),
    pictureBytes: pictureBudget(),
    storage,
    onFilesOpened: (name, files) => work.rememberFiles(name, files),
  });
  const starting = workspace.start();
  const work = startWork(workspace, storage);
  await work.isBack;
  recordViews(workspace);
  keepSpeeds(workspace, storage);
  const workbench: Workbench = {
    client,
    workspace,
    preferences: createPreferences(storage),
    dialogs: createDialogs(),
    previews: createPreviews(workspace, client),
    work,
  };
  window.__tauscope = { idle: workspace.idle, store: workspace.store };
  createRoot(root).render(
    <StrictMode>
      <App workbench={workbench} />
    </StrictMode>,
  );
  await starting;
  // The development server's files change all the time.
  if (import.meta.env.PROD) void keepFiles();
  const address = new URLSearchParams(window.location.search).get('url');
  if (address === null) await work.reopen();
  else await workspace.openAddress(address);
}

void start();
