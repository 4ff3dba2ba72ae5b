import { describe, expect, test } from 'vitest';
import { nrrdBytes } from '../../tests/support/nrrd-files.ts';
import { runOperation } from '../../tests/support/run-operation.ts';
import { defaultParameters } from '../declaration/parameters.ts';
import { type OpenOptions, openVolume } from '../io/open.ts';
import { bytesSource } from '../io/sources.ts';
import { loadOperation } from '../operations/registry.ts';
import {
  openingSteps,
  REDUCTION_FIELDS,
  type Reduction,
  reducedShape,
} from '../volume/reduction.ts';
import { type Volume, voxelBytes } from '../volume/volume.ts';
import { openReduced } from './open-reduced.ts';

const SIZE = [23, 19, 21] as const;
const COUNT = SIZE[0] * SIZE[1] * SIZE[2];

/** Grey values of which no two neighbours are alike, and some outliers. */
const GREY = Uint16Array.from({ length: COUNT }, (_, i) =>
  i % 997 === 0 ? 65_535 : 10_000 + ((i * 7919) % 20_011),
);
const SIGNED = Int16Array.from(GREY, (value) => value - 20_000);
const FLOATS = Float32Array.from(GREY, (value, i) =>
  i % 1013 === 0 ? Number.NaN : value / 7 - 900,
);
const LABELS = Uint8Array.from({ length: COUNT }, (_, i) => Math.floor(((i * 131) % 997) / 333));

function fileOf(type: string, data: Uint16Array | Int16Array | Float32Array | Uint8Array) {
  const header = {
    type,
    sizes: SIZE.join(' '),
    endian: 'little',
    spacings: '0.5 0.5 2',
    'space units': '"um" "um" "um"',
    space: '3D-right-handed',
  };
  const { space: _, spacings: __, ...rest } = header;
  return bytesSource(
    nrrdBytes(
      {
        ...rest,
        'space dimension': '3',
        'space directions': '(0.5,0,0) (0,0.5,0) (0,0,2)',
        'space origin': '(1,2,3)',
      },
      voxelBytes(data),
    ),
    'scan.nrrd',
  );
}

function reduction(change: Partial<Reduction>): Reduction {
  return { ...defaultParameters(REDUCTION_FIELDS), ...change };
}

/** The whole volume, after the steps that a recipe would have. */
async function afterSteps(
  file: ReturnType<typeof fileOf>,
  asked: Reduction,
  options: OpenOptions,
): Promise<Volume> {
  let { volume } = await openVolume([file], options);
  for (const { operation, params } of openingSteps(asked)) {
    const result = await runOperation(await loadOperation(operation), volume, params);
    if (!('volume' in result)) throw new Error('a step made no volume');
    ({ volume } = result);
  }
  return volume;
}

const FILES = {
  uint16: fileOf('uint16', GREY),
  int16: fileOf('int16', SIGNED),
  float: fileOf('float', FLOATS),
};

const CHOICES: readonly Partial<Reduction>[] = [
  { crop: [3, 20, 0, 19, 5, 16] },
  { bin: '2' },
  { bin: '4' },
  { convert: 'uint8' },
  { convert: 'uint16', convertTail: 0.5 },
  { convert: 'uint8', convertFrom: 0, convertTo: 3000 },
  { crop: [1, 22, 2, 17, 3, 20], bin: '2', convert: 'uint8', convertTail: 1 },
];

describe.each(Object.entries(FILES))('%s', (type, file) => {
  test.each(CHOICES)('%j gives the voxels of the recipe', async (choice) => {
    // Binning spreads what is no number, as the recipe does.
    const asked = reduction(choice);
    const options = type === 'float' && asked.bin !== '1' ? { kind: 'grey' as const } : {};
    const expected = await afterSteps(file, asked, options);
    const { volume, metadata, reduction: settled } = await openReduced([file], asked, options);
    expect(volume).toEqual(expected);
    expect(metadata).toMatchObject({
      size: volume.size,
      type: volume.type,
      spacing: volume.spacing,
    });
    const whole = { size: SIZE, type: type === 'float' ? 'float32' : type, spacing: null } as never;
    expect(reducedShape(whole, asked)).toMatchObject({ size: volume.size, type: volume.type });
    // With the range that was found the same voxels come again.
    expect((await openReduced([file], settled, options)).volume).toEqual(volume);
  });
});

test('labels are binned by the commonest label, and not converted', async () => {
  const file = fileOf('uint8', LABELS);
  const { volume } = await openReduced([file], reduction({ bin: '2' }));
  expect(volume.kind).toBe('labels');
  expect(volume).toEqual(await afterSteps(file, reduction({ bin: '2' }), {}));
  await expect(openReduced([file], reduction({ convert: 'uint8' }))).rejects.toMatchObject({
    code: 'volume/not-grey',
  });
});

test.each([
  [{ crop: [0, 24, 0, 19, 0, 21] }, /ends at 24 along x, but the volume has 23/],
  [{ crop: [0, 23, 0, 3, 0, 21], bin: '4' }, /3 voxels along y, fewer than a block of 4/],
  [{ convert: 'uint8', convertFrom: 9, convertTo: 1 }, /from 9 to 1/],
] as const)('%j is refused', async (choice, sentence) => {
  await expect(openReduced([FILES.uint16], reduction(choice))).rejects.toThrow(sentence);
});

test('opening ends when it is cancelled', async () => {
  const stop = new AbortController();
  const opening = openReduced([FILES.uint16], reduction({ bin: '2' }), {
    signal: stop.signal,
    progress: () => stop.abort(),
  });
  await expect(opening).rejects.toMatchObject({ code: 'run/cancelled' });
});
