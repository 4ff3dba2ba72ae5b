/** NumPy arrays and ZIP archives, built byte by byte for tests. */
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../src/volume/crc32.ts';

export interface ArrayParts {
  readonly descr: string;
  readonly shape: string;
  readonly fortran?: boolean;
  readonly version?: number;
  readonly data: ArrayBufferView | readonly number[];
}

export function npyBytes(parts: ArrayParts): Uint8Array<ArrayBuffer> {
  const version = parts.version ?? 1;
  const order = parts.fortran === true ? 'True' : 'False';
  const text = `{'descr': '${parts.descr}', 'fortran_order': ${order}, 'shape': ${parts.shape}, }`;
  const prefix = version === 1 ? 10 : 12;
  const length = Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix;
  const data = ArrayBuffer.isView(parts.data)
    ? new Uint8Array(parts.data.buffer, parts.data.byteOffset, parts.data.byteLength)
    : Uint8Array.from(parts.data);
  const bytes = new Uint8Array(prefix + length + data.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), prefix);
  bytes.set(data, prefix + length);
  return bytes;
}

export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflated?: boolean;
  readonly statedSize?: number;
  readonly statedCrc?: number;
}

export function zipBytes(members: readonly Member[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const push = (bytes: Uint8Array): void => {
    parts.push(bytes);
    at += bytes.length;
  };
  for (const member of members) {
    const name = new TextEncoder().encode(member.name);
    const stored = member.deflated === true ? deflateRawSync(member.bytes) : member.bytes;
    const fields = new Uint8Array(26);
    const view = new DataView(fields.buffer);
    view.setUint16(0, 20, true);
    view.setUint16(4, member.deflated === true ? 8 : 0, true);
    view.setUint32(10, member.statedCrc ?? crc32(member.bytes), true);
    view.setUint32(14, stored.length, true);
    view.setUint32(18, member.statedSize ?? member.bytes.length, true);
    view.setUint16(22, name.length, true);
    const entry = new Uint8Array(46);
    entry.set([0x50, 0x4b, 1, 2, 20, 0]);
    entry.set(fields, 6);
    new DataView(entry.buffer).setUint32(42, at, true);
    directory.push(entry, name);
    push(Uint8Array.of(0x50, 0x4b, 3, 4));
    push(fields);
    push(name);
    push(stored);
  }
  const start = at;
  for (const bytes of directory) push(bytes);
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(10, members.length, true);
  view.setUint32(12, at - start, true);
  view.setUint32(16, start, true);
  push(end);
  const out = new Uint8Array(at);
  let place = 0;
  for (const bytes of parts) {
    out.set(bytes, place);
    place += bytes.length;
  }
  return out;
}
