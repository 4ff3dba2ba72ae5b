import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, type ServeOptions, startServer } from './serve.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tauscope-serve-'));
  mkdirSync(join(folder, 'app/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'app/index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'app/.hidden'), 'hidden');
  writeFileSync(join(folder, 'app/assets/kernels-1a2b.wasm'), 'wasm');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withServer<T>(
  options: Partial<ServeOptions>,
  use: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const server = await startServer({
    folder: join(folder, 'app'),
    port: 0,
    base: '/',
    strictPort: true,
    headers: true,
    ...options,
  });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** Sends the path as it is; `fetch` would resolve the dots away before sending. */
function statusOf(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the static server', () => {
  it('serves the page with isolation and a content policy', async () => {
    await withServer({}, async ({ url }) => {
      const response = await fetch(url);
      expect(await response.text()).toBe('<!doctype html>');
      expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
      expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
      expect(response.headers.get('Content-Security-Policy')).toContain("script-src 'self'");
    });
  });

  it('names WebAssembly as such and lets browsers keep files whose name is a digest', async () => {
    await withServer({}, async ({ url }) => {
      const response = await fetch(new URL('assets/kernels-1a2b.wasm', url));
      expect(response.headers.get('Content-Type')).toBe('application/wasm');
      expect(response.headers.get('Cache-Control')).toContain('immutable');
    });
  });

  it.each([
    '/pipelines/absent.js',
    '/assets',
    '/.hidden',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/%zz',
  ])('answers %s with 404', async (path) => {
    await withServer({}, async ({ url }) => {
      expect(await statusOf(url, path)).toBe(404);
    });
  });

  it('refuses to be written to', async () => {
    await withServer({}, async ({ url }) => {
      expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405);
    });
  });

  it('serves below a sub-path only, without headers when asked', async () => {
    await withServer({ base: '/sub/path/', headers: false }, async ({ url }) => {
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(response.headers.get('Cross-Origin-Opener-Policy')).toBeNull();
      expect(await statusOf(url, '/index.html')).toBe(404);
    });
  });

  it('takes the next port where its own is taken, unless told not to', async () => {
    await withServer({}, async ({ url }) => {
      const port = Number(new URL(url).port);
      await withServer({ port, strictPort: false }, async (second) => {
        expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
      });
      await expect(withServer({ port }, () => Promise.resolve())).rejects.toThrow('EADDRINUSE');
    });
  });
});
