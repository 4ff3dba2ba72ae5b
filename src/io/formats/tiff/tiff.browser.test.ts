/** What differs between hosts: native inflate, wasm start, blobs as sources. */
import { describe, expect, it } from 'vitest';
import { createVolume, type VoxelArray } from '../../../volume/volume.ts';
import { loadCodecKernels } from '../../codec-kernels.ts';
import { inflate, InflateError } from '../../inflate.ts';
import { writeVolume } from '../../registry.ts';
import { blobSource } from '../../sources.ts';
import { tiffFormat } from './format.ts';

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** A little-endian TIFF of one 8-bit page in one strip. */
function onePage(width: number, height: number, compression: number, strip: Uint8Array): File {
  const entries = [
    [256, width],
    [257, height],
    [258, 8],
    [259, compression],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, height],
    [279, strip.length],
  ];
  const bytes = new Uint8Array(8 + strip.length + 2 + 12 * entries.length + 4);
  const view = new DataView(bytes.buffer);
  const directory = 8 + strip.length;
  view.setUint32(0, 0x002a4949, true);
  view.setUint32(4, directory, true);
  bytes.set(strip, 8);
  view.setUint16(directory, entries.length, true);
  entries.forEach(([tag, value], i) => {
    const at = directory + 2 + 12 * i;
    view.setUint16(at, tag!, true);
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value!, true);
  });
  return new File([bytes], 'made.tif');
}

const read = (file: File) => tiffFormat.readVolume(blobSource(file, file.name));
const ramp = Uint8Array.from({ length: 1000 * 700 }, (_, i) => (i * i) >> 7);

/** Element by element: `toEqual` takes seconds on arrays of this size. */
function firstDifference(actual: VoxelArray, expected: VoxelArray): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length);
  return actual.findIndex((value: number | bigint, i: number) => value !== expected[i]);
}

describe('TIFF in the browser', () => {
  it('reads back what it wrote', async () => {
    const volume = createVolume({
      kind: 'labels',
      name: 'made',
      size: [100, 70, 50],
      data: Uint16Array.from({ length: 350_000 }, (_, i) => i % 1000),
      spacing: { values: [0.398, 0.398, 0.5], unit: 'µm' },
      phases: [{ label: 1, name: 'pore', colour: '#112233', pore: true }],
    });
    const blob = await writeVolume(volume, 'tiff');
    const { volume: back } = await tiffFormat.readVolume(blobSource(blob, 'made.tif'));
    expect(firstDifference(back.data, volume.data)).toBe(-1);
    expect({ ...back, data: null }).toEqual({ ...volume, data: null });
  });

  it('starts the codec kernels', async () => {
    const values = ramp.slice(0, 5000);
    const kernels = await loadCodecKernels();
    expect(kernels?.decode('inflateZlib', await deflate(values), 5000)).toEqual(values);
  });

  it('reads small and large Deflate strips', async () => {
    for (const rows of [2, 700]) {
      const values = ramp.slice(0, 1000 * rows);
      const { volume } = await read(onePage(1000, rows, 8, await deflate(values)));
      expect(firstDifference(volume.data, values)).toBe(-1);
    }
  });

  it('reads a strip that goes on or is padded after its pixels', async () => {
    const strip = await deflate(ramp);
    const part = await read(onePage(1000, 500, 8, strip));
    expect(firstDifference(part.volume.data, ramp.slice(0, 500_000))).toBe(-1);
    const padded = new Uint8Array([...strip, 0, 0, 0, 0]);
    const whole = await read(onePage(1000, 700, 8, padded));
    expect(firstDifference(whole.volume.data, ramp)).toBe(-1);
  });

  it('refuses damaged large strips', async () => {
    const strip = await deflate(ramp);
    strip.fill(0xff, 2000, 2100);
    await expect(read(onePage(1000, 700, 8, strip))).rejects.toMatchObject({
      code: 'file/malformed',
    });
    await expect(inflate(strip, ramp.length)).rejects.toBeInstanceOf(InflateError);
  });

  it('reads ZSTD strips', async () => {
    // A frame of one run-length block: 5000 times 7 (RFC 8878, 3.1.1).
    const head = 1 | (1 << 1) | (5000 << 3);
    const frame = Uint8Array.of(
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0xa0,
      5000 & 255,
      5000 >> 8,
      0,
      0,
      head & 255,
      (head >> 8) & 255,
      head >> 16,
      7,
    );
    const { volume } = await read(onePage(100, 50, 50_000, frame));
    expect(volume.data).toEqual(new Uint8Array(5000).fill(7));
  });
});
