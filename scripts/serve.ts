/**
 * Serves the built workbench on this machine only, with the headers that give the page shared
 * memory and lock it to its own origin. Missing files answer 404: a page in place of a missing
 * module would be taken for the module.
 *
 * `tsx scripts/serve.ts [--folder dist/app] [--port 4173] [--base /] [--strict-port]
 * [--plain]`; `--plain` sends no headers of ours, as a simple static host would.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ISOLATION_HEADERS, securityHeadersFor } from './security-headers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ADDRESS = '127.0.0.1';
const PORT_TRIES = 50;

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
};

export interface ServeOptions {
  readonly folder: string;
  readonly port: number;
  /** Path under which the folder appears, with a slash at both ends. */
  readonly base: string;
  /** Take exactly this port or fail; otherwise the next free one. */
  readonly strictPort: boolean;
  /** False leaves out isolation and security headers. */
  readonly headers: boolean;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The file a request path names, or null: outside the base, outside the folder, malformed, or a
 * dot file.
 */
function fileFor(folder: string, base: string, url: string): string | null {
  const path = url.split(/[?#]/, 1)[0] ?? '/';
  if (!path.startsWith(base)) return null;
  let name: string;
  try {
    name = decodeURIComponent(path.slice(base.length));
  } catch {
    return null;
  }
  if (name.includes('\0') || name.split(/[/\\]/).some((part) => part.startsWith('.'))) return null;
  const file = resolve(folder, name === '' || name.endsWith('/') ? `${name}index.html` : name);
  return file.startsWith(resolve(folder) + sep) ? file : null;
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

async function answer(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (options.headers) {
    const headers = { ...ISOLATION_HEADERS, ...securityHeadersFor(request.url ?? '/') };
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(name, value);
    }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    answerText(response, 405, 'Only GET and HEAD are served.');
    return;
  }
  const file = fileFor(options.folder, options.base, request.url ?? '/');
  const found = file === null ? null : await stat(file).catch(() => null);
  if (file === null || found === null || !found.isFile()) {
    answerText(response, 404, 'Not found.');
    return;
  }
  response.writeHead(200, {
    'Content-Type': MIME_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': found.size,
    // Names under assets/ carry a digest of their content.
    'Cache-Control': file.startsWith(resolve(options.folder, 'assets') + sep)
      ? 'public, max-age=31536000, immutable'
      : 'no-cache',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolveListening, reject) => {
    server.once('error', reject);
    server.listen(port, ADDRESS, () => {
      server.off('error', reject);
      resolveListening();
    });
  });
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** Starts the server; port 0 takes any free one. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy());
  });
  const last = options.strictPort || options.port === 0 ? options.port : options.port + PORT_TRIES;
  for (let port = options.port; ; port++) {
    try {
      await listen(server, port);
      break;
    } catch (error) {
      if (!isPortTaken(error) || port >= last) throw error;
    }
  }
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;
  return {
    url: `http://${ADDRESS}:${port}${options.base}`,
    close: () =>
      new Promise((resolveClosed) => {
        server.close(() => resolveClosed());
        server.closeAllConnections();
      }),
  };
}

function serveOptions(args: readonly string[]): ServeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      folder: { type: 'string', default: 'dist/app' },
      port: { type: 'string', default: '4173' },
      base: { type: 'string', default: '/' },
      'strict-port': { type: 'boolean', default: false },
      plain: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port is ${values.port}: it must be a whole number from 0 to 65535.`);
  }
  if (!values.base.startsWith('/') || !values.base.endsWith('/')) {
    throw new Error(`--base is ${values.base}: it must begin and end with a slash.`);
  }
  return {
    folder: resolve(root, values.folder),
    port,
    base: values.base,
    strictPort: values['strict-port'],
    headers: !values.plain,
  };
}

/** Serves until the process is stopped; prints the address. */
export async function serveFromArguments(args: readonly string[]): Promise<void> {
  try {
    const server = await startServer(serveOptions(args));
    console.log(`Tauscope: ${server.url}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await serveFromArguments(process.argv.slice(2));
}
