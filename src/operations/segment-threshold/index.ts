/** Thresholds: from grey values to phases, each voxel by its own value. */
import { intervalName } from '../../declaration/grey-intervals.ts';
import type { GreyInterval, ParameterValues } from '../../declaration/parameters.ts';
import type { Column, ResultTable } from '../../declaration/results.ts';
import { UserError } from '../../errors/errors.ts';
import { type Histogram, thresholdHistogramPasses } from '../../kernels/histogram.ts';
import { multiOtsu } from '../../kernels/otsu.ts';
import { finishBreathing } from '../../kernels/steps.ts';
import { thresholdSteps } from '../../kernels/threshold.ts';
import { phaseColour } from '../../volume/labels.ts';
import { inMemory, type StreamedVolume } from '../../volume/streamed.ts';
import { bytesPerVoxel, createVolume, type Phase, voxelCount } from '../../volume/volume.ts';
import { noisyBlocks } from '../example-grey.ts';
import { finishPasses, greyValues } from '../grey-values.ts';
import { defineOperation } from '../operation.ts';

/** Most phases that are given or asked for. */
const MAX_PHASES = 8;

const columns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the interval.' },
  {
    id: 'above',
    title: 'Above',
    symbol: '',
    unit: 'grey',
    help: 'Threshold that the grey values of the phase exceed; empty = none.',
  },
  {
    id: 'upTo',
    title: 'Up to',
    symbol: '',
    unit: 'grey',
    help: 'Threshold that they do not exceed; empty = none.',
  },
];

const tables = { thresholds: { title: 'Thresholds', columns } } as const;

const parameters = {
  intervals: {
    kind: 'intervals',
    title: 'Grey intervals',
    help: 'One interval per phase, from dark to bright. Between two intervals the threshold lies half-way, and the outermost ones hold everything beyond them.',
    minCount: 2,
    maxCount: MAX_PHASES,
    countedBy: 'phases',
    auto: 'Thresholds by Otsu’s method, for the number of phases.',
  },
  phases: {
    kind: 'auto-number',
    title: 'Number of phases',
    help: 'How many phases Otsu’s method tells apart.',
    unit: '',
    min: 2,
    max: MAX_PHASES,
    step: 1,
    auto: '2',
  },
} as const;

type Parameters = ParameterValues<typeof parameters>;

/** The thresholds half-way between neighbouring intervals; the end of the lower one where nothing is between. */
function thresholdsOf(intervals: readonly GreyInterval[]): readonly number[] {
  return intervals.slice(1).map(({ from: above }, i) => {
    const to = intervals[i]?.to ?? Number.NaN;
    const from = above ?? Number.NaN;
    const middle = to + (from - to) / 2;
    return middle < from ? middle : to;
  });
}

/** The next larger number: where the interval above a threshold begins, since intervals do not touch. */
function nextAbove(value: number): number {
  const number = Float64Array.of(value === 0 ? 0 : value);
  const bits = new BigInt64Array(number.buffer);
  bits[0] = (bits[0] as bigint) + (value < 0 ? -1n : 1n);
  return number[0] as number;
}

function assertAgreement({ intervals, phases }: Parameters): void {
  if (phases !== null && !Number.isInteger(phases)) {
    throw new UserError(
      'parameter/invalid',
      `The number of phases is ${phases}; it must be a whole number.`,
      { parameter: 'phases' },
    );
  }
  if (intervals !== null && phases !== null && intervals.length !== phases) {
    throw new UserError(
      'parameter/invalid',
      `There are ${intervals.length} grey intervals but ${phases} phases: leave one of the two automatic.`,
      { parameter: 'phases' },
    );
  }
}

function otsuIntervals(
  name: string,
  histogram: Histogram | null,
  phases: number,
): readonly GreyInterval[] {
  const found = histogram === null ? null : multiOtsu(histogram, phases);
  if (found === null) {
    throw new UserError(
      'volume/constant',
      `${name} has fewer different grey values than the ${phases} phases that are asked for: there is nothing to segment.`,
      { phases },
    );
  }
  return Array.from({ length: phases }, (_, i) => {
    const below = found.thresholds[i - 1];
    const from = below === undefined ? null : nextAbove(below);
    return { name: intervalName(i), from, to: found.thresholds[i] ?? null };
  });
}

async function settle(
  input: StreamedVolume,
  params: Parameters,
  { breathe }: { readonly breathe: () => Promise<void> },
): Promise<Parameters> {
  assertAgreement(params);
  if (params.intervals !== null) return params;
  const histogram = await finishPasses(input, thresholdHistogramPasses, breathe);
  return { intervals: otsuIntervals(input.name, histogram, params.phases ?? 2), phases: null };
}

function toPhase({ name }: GreyInterval, label: number): Phase {
  return { label, name, colour: phaseColour(label), pore: label === 0 };
}

