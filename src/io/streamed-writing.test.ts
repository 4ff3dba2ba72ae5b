import { describe, expect, it } from 'vitest';
import { randomUint32 } from '../kernels/random.ts';
import { sourceOf, streamed, type StreamedVolume } from '../volume/streamed.ts';
import { createVolume, type Volume } from '../volume/volume.ts';
import { WRITABLE_FORMAT_IDS } from '../volume/written-formats.ts';
import { blobOf } from './byte-sink.ts';
import { writeStreamed, writeVolume } from './registry.ts';

/** The volume so many slices at a time. */
function inLayers(volume: Volume, slices: number): StreamedVolume {
  return streamed(sourceOf(volume), (slices * volume.data.byteLength) / volume.size[2]);
}

const size = [50, 40, 33] as const;
const volumes = {
  'grey values': createVolume({
    kind: 'grey',
    size,
    data: Float32Array.from({ length: 66_000 }, (_, i) => randomUint32(3, 0, i) / 7),
    spacing: { values: [0.4, 0.4, 0.5], unit: 'µm' },
  }),
  'labels that change their type': createVolume({
    kind: 'labels',
    size,
    data: Int32Array.from({ length: 66_000 }, (_, i) => (i > 60_000 ? 700 : i % 3)),
    phases: [{ label: 700, name: 'binder', colour: '#112233', pore: false }],
  }),
};

describe.each(WRITABLE_FORMAT_IDS)('a streamed %s', (format) => {
  it.each(Object.entries(volumes))(
    'of %s has the bytes of one written at once',
    async (_, volume) => {
      const whole = new Uint8Array(await (await writeVolume(volume, format)).arrayBuffer());
      for (const slices of [1, 7, 32]) {
        const blob = await blobOf((sink) => writeStreamed(inLayers(volume, slices), format, sink));
        expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), whole)).toBe(0);
      }
    },
  );
});
