/**
 * The service worker of the built page. It keeps every built file, so that the workbench opens
 * without a network, and adds the headers of cross-origin isolation and of the security policy to this
 * origin's responses, since static hosts often cannot send them.
 *
 * The first worker takes over at once, without files, because the page waits for its headers; the
 * page asks for the files when it has nothing else to do. A later version fetches its files before
 * it is ready, and waits until a person lets it take over.
 */
import { PrecacheController, PrecacheRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import type { PageMessage, ServiceWorkerMessage } from './service-worker-api.ts';

/** Written in by the build. */
declare const BUILT_FILES: readonly { readonly url: string; readonly revision: string | null }[];
declare const ISOLATION_HEADERS: Readonly<Record<string, string>>;
/** The first whose regular expression matches the path holds. */
declare const SECURITY_HEADERS: readonly {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}[];

const scope = self as unknown as ServiceWorkerGlobalScope;

/** Status 0 is an opaque answer or redirect, which the browser handles itself. */
function withHeaders(response: Response, { url }: Request): Response {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  const { pathname } = new URL(url);
  const security = SECURITY_HEADERS.find(({ path }) => new RegExp(path).test(pathname));
  const added = { ...ISOLATION_HEADERS, ...security?.headers };
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  const { status, statusText } = response;
  // Statuses that allow no body refuse even an empty one.
  return new Response(response.body, { status, statusText, headers });
}

const files = new PrecacheController({
  plugins: [
    {
      handlerWillRespond: ({ response, request }) =>
        Promise.resolve(withHeaders(response, request)),
    },
  ],
});
files.addToCacheList([...BUILT_FILES]);

/** Fetches what is missing; files of other versions stay. */
async function fetchMissing(): Promise<void> {
  const cache = await caches.open(files.strategy.cacheName);
  for (const [url, key] of files.getURLsToCacheKeys()) {
    if ((await cache.match(key)) !== undefined) continue;
    // Names with a digest never change; others may lie in the browser's cache in an older version.
    const response = await fetch(url, { cache: url === key ? 'default' : 'no-cache' });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    await cache.put(key, response);
  }
}

/** A page of the version before may still ask for its own files. */
async function dropOthers(event: ExtendableEvent): Promise<void> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.length <= 1) await files.activate(event);
}

scope.addEventListener('install', (event) => {
  const isFirst = scope.registration.active === null;
  event.waitUntil(isFirst ? scope.skipWaiting() : fetchMissing());
});

scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener('message', (event) => {
  const message = event.data as PageMessage;
  if (message === 'take over') {
    event.waitUntil(scope.skipWaiting());
    return;
  }
  const keep = async (): Promise<void> => {
    await fetchMissing();
    await dropOthers(event);
    event.source?.postMessage('kept' satisfies ServiceWorkerMessage);
  };
  event.waitUntil(keep());
});

/** The page itself, whatever its address says after the question mark. */
function isPage(request: Request, url: URL): boolean {
  const { pathname } = new URL(scope.registration.scope);
  return request.mode === 'navigate' && [pathname, `${pathname}index.html`].includes(url.pathname);
}

registerRoute(
  ({ request, url }) => isPage(request, url),
  files.createHandlerBoundToURL('index.html'),
);
registerRoute(new PrecacheRoute(files));
registerRoute(
  // Chromium's developer tools send such requests; fetch refuses them outside 'same-origin'.
  ({ request, sameOrigin }) =>
    sameOrigin && (request.cache !== 'only-if-cached' || request.mode === 'same-origin'),
  async ({ request }) =>
    withHeaders((await caches.match(request)) ?? (await fetch(request)), request),
);
