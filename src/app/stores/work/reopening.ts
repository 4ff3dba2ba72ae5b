/**
 * Opens again what a page that was left had open: the sample and phantoms by themselves, files where
 * the browser lets the page read them, after a click where it wants to ask first. What came from the
 * web is left to a person, since nothing is fetched from elsewhere unasked.
 */
import { filesOfHandles, handlesOf } from '../../dropped-files.ts';
import type { KeptVolume, Workspace } from '../workspace.ts';
import type { NamedFile } from '../../../../workers/engine-api.ts';
import type { KeptHandles, WorkDatabase } from './database.ts';
import { useWork } from './state.ts';

interface Kept {
  readonly database: WorkDatabase;
  readonly work: string;
}

/** Files that can be opened again once a person has agreed. */
let waiting: readonly KeptHandles[] = [];

function setWaiting(files: readonly KeptHandles[]): void {
  waiting = files;
  useWork.setState({ waiting: files.map(({ name }) => name) });
}

type Permission = 'granted' | 'denied' | 'prompt';
type AskedHandle = FileSystemHandle & {
  queryPermission?(options: { readonly mode: 'read' }): Promise<Permission>;
  requestPermission?(options: { readonly mode: 'read' }): Promise<Permission>;
};

async function permissionFor(
  { handles }: KeptHandles,
  ask: 'queryPermission' | 'requestPermission',
): Promise<Permission> {
  for (const handle of handles as readonly AskedHandle[]) {
    const permission = (await handle[ask]?.({ mode: 'read' })) ?? 'denied';
    if (permission !== 'granted') return permission;
  }
  return 'granted';
}

/** Remembers the files of a volume, to open them again. */
export function rememberFiles(
  { database, work }: Kept,
  name: string,
  files: readonly NamedFile[],
): void {
  const handles = handlesOf(files);
  if (handles === null) return;
  // Where it cannot be kept, the page asks for the file by name.
  database.keepHandles({ work, name, handles }).catch(() => undefined);
}

async function openKept(workspace: Workspace, kept: KeptHandles): Promise<void> {
  try {
    await workspace.openFiles(await filesOfHandles(kept.handles), 'beside');
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    workspace.advise(
      `Could not open ${kept.name} again`,
      'It was moved or may not be read any more: drop it to go on.',
    );
  }
}

async function openOne(
  workspace: Workspace,
  { opened }: KeptVolume,
  files: readonly KeptHandles[],
): Promise<KeptHandles | null> {
  if (opened.kind === 'url') {
    await workspace.openSample('beside');
  } else if (opened.kind === 'phantom') {
    if (opened.phantom === undefined) return null;
    const { phantom, params, isTruth } = opened.phantom;
    await workspace.generate(phantom, params, 'beside');
    if (isTruth) workspace.openTruth();
  } else if (opened.kind === 'files') {
    const kept = files.find(({ name }) => name === opened.name);
    if (kept === undefined) return null;
    const permission = await permissionFor(kept, 'queryPermission').catch(() => 'denied' as const);
    if (permission === 'granted') await openKept(workspace, kept);
    return permission === 'prompt' ? kept : null;
  }
  return null;
}

/** Opens what can be opened without a question, in the order of the list. */
export async function reopen(workspace: Workspace, { database, work }: Kept): Promise<void> {
  const { openedBefore } = workspace.store.getState();
  if (openedBefore.length === 0) return;
  const files = await database.handles(work).catch(() => []);
  const asks: KeptHandles[] = [];
  for (const volume of openedBefore) {
    const { volumes, activity } = workspace.store.getState();
    // Whoever has begun something else meanwhile wants that.
    const isOwn = volumes.every(({ opened }) =>
      openedBefore.some((kept) => kept.opened.name === opened.name),
    );
    if (activity !== null || !isOwn) return;
    const left = await openOne(workspace, volume, files);
    if (left !== null) asks.push(left);
  }
  setWaiting(asks);
}

/** To be called by a click, since the browser asks whether the page may read the files. */
export async function openAsked(workspace: Workspace): Promise<void> {
  for (const kept of waiting) {
    if ((await permissionFor(kept, 'requestPermission').catch(() => 'denied')) !== 'granted')
      return;
    setWaiting(waiting.filter((each) => each !== kept));
    await openKept(workspace, kept);
  }
}
