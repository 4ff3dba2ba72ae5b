/** Compound files (OLE 2), and Xradia volumes in them, built for tests. */

const FREE = 0xffff_ffff;
const END = 0xffff_fffe;

export interface Stream {
  readonly storage: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A compound file with the streams in storages below the root, those under 4096 bytes in the mini
 * stream, sectors of 512 bytes. Siblings hang to the right, so that trees are as deep as they can be.
 */
export function compoundBytes(streams: readonly Stream[]): Uint8Array<ArrayBuffer> {
  const sectors: Uint8Array[] = [];
  const fat: number[] = [];
  const chain = (bytes: Uint8Array): number => {
    const first = sectors.length;
    const count = Math.max(Math.ceil(bytes.length / 512), 1);
    for (let i = 0; i < count; i++) {
      const sector = new Uint8Array(512);
      sector.set(bytes.subarray(i * 512, (i + 1) * 512));
      sectors.push(sector);
      fat.push(i + 1 < count ? first + i + 1 : END);
    }
    return first;
  };
  const mini: number[] = [];
  const miniFat: number[] = [];
  const place = (bytes: Uint8Array): number => {
    if (bytes.length >= 4096) return chain(bytes);
    const first = miniFat.length;
    const count = Math.ceil(bytes.length / 64);
    for (let i = 0; i < count; i++) {
      const part = new Uint8Array(64);
      part.set(bytes.subarray(i * 64, (i + 1) * 64));
      mini.push(...part);
      miniFat.push(i + 1 < count ? first + i + 1 : END);
    }
    return first;
  };
  interface Entry {
    name: string;
    type: number;
    right: number;
    child: number;
    start: number;
    size: number;
  }
  const entries: Entry[] = [
    { name: 'Root Entry', type: 5, right: FREE, child: FREE, start: END, size: 0 },
  ];
  const storages = [...new Set(streams.map((stream) => stream.storage))];
  let before: Entry | null = null;
  for (const name of storages) {
    const storage: Entry = { name, type: 1, right: FREE, child: FREE, start: 0, size: 0 };
    const id = entries.push(storage) - 1;
    if (before === null) entries[0]!.child = id;
    else before.right = id;
    before = storage;
    let last: Entry | null = null;
    for (const stream of streams.filter((each) => each.storage === name)) {
      const entry: Entry = {
        name: stream.name,
        type: 2,
        right: FREE,
        child: FREE,
        start: place(stream.bytes),
        size: stream.bytes.length,
      };
      const own = entries.push(entry) - 1;
      if (last === null) storage.child = own;
      else last.right = own;
      last = entry;
    }
  }
  entries[0]!.start = chain(Uint8Array.from(mini));
  entries[0]!.size = mini.length;
  const directory = new Uint8Array(Math.ceil(entries.length / 4) * 512);
  const view = new DataView(directory.buffer);
  entries.forEach((entry, i) => {
    for (let j = 0; j < entry.name.length; j++) {
      view.setUint16(i * 128 + 2 * j, entry.name.charCodeAt(j), true);
    }
    view.setUint16(i * 128 + 64, 2 * entry.name.length + 2, true);
    view.setUint8(i * 128 + 66, entry.type);
    view.setUint32(i * 128 + 68, FREE, true);
    view.setUint32(i * 128 + 72, entry.right, true);
    view.setUint32(i * 128 + 76, entry.child, true);
    view.setUint32(i * 128 + 116, entry.start, true);
    view.setUint32(i * 128 + 120, entry.size, true);
  });
  const directoryAt = chain(directory);
  const miniFatAt = chain(new Uint8Array(Uint32Array.from(miniFat).buffer));
  const fatSectors = Math.ceil((fat.length + 1) / 127);
  const fatAt = Array.from({ length: fatSectors }, (_, i) => fat.length + i);
  for (const _ of fatAt) fat.push(0xffff_fffd);
  while (fat.length % 128 !== 0) fat.push(FREE);
  const table = new Uint8Array(Uint32Array.from(fat).buffer);

  const head = new Uint8Array(512);
  head.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  const header = new DataView(head.buffer);
  header.setUint16(30, 9, true);
  header.setUint16(32, 6, true);
  header.setUint32(44, fatSectors, true);
  header.setUint32(48, directoryAt, true);
  header.setUint32(56, 4096, true);
  header.setUint32(60, miniFatAt, true);
  header.setUint32(64, 1, true);
  header.setUint32(68, END, true);
  for (let i = 0; i < 109; i++) header.setUint32(76 + 4 * i, fatAt[i] ?? FREE, true);
  const out = new Uint8Array(512 * (1 + sectors.length) + table.length);
  out.set(head);
  sectors.forEach((sector, i) => out.set(sector, 512 * (i + 1)));
  out.set(table, 512 * (sectors.length + 1));
  return out;
}

export const integer = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const real = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);

/** 16-bit images of `width` × `height` pixels of 0.5 µm. */
export function txmBytes(images: readonly Uint16Array[], width: number, height: number) {
  const info = (name: string, bytes: Uint8Array): Stream => ({ storage: 'ImageInfo', name, bytes });
  return compoundBytes([
    info('ImageWidth', integer(width)),
    info('ImageHeight', integer(height)),
    info('NoOfImages', integer(images.length)),
    info('DataType', integer(5)),
    // dxchange writes this one in lower case.
    info('pixelsize', real(0.5)),
    ...images.map((image, i) => ({
      storage: `ImageData${Math.ceil((i + 1) / 100)}`,
      name: `Image${i + 1}`,
      bytes: new Uint8Array(image.buffer),
    })),
  ]);
}
