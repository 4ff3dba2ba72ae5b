// Shared memory, and with it threads, needs a page served with COOP and COEP headers. Static hosts
// often cannot send them: there a service worker adds them, and the page reloads once to receive
// them. Where that fails too, the workbench computes on one thread.
(() => {
  const RELOADED = 'tauscope-isolation-reloaded';

  function remember(value) {
    try {
      if (value === null) sessionStorage.removeItem(RELOADED);
      else sessionStorage.setItem(RELOADED, value);
      return sessionStorage.getItem(RELOADED) === value;
    } catch {
      return false;
    }
  }

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

  function reloadOnce() {
    // Work that has begun is worth more than threads; the next visit has them.
    if (touched) return;
    let already = true;
    try {
      already = sessionStorage.getItem(RELOADED) !== null;
    } catch {
      // Without storage a second reload could not be told from the first.
    }
    if (!already && remember('yes')) window.location.reload();
  }

  const script = new URL('service-worker.js', document.currentScript.src);
  navigator.serviceWorker.register(script).then(
    () => {
      if (navigator.serviceWorker.controller !== null) reloadOnce();
      else navigator.serviceWorker.addEventListener('controllerchange', reloadOnce, { once: true });
    },
    () => {
      // Blocked by the browser's settings: one thread.
    },
  );
})();
