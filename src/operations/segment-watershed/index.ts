/** Marker watershed seeded from grey intervals: from a filtered grey volume to phases. */
import type { GreyInterval, ParameterValues } from '../../declaration/parameters.ts';
import type { Column, ResultTable } from '../../declaration/results.ts';
import { gradientMagnitude as gradientReference } from '../../kernels/gradient.ts';
import type { GreyArray } from '../../kernels/histogram.ts';
import { finish, finishBreathing, type Steps } from '../../kernels/steps.ts';
import { watershed as watershedReference } from '../../kernels/watershed.ts';
import { phaseColour } from '../../volume/labels.ts';
import { relativeSpacing } from '../../volume/length.ts';
import {
  createVolume,
  numericSteps,
  type Phase,
  toFloat32,
  type Volume,
  voxelCount,
} from '../../volume/volume.ts';
import { gradientBytes, gradientMagnitude } from '../../wasm/gradient.ts';
import { sessionPart } from '../../wasm/session-part.ts';
import { watershed, watershedBytes } from '../../wasm/watershed.ts';
import { defineOperation, type OperationResult } from '../operation.ts';
import { nestedSpheres } from './example.ts';
import {
  type ChosenIntervals,
  checkGrey,
  chooseIntervals,
  MAX_PHASES,
  markSeeds,
  type Seeds,
} from './seeds.ts';

const columns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the interval.' },
  { id: 'from', title: 'From', symbol: '', unit: 'grey', help: 'Lower end; empty = open.' },
  { id: 'to', title: 'To', symbol: '', unit: 'grey', help: 'Upper end; empty = open.' },
  { id: 'seedVoxels', title: 'Seeds', symbol: '', unit: '', help: 'Voxels in the interval.' },
  {
    id: 'seedCoverage',
    title: 'Seed coverage',
    symbol: '',
    unit: '',
    help: 'Seeds divided by all voxels. What no interval holds is decided by the flood.',
  },
  {
    id: 'floodedFraction',
    title: 'Flooded',
    symbol: '',
    unit: '',
    help: 'Share of the phase that the flood added to the seeds.',
  },
  {
    id: 'volumeFraction',
    title: 'Volume fraction',
    symbol: 'ε',
    unit: '',
    help: 'Voxels of the phase divided by all voxels.',
  },
];

const tables = { regions: { title: 'Watershed regions', columns } } as const;

const parameters = {
  intervals: {
    kind: 'intervals',
    title: 'Grey intervals',
    help: 'One interval per phase, from dark to bright: voxels inside are seeds, voxels between intervals are flooded. Keep the flanks of the peaks out of them.',
    minCount: 2,
    maxCount: MAX_PHASES,
    countedBy: 'phases',
    auto: 'Around the peaks of the histogram, 35 % of the gap to the next peak; the outermost ends are open.',
  },
  phases: {
    kind: 'auto-number',
    title: 'Number of phases',
    help: 'How many intervals to look for. With fewer peaks than that the class means of Otsu’s method are taken instead.',
    unit: '',
    min: 2,
    max: MAX_PHASES,
    step: 1,
    auto: 'As many as the histogram has peaks.',
  },
  gradientSigma: {
    kind: 'number',
    title: 'Gradient sigma',
    help: 'Width of the gaussian in whose gradient the boundaries are sought. Wider is steadier in noise, narrower keeps thin layers.',
    unit: 'voxels',
    min: 0.3,
    max: 10,
    step: 0.1,
    default: 1,
  },
} as const;

type Parameters = ParameterValues<typeof parameters>;

interface Plan extends ChosenIntervals, Seeds {}

function* chooseSteps(
  { name, size }: Volume,
  data: GreyArray,
  { intervals, phases }: Parameters,
): Steps<ChosenIntervals> {
  const grey = { name, size, data };
  yield* checkGrey(grey);
  return yield* chooseIntervals(grey, intervals, phases);
}