function report(asked: Parameters, intervals: readonly GreyInterval[]) {
  const thresholds = thresholdsOf(intervals);
  const table: ResultTable = {
    id: 'thresholds',
    ...tables.thresholds,
    rows: intervals.map(({ name }, label) => ({
      label,
      phase: name,
      above: thresholds[label - 1] ?? null,
      upTo: thresholds[label] ?? null,
    })),
    notes: ['The darkest phase is marked as pore; name the phases to change that.'],
  };
  const notes = asked.intervals === null ? ["The thresholds were found by Otsu's method."] : [];
  return { tables: [table], notes };
}

export const operation = defineOperation({
  id: 'segment-threshold',
  version: 1,
  title: 'Thresholds',
  family: 'segment',
  summary:
    'Tells phases apart by thresholds: each voxel belongs to a phase by its grey value alone.',
  equation: 'L(v) = number of thresholds below I(v)',
  details:
    'Phase k holds the grey values above threshold k − 1 and up to threshold k. The thresholds lie half-way between the grey intervals; every voxel gets a label, k from 0 for the darkest. Automatic thresholds maximise the variance between the classes exactly (Otsu 1979; several: Liao, Chen & Chung 2001), over every level of 8- and 16-bit data and over 4096 bins between the 0.01 and 99.99 percentiles of all other data. Noise stays in the labels, and voxels at the boundary of two phases pass through the greys of a third one: denoise before, or take the marker watershed. NaN, infinite values and values beyond ±1e18 are refused. Time is one pass over the voxels, one to three more where thresholds are found; memory one byte a voxel.',
  methods: 'Phases were segmented by thresholds between grey intervals ({intervals})',
  citations: [
    {
      label: 'Otsu 1979',
      authors: 'Otsu, N.',
      year: 1979,
      title: 'A threshold selection method from gray-level histograms',
      venue: 'IEEE Transactions on Systems, Man, and Cybernetics 9, 62-66',
      doi: '10.1109/TSMC.1979.4310076',
    },
    {
      label: 'Liao, Chen & Chung 2001',
      authors: 'Liao, P.-S.; Chen, T.-S.; Chung, P.-C.',
      year: 2001,
      title: 'A fast algorithm for multilevel thresholding',
      venue: 'Journal of Information Science and Engineering 17, 713-727',
      doi: '10.6688/JISE.2001.17.5.1',
    },
  ],
  input: 'grey',
  output: 'labels',
  parameters,
  tables,

  reach: { kind: 'local', halo: () => 0, words: 'the thresholds, once they are known' },

  estimate({ size, type }) {
    const voxels = voxelCount(size);
    const copy = bytesPerVoxel(type) === 8 && type !== 'float64' ? 4 : 0;
    return { bytes: voxels * (1 + copy) + (1 << 20), work: 4 * voxels };
  },

  settle: (input, params, context) => settle(inMemory(input), params, context),

  streaming: {
    settle,
    report: (_input, params, _context, { intervals }) =>
      Promise.resolve(report(params, intervals ?? [])),
  },

  async run(input, params, context) {
    const { intervals } = await settle(inMemory(input), params, context);
    const found = intervals ?? [];
    const values = await greyValues(input, context.breathe);
    context.progress(0.5);
    const steps = thresholdSteps(values, thresholdsOf(found));
    const data = await finishBreathing(steps, context.breathe);
    context.progress(1);
    const phases = found.map(toPhase);
    const volume = createVolume({ ...input, kind: 'labels', data, phases });
    return { volume, ...report(params, found) };
  },

  examples: [
    {
      title: 'Noisy blocks, thresholds by Otsu’s method',
      input: noisyBlocks,
      params: {},
      voxelDigest: 'a85ac38292f393c07e9751bebdf0cf4c0a7076fa47251be84fc240c4c8635f56',
    },
    {
      title: 'Differences from the mean in three intervals with gaps',
      input: () => {
        const blocks = noisyBlocks();
        const data = Float32Array.from(blocks.data as Uint16Array, (grey) => (grey - 21_000) / 7);
        return createVolume({ ...blocks, data });
      },
      params: {
        intervals: [
          { name: 'pore', from: null, to: -1200 },
          { name: 'binder', from: -800, to: 800 },
          { name: 'active material', from: 1000, to: null },
        ],
      },
      voxelDigest: '70bafec4e516c1622d1371e254239872ae1b19df0861b9943e5e4cc3965cf3f3',
      tables: {
        thresholds: [
          { label: 0, phase: 'pore', above: null, upTo: -1000 },
          { label: 1, phase: 'binder', above: -1000, upTo: 900 },
          { label: 2, phase: 'active material', above: 900, upTo: null },
        ],
      },
      tolerance: 0,
    },
    {
      title: 'The same grey values, three phases by Otsu’s method',
      input: () => {
        const blocks = noisyBlocks();
        const data = Float32Array.from(blocks.data as Uint16Array, (grey) => (grey - 21_000) / 7);
        return createVolume({ ...blocks, data });
      },
      params: { phases: 3 },
      voxelDigest: '95be2b2f19f383ff957ec49fd5f505fba0fd458abd40714e453b2b211eec6172',
    },
  ],
});
