/**
 * The page's side of the service worker (`workers/service.worker.ts`): asks it to keep every file
 * once nothing else is to be done, learns of new versions, and lets one take over when a person
 * says so. Where the browser has no service workers or refuses them, nothing is kept.
 */
import type { PageMessage, ServiceWorkerMessage } from '../../workers/service-worker-api.ts';
import { useInstallation } from './stores/installation.ts';

/** The start of the page and the first volume come first. */
const KEEP_AFTER_MS = 2_000;

function send(worker: ServiceWorker | null, message: PageMessage): void {
  worker?.postMessage(message);
}

function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}

/** null where the browser's settings refuse it. */
async function register(
  workers: ServiceWorkerContainer,
): Promise<ServiceWorkerRegistration | null> {
  try {
    const script = new URL('service-worker.js', document.baseURI);
    // Drivers of browsers that block service workers answer with nothing.
    return ((await workers.register(script)) as ServiceWorkerRegistration | undefined) ?? null;
  } catch {
    return null;
  }
}

export async function keepFiles(): Promise<void> {
  // Plain http from another machine, and some private windows, have none.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  const first = workers.controller;
  const registration = await register(workers);
  if (registration === null) return;
  const look = (): void => {
    if (registration.waiting !== null && workers.controller !== null) {
      useInstallation.setState({ hasUpdate: true });
    }
  };
  look();
  registration.addEventListener('updatefound', () =>
    registration.installing?.addEventListener('statechange', look),
  );
  // Another tab let the new version take over: this page still runs the old one.
  workers.addEventListener('controllerchange', () => {
    if (first !== null) useInstallation.setState({ hasUpdate: true });
  });
  workers.addEventListener('message', ({ data }: MessageEvent<ServiceWorkerMessage>) => {
    if (data === 'kept') useInstallation.setState({ worksOffline: true });
  });
  if (savesData()) return;
  const { active } = await workers.ready;
  setTimeout(() => send(active, 'keep files'), KEEP_AFTER_MS);
}

/** Reloads the page with the newest version that is kept. */
export async function reloadWithNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  const reload = (): void => window.location.reload();
  if (registration?.waiting == null) {
    reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
  send(registration.waiting, 'take over');
}