function* planSteps(input: Volume, data: GreyArray, params: Parameters): Steps<Plan> {
  const chosen = yield* chooseSteps(input, data, params);
  const seeds = yield* markSeeds({ name: input.name, size: input.size, data }, chosen.intervals);
  return { ...chosen, ...seeds };
}

function toPhase({ name }: GreyInterval, label: number): Phase {
  return { label, name, colour: phaseColour(label), pore: label === 0 };
}

/** Turns flood labels 1 … n into 0 … n - 1 in place, and reports on them. */
function* resultSteps(
  input: Volume,
  labels: Uint8Array<ArrayBuffer>,
  plan: Plan,
): Steps<OperationResult> {
  const { intervals, counts } = plan;
  const voxels = new Float64Array(intervals.length);
  const chunk = 1 << 20;
  for (let start = 0; start < labels.length; start += chunk) {
    const end = Math.min(labels.length, start + chunk);
    for (let i = start; i < end; i++) {
      const label = (labels[i] as number) - 1;
      labels[i] = label;
      voxels[label] = (voxels[label] as number) + 1;
    }
    yield;
  }
  const seeded = counts.reduce((a, b) => a + b, 0);
  const regions: ResultTable = {
    id: 'regions',
    ...tables.regions,
    rows: intervals.map(({ name, from, to }, label) => {
      const size = voxels[label] as number;
      const seeds = counts[label] as number;
      return {
        label,
        phase: name,
        from,
        to,
        seedVoxels: seeds,
        seedCoverage: seeds / labels.length,
        floodedFraction: (size - seeds) / size,
        volumeFraction: size / labels.length,
      };
    }),
    notes: [
      `${shownPercent(seeded / labels.length)} of the voxels were seeds, ${shownPercent(1 - seeded / labels.length)} were flooded.`,
      'The darkest interval is marked as pore; name the phases to change that.',
    ],
  };
  const volume = createVolume({
    ...input,
    kind: 'labels',
    data: labels,
    phases: intervals.map(toPhase),
  });
  return { volume, tables: [regions], notes: plan.note === null ? [] : [plan.note] };
}

function shownPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

