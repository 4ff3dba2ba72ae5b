/**
 * Runs before the page, as a script of its own: says which scripts the page may start, and sees to
 * its isolation.
 *
 * Shared memory, and with it threads, needs a page served with COOP and COEP headers. Static hosts
 * often cannot send them: there a service worker adds them, and the page reloads once to receive
 * them. Where that fails too, the workbench computes on one thread.
 */
import { allowOwnScripts } from '../security/script-policy.ts';

const RELOADED = 'tauscope-isolation-reloaded';

function remember(value: string | null): boolean {
  try {
    if (value === null) sessionStorage.removeItem(RELOADED);
    else sessionStorage.setItem(RELOADED, value);
    return sessionStorage.getItem(RELOADED) === value;
  } catch {
    return false;
  }
}

function wasReloaded(): boolean {
  try {
    return sessionStorage.getItem(RELOADED) !== null;
  } catch {
    // Without storage a second reload could not be told from the first.
    return true;
  }
}

function isolate(): void {
  if (window.crossOriginIsolated) {
    remember(null);
    return;
  }
  // A frame is isolated only if the page around it is: a reload would change nothing.
  if (!window.isSecureContext || !('serviceWorker' in navigator) || window !== window.top) return;

  let touched = false;
  for (const kind of ['pointerdown', 'keydown', 'dragenter', 'drop']) {
    window.addEventListener(kind, () => (touched = true), { once: true, capture: true });
  }

  const reloadOnce = (): void => {
    // Work that has begun is worth more than threads; the next visit has them.
    if (!touched && !wasReloaded() && remember('yes')) window.location.reload();
  };

  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).then(
    () => {
      if (navigator.serviceWorker.controller !== null) reloadOnce();
      else navigator.serviceWorker.addEventListener('controllerchange', reloadOnce, { once: true });
    },
    () => {
      // Blocked by the browser's settings: one thread.
    },
  );
}

allowOwnScripts();
isolate();
