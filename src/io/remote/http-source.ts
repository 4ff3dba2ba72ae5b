/**
 * A file on the web as a byte source: parts are fetched when they are read and kept for a while. Where
 * the host hands out files only whole, the file is downloaded into memory.
 */
import { UserError } from '../../errors/errors.ts';
import { allocateBytes } from '../decode-job.ts';
import type { ByteSource } from '../format.ts';
import { bytesSource } from '../sources.ts';
import { nameOfAddress } from './address.ts';
import {
  Connection,
  isOtherVersion,
  type RemoteOptions,
  type Version,
  versionOf,
} from './requests.ts';

const BLOCK_BYTES = 256 * 1024;
/** Blocks that are kept: 64 MiB. */
const MOST_BLOCKS = 256;
/** Reads of this length go past the blocks. */
const LONG_READ_BYTES = 8 * 1024 * 1024;
/** Blocks fetched ahead at most where reads follow each other. */
const MOST_AHEAD = 16;
const MAX_WHOLE_BYTES = 2 * 2 ** 30;

interface RemoteFacts {
  readonly url: URL;
  readonly name: string;
  readonly size: number;
  readonly version: Version;
}

function totalOf(response: Response): number | null {
  const total = /\/(\d+)\s*$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

function lengthOf({ headers }: Response): number | null {
  const length = headers.get('content-length');
  return length === null || headers.get('content-encoding') !== null ? null : Number(length);
}

/**
 * Opens the file at an address that was checked. Throws `remote/…` with one sentence. Costs one
 * request for its first block, and a second one where the host does not let its size be read.
 */
export async function openHttpSource(given: URL, options: RemoteOptions = {}): Promise<ByteSource> {
  const connection = new Connection(options);
  const opened = await connection.persist(given, async () => {
    const headers = { Range: `bytes=0-${BLOCK_BYTES - 1}` };
    const answer = await connection.send(given, { headers });
    connection.assertAnswered(answer.response, answer.url, 200, 206, 416);
    return answer;
  });
  const { response, url } = opened;
  const name = nameOfAddress(url);
  const version = versionOf(response);
  if (response.status === 416) return bytesSource(new Uint8Array(), name);
  if (response.status === 200) return readWhole(connection, url, name, response);
  const size = totalOf(response) ?? (await askForSize(connection, url));
  if (size === null) {
    void response.body?.cancel();
    return readWhole(connection, url, name, null);
  }
  const file: RemoteFacts = { url, name, size, version };
  const first = new Uint8Array(Math.min(BLOCK_BYTES, size));
  let filled = 0;
  await connection
    .drain(response, (bytes) => {
      first.set(bytes.subarray(0, first.length - filled), filled);
      filled = Math.min(first.length, filled + bytes.length);
      return filled < first.length;
    })
    .catch(() => undefined);
  connection.assertActive();
  if (filled < first.length) await fetchInto(connection, file, filled, first.subarray(filled));
  return rangedSource(connection, file, first);
}

async function askForSize(connection: Connection, url: URL): Promise<number | null> {
  try {
    const { response } = await connection.send(url, { method: 'HEAD' });
    return response.ok ? lengthOf(response) : null;
  } catch {
    connection.assertActive();
    return null;
  }
}

/** Fetches bytes from `start` on into `out`, and goes on where an answer breaks off. */
async function fetchInto(
  connection: Connection,
  { url, name, size, version }: RemoteFacts,
  start: number,
  out: Uint8Array,
): Promise<void> {
  let filled = 0;
  await connection.persist(url, async (gotOn) => {
    const from = start + filled;
    const isStrong = version.etag !== null && !version.etag.startsWith('W/');
    const headers: Record<string, string> = {
      Range: `bytes=${from}-${start + out.length - 1}`,
      ...(isStrong && connection.isFreeToAsk(url) ? { 'If-Range': version.etag ?? '' } : {}),
    };
    const { response } = await connection.send(url, { headers });
    connection.assertAnswered(response, url, 206, 200, 416);
    const total = totalOf(response);
    const isOther = isOtherVersion(version, versionOf(response)) || (total ?? size) !== size;
    if (response.status !== 206 || isOther) {
      void response.body?.cancel();
      throw connection.changed(url, name);
    }
    await connection.drain(response, (bytes) => {
      out.set(bytes.subarray(0, out.length - filled), filled);
      filled = Math.min(out.length, filled + bytes.length);
      gotOn();
      return filled < out.length;
    });
    if (filled < out.length) throw new Error('the answer ended early');
  });
}

function rangedSource(
  connection: Connection,
  file: RemoteFacts,
  first: Uint8Array<ArrayBuffer>,
): ByteSource {
  const { size, name } = file;
  const blocks = new Map<number, Promise<Uint8Array>>([[0, Promise.resolve(first)]]);
  const blockCount = Math.ceil(size / BLOCK_BYTES);
  let expected = 1;
  let ahead = 0;

  /** Fetches the blocks [from, end) by one request. */
  function fetchBlocks(from: number, end: number): void {
    const start = from * BLOCK_BYTES;
    const bytes = new Uint8Array(Math.min(end * BLOCK_BYTES, size) - start);
    const fetched = fetchInto(connection, file, start, bytes);
    for (let block = from; block < end; block++) {
      const offset = (block - from) * BLOCK_BYTES;
      const part = fetched.then(() => bytes.slice(offset, offset + BLOCK_BYTES));
      blocks.set(block, part);
      part.catch(() => blocks.delete(block));
    }
  }

  function blockAt(index: number, last: number): Promise<Uint8Array> {
    const known = blocks.get(index);
    if (known !== undefined) {
      // The block used last stands last.
      blocks.delete(index);
      blocks.set(index, known);
      return known;
    }
    ahead = index === expected ? Math.min(MOST_AHEAD, Math.max(1, 2 * ahead)) : 0;
    let end = index + 1;
    const wanted = Math.min(blockCount, last + 1 + ahead);
    while (end < wanted && !blocks.has(end)) end += 1;
    expected = end;
    fetchBlocks(index, end);
    return blocks.get(index) as Promise<Uint8Array>;
  }

  return {
    name,
    path: '',
    size,
    async read(start, end) {
      const from = Math.max(0, Math.min(start, size));
      const out = allocateBytes(Math.max(0, Math.min(end, size) - from), name);
      if (out.length >= LONG_READ_BYTES) {
        await fetchInto(connection, file, from, out);
        return out;
      }
      if (out.length === 0) return out;
      const last = Math.floor((from + out.length - 1) / BLOCK_BYTES);
      for (let index = Math.floor(from / BLOCK_BYTES); index <= last; index++) {
        const block = await blockAt(index, last);
        const at = index * BLOCK_BYTES;
        const part = block.subarray(Math.max(0, from - at), from + out.length - at);
        out.set(part, Math.max(0, at - from));
      }
      for (const index of blocks.keys()) {
        if (blocks.size <= MOST_BLOCKS) break;
        blocks.delete(index);
      }
      return out;
    },
  };
}

/** Downloads a file that its host hands out only whole; `answer` is one that has begun. */
async function readWhole(
  connection: Connection,
  url: URL,
  name: string,
  answer: Response | null,
): Promise<ByteSource> {
  let begun = answer;
  return connection.persist(url, async () => {
    const response = begun ?? (await connection.send(url, {})).response;
    begun = null;
    connection.assertAnswered(response, url, 200);
    return bytesSource(await wholeBody(connection, url, name, response), name);
  });
}

/** The whole body of an answer. Throws `file/limit` where it is larger than `maxWholeBytes`. */
async function wholeBody(
  connection: Connection,
  url: URL,
  name: string,
  response: Response,
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxWholeBytes = MAX_WHOLE_BYTES, progress } = connection.options;
  const declared = lengthOf(response);
  const tooLarge = (): UserError =>
    new UserError(
      'file/limit',
      `${url.host} hands out ${name} only as a whole, and more than ${(maxWholeBytes / 2 ** 30).toPrecision(3)} GiB of it do not fit here: download the file and drop it instead.`,
      { host: url.host, file: name },
    );
  if ((declared ?? 0) > maxWholeBytes) {
    void response.body?.cancel();
    throw tooLarge();
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  await connection.drain(response, (bytes) => {
    pieces.push(bytes);
    length += bytes.length;
    if (declared !== null && declared > 0) progress?.(Math.min(1, length / declared));
    return length <= maxWholeBytes;
  });
  if (length > maxWholeBytes) throw tooLarge();
  if (declared !== null && length < declared) throw new Error('the answer ended early');
  const whole = allocateBytes(length, name);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A small file, whole; undefined where the host has none of that name. */
export function fetchWhole(
  connection: Connection,
  url: URL,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return connection.persist(url, async () => {
    const { response } = await connection.send(url, {});
    if (response.status === 404 || response.status === 403) {
      void response.body?.cancel();
      return undefined;
    }
    connection.assertAnswered(response, url, 200);
    return wholeBody(connection, url, name, response);
  });
}

/** A stretch of a file, or of its last bytes; undefined where the host has none of that name. */
export function fetchPart(
  connection: Connection,
  url: URL,
  name: string,
  range: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return connection.persist(url, async () => {
    const { response } = await connection.send(url, { headers: { Range: `bytes=${range}` } });
    if (response.status === 404 || response.status === 403) {
      void response.body?.cancel();
      return undefined;
    }
    connection.assertAnswered(response, url, 206);
    return wholeBody(connection, url, name, response);
  });
}