export const operation = defineOperation({
  id: 'segment-watershed',
  version: 1,
  title: 'Marker watershed',
  family: 'segment',
  summary: 'Seeds each phase from its grey interval and floods the rest along the gradient.',
  equation:
    'L(v) = label of the seed from which v is reached at the lowest level of |∇(Gσ ∗ I)|, by flooding in the order (level, age)',
  details:
    'Voxels whose grey value lies in an interval (ends included) are seeds of its phase. All others are flooded from the seeds by priority on the magnitude of the gaussian-derivative gradient of the input (replicated border, divided by the voxel size): 6 neighbours; the level of a voxel is the larger of its own gradient and that of the voxel it is reached from; equal levels leave the queue in the order in which they entered, seeds in raster order z, y, x, neighbours in the order −z, −y, −x, +x, +y, +z. Every voxel gets a label: there is no watershed line, which would take 15 to 25 % of the voxels from the fractions. Label k is interval k, from 0. Gradients are compared as exact float32 values. The flood is serial: O(N) on one thread, about 10 bytes per voxel.',
  methods:
    'Phases were segmented by a marker-controlled watershed without watershed lines (6-connected flooding of the gradient magnitude, gaussian derivative with σ = {gradientSigma}) seeded from grey intervals ({intervals})',
  citations: [
    {
      label: 'Beucher & Meyer 1993',
      authors: 'Beucher, S.; Meyer, F.',
      year: 1993,
      title: 'The morphological approach to segmentation: the watershed transformation',
      venue: 'Mathematical Morphology in Image Processing, 433-481, Marcel Dekker',
    },
    {
      label: 'Meyer 1994',
      authors: 'Meyer, F.',
      year: 1994,
      title: 'Topographic distance and watershed lines',
      venue: 'Signal Processing 38, 113-125',
      doi: '10.1016/0165-1684(94)90060-4',
    },
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

  reach: { kind: 'whole', fromSlices: true },

  estimate(input, { gradientSigma }) {
    const voxels = voxelCount(input.size);
    const copy = input.type === 'int64' || input.type === 'uint64' ? 4 : 0;
    // Markers 1, gradient 4 and labels 1 byte per voxel lie outside the arena.
    const arenaBytes = Math.max(
      gradientBytes(input.size, { sigma: gradientSigma }),
      watershedBytes(input.size) + voxels,
    );
    return { bytes: voxels * (5 + copy) + arenaBytes + (1 << 20), arenaBytes, work: 40 * voxels };
  },

  async settle(input, params, { breathe }) {
    if (params.intervals !== null) return params;
    const data = await finishBreathing(numericSteps(input.data), breathe);
    const { intervals } = await finishBreathing(chooseSteps(input, data, params), breathe);
    return { ...params, intervals, phases: null };
  },

  async run(input, params, context) {
    const data = await finishBreathing(numericSteps(input.data), () => context.breathe());
    const plan = await finishBreathing(planSteps(input, data, params), () => context.breathe());
    context.progress(0.1);
    const gradientOptions = {
      sigma: params.gradientSigma,
      spacing: relativeSpacing(input.spacing),
    };
    const gradient = await context.withKernels(
      gradientBytes(input.size, gradientOptions),
      (session) =>
        gradientMagnitude(sessionPart(session, 0.1, 0.5), data, input.size, gradientOptions),
    );
    const labels = await context.withKernels(watershedBytes(input.size), (session) =>
      watershed(sessionPart(session, 0.5, 1), gradient, plan.markers, input.size),
    );
    return finishBreathing(resultSteps(input, labels, plan), () => context.breathe());
  },

  reference(input, params) {
    const data = finish(numericSteps(input.data));
    const plan = finish(planSteps(input, data, params));
    const gradient = gradientReference(toFloat32(data), input.size, {
      sigma: params.gradientSigma,
      spacing: relativeSpacing(input.spacing),
    });
    const labels = watershedReference(gradient, plan.markers, input.size);
    return finish(resultSteps(input, labels, plan));
  },

  examples: [
    {
      title: 'Nested spheres, intervals given',
      input: nestedSpheres,
      params: {
        intervals: [
          { name: 'pore', from: null, to: 0.22 },
          { name: 'shell', from: 0.33, to: 0.6 },
          { name: 'core', from: 0.85, to: null },
        ],
      },
      voxelDigest: '41a72a2bced14f68d76ccd9d977f4b5e9bf824c91d733014cb8b0bea6a393f58',
      tables: {
        regions: [
          {
            label: 0,
            phase: 'pore',
            from: null,
            to: 0.22,
            seedVoxels: 15887,
            seedCoverage: 15887 / 21504,
            floodedFraction: 719 / 16606,
            volumeFraction: 16606 / 21504,
          },
          {
            label: 1,
            phase: 'shell',
            from: 0.33,
            to: 0.6,
            seedVoxels: 3479,
            seedCoverage: 3479 / 21504,
            floodedFraction: 497 / 3976,
            volumeFraction: 3976 / 21504,
          },
          {
            label: 2,
            phase: 'core',
            from: 0.85,
            to: null,
            seedVoxels: 873,
            seedCoverage: 873 / 21504,
            floodedFraction: 49 / 922,
            volumeFraction: 922 / 21504,
          },
        ],
      },
      tolerance: 1e-15,
    },
    {
      title: 'Nested spheres, intervals from the peaks of the histogram',
      input: nestedSpheres,
      params: {},
      voxelDigest: '946348097f09225df6522471fabfabfd5986f5c5c0309701d70b3475e7ce06ba',
    },
  ],
});
