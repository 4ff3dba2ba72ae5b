import { expect, test } from 'vitest';
import { defaultParameters } from '../declaration/parameters.ts';
import { bytesSource } from '../io/sources.ts';
import { parseRawLayout } from '../volume/raw-layout.ts';
import { REDUCTION_FIELDS } from '../volume/reduction.ts';
import { voxelBytes } from '../volume/volume.ts';
import { methodsText } from './methods.ts';
import { openChosen, openingFlags, openingMethods, spacingToState } from './opening.ts';
import { reproducingCommand } from './report.ts';

const FILE = bytesSource(
  voxelBytes(Uint16Array.from({ length: 8 * 8 * 8 }, (_, i) => 100 + ((i * 37) % 500))),
  'scan.raw',
);
const RAW = parseRawLayout('8x8x8:uint16:le', '--raw');

function opened() {
  return openChosen([FILE], {
    raw: RAW,
    spacing: { values: [0.5, 0.5, 1], unit: 'µm' },
    reduction: {
      ...defaultParameters(REDUCTION_FIELDS),
      crop: [0, 8, 0, 8, 2, 8],
      bin: '2',
      convert: 'uint8',
    },
  });
}

test('a methods text tells what was done while the volume was opened, and over which range', async () => {
  const { opening, volume } = await opened();
  expect(volume).toMatchObject({
    size: [4, 4, 3],
    type: 'uint8',
    spacing: { values: [1, 1, 2], unit: 'µm' },
  });
  const { steps, results } = await openingMethods(opening);
  const { paragraph } = methodsText(steps, results);
  expect(paragraph).toContain('cropped to');
  expect(paragraph).toContain('Cubes of voxels with an edge of 2 voxels were binned');
  const { convertFrom, convertTo } = opening.reduction ?? {};
  expect(paragraph).toContain(`the range from ${convertFrom} to ${convertTo} was kept`);
});

test('the command that is told opens the same voxels', async () => {
  const { opening, volume } = await opened();
  const { convertFrom, convertTo } = opening.reduction ?? {};
  expect(openingFlags(opening).join(' ')).toBe(
    `--raw 8x8x8:uint16:le --crop 0,8,0,8,2,8 --bin 2 --convert uint8 --convert-from ${convertFrom} --convert-to ${convertTo}`,
  );
  // The voxel size of the file, which binning makes that of the volume.
  expect(spacingToState(volume, opening)?.values).toEqual([0.5, 0.5, 1]);
  const input = { volume, identity: '', voxelDigest: '', onGpu: false };
  expect(reproducingCommand({ input, file: 'scan.raw', isSpacingStated: true, opening })).toContain(
    '--voxel-size 0.5x0.5x1um --raw 8x8x8:uint16:le --crop 0,8,0,8,2,8 --bin 2',
  );
});

test('a volume that is opened whole says nothing of it', async () => {
  const { opening } = await openChosen([FILE], { raw: RAW });
  expect(opening.reduction).toBeNull();
  expect(await openingMethods(opening)).toEqual({ steps: [], results: [] });
});
