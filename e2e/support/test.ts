/**
 * The `test` of every end-to-end file: a page whose uncaught errors, console errors, policy
 * violations and requests to any other origin fail the test that caused them.
 */
import { test as base, expect, type Page } from '@playwright/test';

/** Console lines that name no fault of ours: software WebGL reports every read of its pixels. */
const HARMLESS = [/GPU stall due to ReadPixels/, /Automatic fallback to software WebGL/];

/** Schemes that never leave the browser. */
const LOCAL_SCHEMES = new Set(['blob:', 'data:', 'about:']);

interface Faults {
  readonly list: string[];
  /** Lets the rest of the test log what matches: for tests that provoke an error on purpose. */
  allow(pattern: RegExp): void;
  /** For tests that start a server of their own. */
  allowOrigin(origin: string): void;
}

function watch(page: Page, origin: string): Faults {
  const list: string[] = [];
  const allowed = [...HARMLESS];
  const origins = new Set([origin]);
  const note = (text: string): void => {
    if (!allowed.some((pattern) => pattern.test(text))) list.push(text);
  };
  page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error.message}`));
  page.on('crash', () => note('the page crashed'));
  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()} (${message.location().url})`);
  });
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    if (!origins.has(url.origin) && !LOCAL_SCHEMES.has(url.protocol)) {
      note(`request to another origin: ${request.url()}`);
    }
  });
  return {
    list,
    allow: (pattern) => void allowed.push(pattern),
    allowOrigin: (other) => void origins.add(other),
  };
}

export const test = base.extend<{ faults: Faults }>({
  faults: [
    async ({ page, baseURL }, use) => {
      const faults = watch(page, new URL(baseURL ?? 'http://127.0.0.1/').origin);
      await use(faults);
      expect(faults.list, 'errors and requests the page must not make').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
