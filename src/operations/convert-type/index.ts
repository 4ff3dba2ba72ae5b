/** Converts grey values to whole numbers of 8 or 16 bits over a stated range. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import type { ResultTable } from '../../declaration/results.ts';
import { UserError } from '../../errors/errors.ts';
import { conversionRangeSteps } from '../../kernels/conversion-range.ts';
import { rescale } from '../../kernels/rescale.ts';
import { finishBreathing, type Steps } from '../../kernels/steps.ts';
import {
  bytesPerVoxel,
  createVolume,
  numericSteps,
  type Volume,
  type VoxelType,
  voxelCount,
} from '../../volume/volume.ts';
import { noisyBlocks } from '../example-grey.ts';
import { defineOperation } from '../operation.ts';

const end = (title: string, which: string, becomes: string) =>
  ({
    kind: 'auto-number',
    title,
    help: `The grey value that becomes ${becomes}; what lies beyond is clipped.`,
    unit: 'grey',
    min: -1e30,
    max: 1e30,
    step: 1,
    auto: `the ${which} grey value, or the percentile that Tail names`,
  }) as const;

const parameters = {
  type: {
    kind: 'choice',
    title: 'Type',
    help: '16 bits keep 65 536 levels, more than most detectors tell apart; 8 bits keep 256.',
    options: [
      { value: 'uint16', title: '16 bits' },
      { value: 'uint8', title: '8 bits' },
    ],
    default: 'uint16',
  },
  from: end('From', 'smallest', '0'),
  to: end('To', 'largest', 'the largest number of the type'),
  tail: {
    kind: 'number',
    title: 'Tail',
    help: 'Share of the voxels that is clipped at either end where an end is automatic: 0 takes the smallest and largest value, 0.1 the 0.1 and 99.9 percentiles, so that a few hot voxels do not set the range.',
    unit: '%',
    min: 0,
    max: 10,
    step: 0.1,
    default: 0,
  },
} as const;

type Parameters = ParameterValues<typeof parameters>;

const COLUMNS = [
  { id: 'from', title: 'From', symbol: '', unit: '', help: 'The grey value that became 0.' },
  {
    id: 'to',
    title: 'To',
    symbol: '',
    unit: '',
    help: 'The grey value that became the largest number of the type.',
  },
] as const;

const TITLE = 'Range of the conversion';

function typeOf({ type }: Parameters): VoxelType {
  return type === 'uint8' ? 'uint8' : 'uint16';
}

function* rangeSteps(
  { data }: Volume,
  { from, to, tail }: Parameters,
): Steps<readonly [from: number, to: number]> {
  if (from !== null && to !== null) return [from, to];
  const values = yield* numericSteps(data);
  return yield* conversionRangeSteps(values, { from, to, tail: tail / 100 });
}

export const operation = defineOperation({
  id: 'convert-type',
  version: 1,
  title: 'Convert grey values',
  family: 'convert',
  summary: 'Maps a range of grey values onto 8 or 16 bits, which take less memory.',
  equation: 'V′ = ⌊M · (V − from) / (to − from) + ½⌋, clipped to 0 … M; M = 255 or 65 535',
  details:
    'Values are mapped in double precision and rounded half up; values at or below From become 0, those at or above To become M, NaN becomes 0. The range is stated with the result, since grey values lose their physical scale. Percentiles are order statistics without interpolation. Time is proportional to N.',
  methods: 'Grey values were converted to {type}',
  methodsAfterRun: 'the range from {range.from} to {range.to} was kept',
  citations: [],
  input: 'grey',
  output: 'grey',
  parameters,
  tables: { range: { title: TITLE, columns: COLUMNS } },

  reach: { kind: 'whole', fromSlices: true },

  estimate({ size, type }, params) {
    const copy = type === 'uint64' || type === 'int64' ? 4 * voxelCount(size) : 0;
    return {
      bytes: voxelCount(size) * bytesPerVoxel(typeOf(params)) + copy + 2 ** 20,
      work: 3 * voxelCount(size),
    };
  },

  outputShape: (_, params) => ({ kind: 'grey', type: typeOf(params) }),

  async run(input, params, context) {
    const [from, to] = await finishBreathing(rangeSteps(input, params), context.breathe);
    if (!(from <= to)) {
      throw new UserError(
        Number.isNaN(from + to) ? 'volume/not-finite' : 'parameter/invalid',
        Number.isNaN(from + to)
          ? 'No grey value is a finite number: there is no range to convert.'
          : `Convert grey values: From is ${from} and To is ${to}; To must not be below From.`,
        { from: String(from), to: String(to) },
      );
    }
    const count = input.data.length;
    const data = params.type === 'uint8' ? new Uint8Array(count) : new Uint16Array(count);
    const step = input.size[0] * input.size[1];
    for (let start = 0; start < count; start += step) {
      rescale(input.data.subarray(start, start + step), from, to, data, start);
      context.progress((start + step) / count);
      await context.breathe();
    }
    const range: ResultTable = {
      id: 'range',
      title: TITLE,
      columns: COLUMNS,
      rows: [{ from, to }],
      notes: [],
    };
    return { volume: createVolume({ ...input, data }), tables: [range] };
  },

  examples: [
    {
      title: 'Noisy blocks in 8 bits',
      input: noisyBlocks,
      params: { type: 'uint8' },
      voxelDigest: 'f02c40dc85c7be0db3b33442802771f856e4881d47b5635a353cd41628a4fddf',
    },
    {
      title: 'Without the outermost percent at either end',
      input: noisyBlocks,
      params: { tail: 1 },
      voxelDigest: '4baa9ef17a797770cc0c31e5a3c313b6e114b34577573489c67e620c7cef7c01',
    },
  ],
});
