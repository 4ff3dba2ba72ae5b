/**
 * Compound files (MS-CFB): streams by path, read where they are, sectors of 512 or 4096 bytes. Chains
 * are checked for loops and ends; what is kept in memory is the allocation table and the directory.
 */
import { UserError } from '../../../errors/errors.ts';
import type { ByteSource } from '../../format.ts';

const FREE = 0xffff_ffff;
const END = 0xffff_fffe;
const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
/** Sectors of the allocation table: 2 GiB of streams for each 16 MiB of table. */
const MAX_TABLE_SECTORS = 65_536;
const MAX_ENTRIES = 1_000_000;

export interface CompoundStream {
  readonly size: number;
  /** Bytes [start, end), clipped to the size. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface CompoundFile {
  /** The stream of a path such as "ImageInfo/ImageWidth", whatever its case; null where it is not there. */
  stream(path: string): CompoundStream | null;
}

interface Entry {
  readonly name: string;
  /** 1 storage, 2 stream, 5 root. */
  readonly type: number;
  readonly left: number;
  readonly right: number;
  readonly child: number;
  readonly start: number;
  readonly size: number;
}

/** Throws `file/malformed`. Cost: the allocation table and the directory are read. */
export async function openCompoundFile(source: ByteSource): Promise<CompoundFile> {
  const damaged = (problem: string): UserError =>
    new UserError(
      'file/malformed',
      `${source.name} is damaged: ${problem}; get a fresh copy of it.`,
      { file: source.name },
    );
  const head = new DataView((await source.read(0, HEADER_BYTES)).buffer);
  if (head.byteLength < HEADER_BYTES) throw damaged('its header is cut short');
  const shift = head.getUint16(30, true);
  const miniShift = head.getUint16(32, true);
  if ((shift !== 9 && shift !== 12) || miniShift !== 6) throw damaged('its sector size is unknown');
  const sectorBytes = 1 << shift;
  const wordsPerSector = sectorBytes / 4;
  const miniCutoff = head.getUint32(56, true);
  const sectors = Math.max(Math.ceil(source.size / sectorBytes) - 1, 0);

  const placeOf = (sector: number): number => (sector + 1) * sectorBytes;
  const readSector = async (sector: number): Promise<Uint32Array<ArrayBuffer>> => {
    if (sector >= sectors) throw damaged(`sector ${sector} lies behind its end`);
    const words = new Uint32Array(wordsPerSector);
    new Uint8Array(words.buffer).set(
      await source.read(placeOf(sector), placeOf(sector) + sectorBytes),
    );
    return words;
  };

  const tableSectors: number[] = [];
  for (let at = 76; at < HEADER_BYTES; at += 4) tableSectors.push(head.getUint32(at, true));
  let next = head.getUint32(68, true);
  for (const seen = new Set<number>(); next !== END && next !== FREE; ) {
    if (seen.has(next)) throw damaged('its table of sectors runs in a circle');
    seen.add(next);
    const words = await readSector(next);
    tableSectors.push(...words.subarray(0, wordsPerSector - 1));
    next = words[wordsPerSector - 1] as number;
    if (tableSectors.length > MAX_TABLE_SECTORS) throw damaged('its table of sectors is too long');
  }
  const used = tableSectors.filter((sector) => sector !== FREE && sector !== END);
  const fat = new Uint32Array(used.length * wordsPerSector);
  for (const [i, sector] of used.entries()) fat.set(await readSector(sector), i * wordsPerSector);

  const follow = (table: Uint32Array, first: number, most: number): Uint32Array<ArrayBuffer> => {
    const chain: number[] = [];
    for (let sector = first; sector !== END; sector = table[sector] as number) {
      if (sector >= table.length || chain.length > most)
        throw damaged('a chain of sectors is broken');
      chain.push(sector);
    }
    return Uint32Array.from(chain);
  };

  const chainStream = (
    first: number,
    size: number,
    read: (sector: number, from: number, bytes: number) => Promise<Uint8Array>,
    table: Uint32Array,
    unit: number,
  ): CompoundStream => {
    let chain: Uint32Array | null = null;
    return {
      size,
      async read(start, end) {
        const to = Math.min(end, size);
        const out = new Uint8Array(Math.max(to - start, 0));
        if (out.length === 0) return out;
        chain ??= follow(table, first, Math.ceil(size / unit) + 1);
        for (let at = start; at < to; ) {
          const index = Math.floor(at / unit);
          const sector = chain[index];
          if (sector === undefined) throw damaged('a stream ends before its stated size');
          // Neighbouring sectors are read at once.
          let run = 1;
          while (chain[index + run] === sector + run && (index + run) * unit < to) run += 1;
          const from = at - index * unit;
          const count = Math.min(run * unit - from, to - at);
          out.set(await read(sector, from, count), at - start);
          at += count;
        }
        return out;
      },
    };
  };
  const readPlain = async (sector: number, from: number, count: number): Promise<Uint8Array> => {
    const place = placeOf(sector) + from;
    const bytes = await source.read(place, place + count);
    if (bytes.length < count) throw damaged('it is cut short');
    return bytes;
  };

  const directory = follow(fat, head.getUint32(48, true), sectors);
  if ((directory.length * sectorBytes) / ENTRY_BYTES > MAX_ENTRIES) {
    throw damaged('its directory is too long');
  }
  const entries: Entry[] = [];
  for (const sector of directory) {
    const view = new DataView((await readSector(sector)).buffer);
    for (let at = 0; at < sectorBytes; at += ENTRY_BYTES) {
      const characters = Math.max(Math.min(view.getUint16(at + 64, true), 64) / 2 - 1, 0);
      let name = '';
      for (let i = 0; i < characters; i++)
        name += String.fromCharCode(view.getUint16(at + 2 * i, true));
      entries.push({
        name: name.toLowerCase(),
        type: view.getUint8(at + 66),
        left: view.getUint32(at + 68, true),
        right: view.getUint32(at + 72, true),
        child: view.getUint32(at + 76, true),
        start: view.getUint32(at + 116, true),
        // Version 3 leaves the upper half undefined.
        size:
          view.getUint32(at + 120, true) +
          (shift === 12 ? view.getUint32(at + 124, true) * 2 ** 32 : 0),
      });
    }
  }
  const [root] = entries;
  if (root === undefined || root.type !== 5) throw damaged('it has no directory');

  const paths = new Map<string, Entry>();
  const visited = new Set<number>();
  const open: { readonly id: number; readonly prefix: string }[] = [{ id: root.child, prefix: '' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { id, prefix } = place;
    const entry = entries[id];
    if (entry === undefined || visited.has(id)) continue;
    visited.add(id);
    open.push({ id: entry.left, prefix }, { id: entry.right, prefix });
    if (entry.type === 1) open.push({ id: entry.child, prefix: `${prefix}${entry.name}/` });
    if (entry.type === 2) paths.set(prefix + entry.name, entry);
  }

  const miniTable =
    head.getUint32(64, true) === 0
      ? new Uint32Array()
      : await readTable(follow(fat, head.getUint32(60, true), sectors), readSector, wordsPerSector);
  const miniStream = chainStream(root.start, root.size, readPlain, fat, sectorBytes);
  const readMini = (sector: number, from: number, count: number): Promise<Uint8Array> =>
    miniStream.read(sector * 64 + from, sector * 64 + from + count);

  return {
    stream(path) {
      const entry = paths.get(path.toLowerCase());
      if (entry === undefined) return null;
      if (entry.size > source.size) throw damaged(`"${path}" states more bytes than the file has`);
      return entry.size < miniCutoff
        ? chainStream(entry.start, entry.size, readMini, miniTable, 64)
        : chainStream(entry.start, entry.size, readPlain, fat, sectorBytes);
    },
  };
}

async function readTable(
  chain: Uint32Array,
  readSector: (sector: number) => Promise<Uint32Array>,
  wordsPerSector: number,
): Promise<Uint32Array> {
  const table = new Uint32Array(chain.length * wordsPerSector);
  for (const [i, sector] of chain.entries())
    table.set(await readSector(sector), i * wordsPerSector);
  return table;
}
