/** PNG pictures of at most 256 colours: screenshots with noisy slices take a third of the bytes. */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const MAX_COLOURS = 256;
/** Colours are told apart by this many bits of each channel. */
const BITS = 6;

/** A cell of the colour cube and the pixels in it. */
interface Bin {
  readonly place: readonly [red: number, green: number, blue: number];
  readonly index: number;
  count: number;
  readonly sum: [red: number, green: number, blue: number];
}

/** @param rgba 8 bits per channel, row by row; alpha is not kept */
export function indexedPng(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const bins = binsOf(rgba);
  const boxes = cut([...bins.values()]);
  const palette = new Uint8Array(3 * boxes.length);
  const colourOf = new Uint8Array(1 << (3 * BITS));
  for (const [colour, box] of boxes.entries()) {
    const count = box.reduce((sum, bin) => sum + bin.count, 0);
    for (const channel of [0, 1, 2] as const) {
      const sum = box.reduce((all, bin) => all + bin.sum[channel], 0);
      palette[3 * colour + channel] = Math.round(sum / count);
    }
    for (const { index } of box) colourOf[index] = colour;
  }
  // Each row starts with its filter: none, the best for palettes.
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = colourOf[binIndex(rgba, 4 * (x + width * y))] ?? 0;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function binIndex(rgba: Uint8Array, at: number): number {
  const [red = 0, green = 0, blue = 0] = rgba.subarray(at, at + 3);
  const drop = 8 - BITS;
  return ((red >> drop) << (2 * BITS)) | ((green >> drop) << BITS) | (blue >> drop);
}

function binsOf(rgba: Uint8Array): ReadonlyMap<number, Bin> {
  const bins = new Map<number, Bin>();
  const mask = (1 << BITS) - 1;
  for (let at = 0; at < rgba.length; at += 4) {
    const index = binIndex(rgba, at);
    let bin = bins.get(index);
    if (bin === undefined) {
      const place = [index >> (2 * BITS), (index >> BITS) & mask, index & mask] as const;
      bin = { place, index, count: 0, sum: [0, 0, 0] };
      bins.set(index, bin);
    }
    bin.count++;
    for (const channel of [0, 1, 2] as const) bin.sum[channel] += rgba[at + channel] ?? 0;
  }
  return bins;
}

/** Median cut: the box that spreads its pixels widest is halved, until there are enough. */
function cut(all: readonly Bin[]): readonly (readonly Bin[])[] {
  const boxes = [widest(all)];
  while (boxes.length < MAX_COLOURS) {
    boxes.sort((a, b) => b.weight - a.weight);
    const [first] = boxes;
    if (first === undefined || first.bins.length < 2) break;
    boxes.shift();
    const sorted = first.bins.toSorted((a, b) => a.place[first.channel] - b.place[first.channel]);
    const half = sorted.reduce((sum, { count }) => sum + count, 0) / 2;
    let before = 0;
    const place = sorted.findIndex(({ count }) => (before += count) >= half);
    const end = Math.min(Math.max(place, 1), sorted.length - 1);
    boxes.push(widest(sorted.slice(0, end)), widest(sorted.slice(end)));
  }
  return boxes.map(({ bins }) => bins);
}

interface Box {
  readonly bins: readonly Bin[];
  /** The channel along which its colours differ most. */
  readonly channel: 0 | 1 | 2;
  /** How much is gained by cutting it; 0 for a single colour. */
  readonly weight: number;
}

function widest(bins: readonly Bin[]): Box {
  const spread = ([0, 1, 2] as const).map((channel) => {
    const places = bins.map(({ place }) => place[channel]);
    return places.reduce((a, b) => Math.max(a, b), 0) - places.reduce((a, b) => Math.min(a, b), 64);
  });
  const span = Math.max(...spread);
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  return {
    bins,
    channel: Math.max(0, spread.indexOf(span)) as Box['channel'],
    weight: span * span * Math.sqrt(count),
  };
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
