import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { InterfaceTypes, runPipelineNode } from 'itk-wasm';
import { describe, expect, test } from 'vitest';
import { LENGTH_UNITS, type LengthUnit } from '../../../volume/length.ts';
import {
  allocateVoxels,
  createVolume,
  type Size3,
  type Vector3,
  type Volume,
  voxelBytes,
  type VoxelType,
  voxelCount,
} from '../../../volume/volume.ts';
import { blobSource } from '../../sources.ts';
import { nrrdFormat } from './format.ts';
import { writeNrrd } from './writer.ts';
import { blobOf } from '../../byte-sink.ts';
import { inMemory } from '../../../volume/streamed.ts';

const TYPES: readonly VoxelType[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
];

/** Voxels of every bit pattern, NaNs included. */
function patternedVolume(type: VoxelType, size: Size3, seed: number, parts: Partial<Volume> = {}) {
  const data = allocateVoxels(type, voxelCount(size));
  const bytes = voxelBytes(data);
  let state = seed >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return createVolume({ kind: 'grey', size, data, ...parts });
}

function written(volume: Volume): Promise<Blob> {
  return blobOf((sink) => writeNrrd(inMemory(volume), sink));
}

async function roundTrip(volume: Volume) {
  return nrrdFormat.readVolume(blobSource(await written(volume), 'trip.nrrd'));
}

const length = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const coordinate = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);

describe('writing and reading again', () => {
  test('keeps every bit of the voxels and every digit of the geometry', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TYPES),
        fc.tuple(
          fc.integer({ min: 1, max: 7 }),
          fc.integer({ min: 1, max: 7 }),
          fc.integer({ min: 1, max: 7 }),
        ),
        fc.option(fc.tuple(length, length, length)),
        fc.constantFrom(...LENGTH_UNITS),
        fc.tuple(coordinate, coordinate, coordinate),
        fc.integer(),
        async (type, size, values, unit, origin, seed) => {
          const spacing =
            values === null ? null : { values: values as Vector3, unit: unit as LengthUnit };
          const volume = patternedVolume(type, size, seed, {
            spacing,
            ...(spacing === null ? {} : { origin }),
          });
          const { volume: again } = await roundTrip(volume);
          expect(again.size).toEqual(volume.size);
          expect(again.type).toBe(type);
          expect(voxelBytes(again.data)).toEqual(voxelBytes(volume.data));
          expect(again.spacing).toEqual(spacing);
          expect(again.origin).toEqual(volume.origin);
        },
      ),
      { numRuns: 60, seed: 20240501 },
    );
  });

  test('keeps kind, name and phases, with any characters in the names', async () => {
    const phases = [
      { label: 0, name: 'pore \\ "void"', colour: '#0072b2', pore: true },
      { label: 1, name: 'Wirkstoff\nzwei: Zeilen', colour: '#e69f00', pore: false },
      { label: 7, name: 'carbon-binder domain', colour: '#009e73', pore: false },
    ];
    const volume = createVolume({
      kind: 'labels',
      name: 'électrode #1\\n',
      size: [2, 2, 1],
      data: Uint8Array.of(0, 1, 7, 1),
      phases,
    });
    const { volume: again } = await roundTrip(volume);
    expect(again).toEqual(volume);
  });

  test('a segmentation carries the names and colours that 3D Slicer shows', async () => {
    const volume = createVolume({
      kind: 'labels',
      size: [2, 1, 1],
      data: Uint8Array.of(0, 2),
      phases: [
        { label: 0, name: 'pore', colour: '#000000', pore: true },
        { label: 2, name: 'binder', colour: '#ff0000', pore: false },
      ],
    });
    const text = await (await written(volume)).text();
    expect(text).toContain('\nSegment0_Name:=binder\n');
    expect(text).toContain('\nSegment0_LabelValue:=2\n');
    expect(text).toContain('\nSegment0_Color:=1.000000 0.000000 0.000000\n');
    expect(text).toContain('\nSegment0_Extent:=0 1 0 0 0 0\n');
    // 0 is Slicer's background and cannot be a segment.
    expect(text).not.toContain('LabelValue:=0');
  });

  test('a volume of unknown voxel size is written without geometry', async () => {
    const volume = patternedVolume('uint8', [2, 2, 2], 1);
    const text = await (await written(volume)).text();
    expect(text).not.toContain('space');
    // Fiji shows micrometres unless the header names another unit.
    expect(text).toContain('\nunits: "pixel" "pixel" "pixel"\n');
    const { volume: again, metadata } = await roundTrip(volume);
    expect(again.spacing).toBeNull();
    expect(metadata.warnings).toEqual([]);
  });

  test.each(LENGTH_UNITS)('keeps %s when ITK drops the space units', async (unit) => {
    const values: Vector3 = [0.398, 0.4, 0.5];
    const volume = patternedVolume('uint8', [2, 2, 2], 1, {
      spacing: { values, unit },
      origin: [1, 2, 3],
    });
    const [header = '', ...rest] = (await (await written(volume)).text()).split('\n\n');
    const rewritten = header.replace(/^space units:.*\n/m, '').replace('gzip', 'ascii');
    expect(rewritten).not.toContain('space units');
    expect(rest).not.toEqual([]);
    const text = `${rewritten}\n\n1 2 3 4 5 6 7 8`;
    const again = await nrrdFormat.readVolume(blobSource(new Blob([text]), 'itk.nrrd'));
    expect(again.volume.spacing).toEqual({ values, unit });
    expect(again.volume.origin).toEqual([1, 2, 3]);
    expect(again.metadata.spacingSource).toContain('tauscope length unit');
  });

  test('believes a stated unit before the key that ITK kept', async () => {
    const text =
      'NRRD0005\ntype: uint8\ndimension: 3\nsizes: 1 1 1\nencoding: ascii\nspace: LPS\nspace directions: (2,0,0) (0,2,0) (0,0,2)\nspace units: "nm" "nm" "nm"\ntauscope length unit:=um\n\n7';
    const { volume } = await nrrdFormat.readVolume(blobSource(new Blob([text]), 'both.nrrd'));
    expect(volume.spacing).toEqual({ values: [2, 2, 2], unit: 'nm' });
  });
});

