/** A small host of files on this machine, with the faults that hosts have. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly etag?: string;
}

export interface HostBehaviour {
  /** Answers ranges; default true. */
  readonly ranges?: boolean;
  /** Lets other pages read; default true. */
  readonly cors?: boolean;
  /** Called before each answer with how many came before: may change what is served. */
  readonly before?: (request: number) => void;
  /** Breaks the connection after so many bytes of an answer; null for no. */
  readonly cutAfter?: (request: number) => number | null;
  /** Answers with this status instead; null for no. */
  readonly status?: (request: number) => number | null;
  /** Leaves out the length of whole files. */
  readonly hidesLength?: boolean;
}

export interface RunningHost {
  readonly origin: string;
  readonly files: Map<string, ServedFile>;
  /** "GET /scan.tif bytes=0-99", in order. */
  readonly requests: readonly string[];
  /** Headers that must never be sent. */
  readonly told: readonly string[];
  close(): Promise<void>;
}

export async function startHost(
  files: Readonly<Record<string, Uint8Array | ServedFile | string>>,
  behaviour: HostBehaviour = {},
): Promise<RunningHost> {
  const served = new Map<string, ServedFile>();
  const moved = new Map<string, string>();
  for (const [path, file] of Object.entries(files)) {
    if (typeof file === 'string') moved.set(path, file);
    else served.set(path, file instanceof Uint8Array ? { bytes: file } : file);
  }
  const requests: string[] = [];
  const told: string[] = [];

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const count = requests.length;
    const path = decodeURIComponent(request.url ?? '/');
    const { range, cookie, referer, authorization } = request.headers;
    requests.push([request.method, path, range].filter((part) => part !== undefined).join(' '));
    told.push(...[cookie, referer, authorization].filter((each) => each !== undefined));
    behaviour.before?.(count);
    if (behaviour.cors !== false) response.setHeader('Access-Control-Allow-Origin', '*');
    const to = moved.get(path);
    if (to !== undefined) {
      response.writeHead(302, { Location: to }).end();
      return;
    }
    const status = behaviour.status?.(count) ?? null;
    const file = served.get(path);
    if (status !== null || file === undefined) {
      response.writeHead(status ?? 404).end('no');
      return;
    }
    const { bytes, etag } = file;
    if (etag !== undefined) response.setHeader('ETag', etag);
    const [, from, to_] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const ifRange = request.headers['if-range'];
    const isPart = behaviour.ranges !== false && from !== undefined && (ifRange ?? etag) === etag;
    const start = isPart ? Number(from) : 0;
    const end = isPart ? Math.min(Number(to_) + 1, bytes.length) : bytes.length;
    if (isPart) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${bytes.length}`);
    if (behaviour.hidesLength !== true) response.setHeader('Content-Length', end - start);
    response.writeHead(isPart ? 206 : 200);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const cut = behaviour.cutAfter?.(count) ?? null;
    if (cut === null) {
      response.end(bytes.subarray(start, end));
      return;
    }
    response.write(bytes.subarray(start, Math.min(end, start + cut)), () => response.destroy());
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    files: served,
    requests,
    told,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