describe('the written file', () => {
  test('is the same, bit for bit, each time', async () => {
    const volume = patternedVolume('uint16', [40, 30, 20], 5);
    const digests = await Promise.all(
      [0, 1].map(async () => new Uint8Array(await (await written(volume)).arrayBuffer())),
    );
    expect(digests[0]).toEqual(digests[1]);
  });

  test("spells type, spacing and unit as Fiji's reader looks for them", async () => {
    const volume = patternedVolume('uint16', [2, 2, 2], 1, {
      spacing: { values: [0.398, 0.398, 0.5], unit: 'µm' },
    });
    const lines = (await (await written(volume)).text()).split('\n');
    expect(lines.slice(0, 11)).toEqual([
      'NRRD0005',
      'type: uint16',
      'dimension: 3',
      'sizes: 2 2 2',
      'kinds: domain domain domain',
      'endian: little',
      'encoding: gzip',
      'space: left-posterior-superior',
      'space directions: (0.398,0,0) (0,0.398,0) (0,0,0.5)',
      'space origin: (0,0,0)',
      'space units: "um" "um" "um"',
    ]);
  });

  // ITK, which 3D Slicer reads with, has no unit of its own and shows the numbers as they stand.
  test.each(TYPES)('of %s voxels is read by ITK with spacing, origin and voxels', async (type) => {
    const volume = patternedVolume(type, [5, 4, 3], 9, {
      spacing: { values: [0.398, 0.4, 0.5], unit: 'µm' },
      origin: [10, -20, 30.5],
    });
    const bytes = new Uint8Array(await (await written(volume)).arrayBuffer());
    const pipeline = fileURLToPath(
      new URL('pipelines/nrrd-read-image', import.meta.resolve('@itk-wasm/image-io')),
    );
    const { outputs } = await runPipelineNode(
      pipeline,
      ['trip.nrrd', '0', '1', '--memory-io'],
      [{ type: InterfaceTypes.JsonCompatible }, { type: InterfaceTypes.Image }],
      [{ type: InterfaceTypes.BinaryFile, data: { path: 'trip.nrrd', data: bytes } }],
    );
    const image = outputs[1]?.data as {
      size: number[];
      spacing: number[];
      origin: number[];
      imageType: { componentType: string };
      data: Uint8Array;
    };
    expect(image.imageType.componentType).toBe(type);
    expect(image.size).toEqual([5, 4, 3]);
    expect(image.spacing).toEqual([0.398, 0.4, 0.5]);
    expect(image.origin).toEqual([10, -20, 30.5]);
    const seen = new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength);
    expect(new Uint8Array(seen)).toEqual(voxelBytes(volume.data));
  });
});
