/** Local thickness: the largest ball inside a phase that covers a voxel. */
import type { Column } from '../../declaration/results.ts';
import { isCubic, lengthsOf, squaredDistances } from '../../kernels/distance.ts';
import { coveringSquares } from '../../kernels/local-thickness.ts';
import { countByLabel, ValueCounts } from '../../kernels/value-counts.ts';
import { labelsOf, labelsOfBreathing } from '../../volume/labels.ts';
import { createVolume, type Volume, voxelCount } from '../../volume/volume.ts';
import { copyLengths, countBytes, countLengths } from '../../wasm/distance.ts';
import { coverWithBalls, thicknessBytes, thicknessListBytes } from '../../wasm/local-thickness.ts';
import { layeredSpheres } from '../example-phases.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';
import {
  binsParameter,
  distanceParameters,
  distributionRows,
  distributionTable,
  lengthUnit,
  type PhaseDistances,
  phaseColumns,
  lengthsIn,
  preparePhases,
  rowsByPhase,
  summarise,
  unitColumn,
} from '../phase-distances.ts';

const parameters = {
  ...distanceParameters,
  bins: binsParameter('diameter'),
} as const;

function lengthColumns(of: 'Diameter' | 'Radius', symbol: string): readonly Column[] {
  const word = of.toLowerCase();
  const column = (id: string, title: string, help: string): Column => ({
    id: `${id}${of}`,
    title,
    symbol: id === 'mean' ? symbol : '',
    unit: '',
    help,
  });
  return [
    column('mean', `Mean ${word}`, `Mean over the phase’s voxels of the ${word} of their ball.`),
    column('p10', `10 % ${word}`, `A tenth of the phase’s volume has a smaller ${word}.`),
    column('p50', `Median ${word}`, `Half of the phase’s volume has a smaller ${word}.`),
    column('p90', `90 % ${word}`, `A tenth of the phase’s volume has a larger ${word}.`),
    column('max', `Largest ${word}`, `The ${word} of the largest ball in the phase.`),
  ];
}

const thicknessColumns: readonly Column[] = [
  ...phaseColumns,
  { id: 'voxels', title: 'Voxels', symbol: 'N', unit: '', help: 'Voxels of the phase.' },
  ...lengthColumns('Diameter', 'D'),
  ...lengthColumns('Radius', 'R'),
  unitColumn,
];

const tables = {
  thickness: { title: 'Local thickness', columns: thicknessColumns },
  distribution: distributionTable('Size distribution by volume', 'Diameter', 'D'),
} as const;

function report(
  input: Volume,
  { selection, options }: PhaseDistances,
  bins: number,
  data: Float32Array,
  counts: readonly (ValueCounts | undefined)[],
): OperationResult {
  const unit = lengthUnit(input);
  const thickness = rowsByPhase(selection, counts, (phase, counted) => {
    const { mean, p10, p50, p90, max } = summarise(counted, options.unit);
    return {
      ...phase,
      voxels: counted.total,
      meanDiameter: 2 * mean,
      p10Diameter: 2 * p10,
      p50Diameter: 2 * p50,
      p90Diameter: 2 * p90,
      maxDiameter: 2 * max,
      meanRadius: mean,
      p10Radius: p10,
      p50Radius: p50,
      p90Radius: p90,
      maxRadius: max,
      unit,
    };
  });
  const largest = Math.max(...thickness.map((row) => row.maxDiameter));
  const lengths = { perUnit: 2 * options.unit, largest, bins };
  return {
    volume: createVolume({ ...input, kind: 'grey', phases: [], data }),
    tables: [
      {
        id: 'thickness',
        ...tables.thickness,
        rows: thickness,
        notes: [
          'Radii run from a voxel’s centre to the nearest centre of another phase: a flat layer of n voxels has the diameter n where n is even and n + 1 where it is odd.',
          'Weighted by volume: every voxel counts once, with the ball that covers it.',
        ],
      },
      {
        id: 'distribution',
        ...tables.distribution,
        rows: distributionRows(selection, counts, lengths, unit),
        notes: [],
      },
    ],
    notes: [
      unit === 'voxels'
        ? 'The grey values are diameters in voxels; the voxel size is unknown and voxels are taken for cubes.'
        : `The grey values are diameters in ${unit}.`,
    ],
  };
}

export const operation = defineOperation({
  id: 'measure-local-thickness',
  version: 1,
  title: 'Local thickness',
  family: 'measure',
  summary: 'Diameter of the largest ball inside the phase that covers each voxel, exactly.',
  equation:
    'D(p) = 2 · max { R(q) : |p − q| < R(q) },  R(q) = min { |q − s| : label(s) ≠ label(q) }',
  details:
    'The continuous size distribution of every phase at once, pores and solids alike. Exact: every voxel is a centre, every radius counts, without bins, and squared distances are whole numbers throughout (see the distance map for other than cubic voxels). The map holds diameters; the table states diameters and radii, since programs differ in which they mean. Radii run from voxel centre to voxel centre, so that a ball reaches half a voxel farther than the phase’s surface. Border: open, the default, lets the phase go on beyond the volume, so that balls at the border may be larger than in the whole sample; as a wall, the first voxel outside counts as another phase. This is not porosimetry: a wide pore behind a narrow throat counts with its own width. Balls inside a neighbour’s ball are left out, the others painted largest first, each voxel once. Time is roughly proportional to N times the typical radius, 9.2 bytes a voxel of working memory for cubic voxels, 17.2 else. Percentiles are over voxels, between the two nearest ranks, linearly.',
  methods:
    'The exact local thickness (diameter of the largest inscribed ball covering each voxel) was computed (border: {border})',
  citations: [
    {
      label: 'Hildebrand & Rüegsegger 1997',
      authors: 'Hildebrand, T.; Rüegsegger, P.',
      year: 1997,
      title:
        'A new method for the model-independent assessment of thickness in three-dimensional images',
      venue: 'Journal of Microscopy 185, 67–75',
      doi: '10.1046/j.1365-2818.1997.1340694.x',
    },
    {
      label: 'Münch & Holzer 2008',
      authors: 'Münch, B.; Holzer, L.',
      year: 2008,
      title:
        'Contradicting geometrical concepts in pore size analysis attained with electron microscopy and mercury intrusion',
      venue: 'Journal of the American Ceramic Society 91, 4059–4067',
      doi: '10.1111/j.1551-2916.2008.02736.x',
    },
    {
      label: 'Remy & Thiel 2005',
      authors: 'Remy, E.; Thiel, E.',
      year: 2005,
      title: 'Exact medial axis with Euclidean distance',
      venue: 'Image and Vision Computing 23, 167–175',
      doi: '10.1016/j.imavis.2004.06.007',
    },
  ],
  input: 'labels',
  output: 'grey',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input) {
    const voxels = voxelCount(input.size);
    const arenaBytes = thicknessBytes(input.size, isCubic(lengthsIn(input))) + countBytes();
    return {
      bytes: arenaBytes + thicknessListBytes(input.size) + voxels * 6 + (1 << 20),
      arenaBytes,
      work: 100 * voxels,
    };
  },

  quantity: (input) => ({
    symbol: 'thickness',
    title: 'thickness',
    unit: lengthUnit(input),
    outside: 0,
  }),

  async run(input, params, context) {
    const prepared = preparePhases(input, await labelsOfBreathing(input, context.breathe), params);
    const { selection, options } = prepared;
    const bytes = thicknessBytes(input.size, isCubic(options)) + countBytes();
    return context.withKernels(bytes, async (session) => {
      const voxels = voxelCount(input.size);
      const field = await coverWithBalls(session, selection.indices, input.size, options);
      const { phases, outside } = selection;
      const counts = await countLengths(session, field, voxels, phases.length, outside);
      const data = await copyLengths(session, field, voxels, 2 * options.unit);
      return report(input, prepared, params.bins, data, counts);
    });
  },

  reference(input, params) {
    const prepared = preparePhases(input, labelsOf(input), params);
    const { selection, options } = prepared;
    const squared = squaredDistances(selection.indices, input.size, options);
    const covered = coveringSquares(squared, input.size, options.weights);
    const counts = selection.phases.map((phase) =>
      phase === undefined ? undefined : new ValueCounts(),
    );
    countByLabel(covered, selection.indices, counts);
    return report(input, prepared, params.bins, lengthsOf(covered, 2 * options.unit), counts);
  },

  examples: [
    {
      title: 'Spheres between two layers, every phase',
      input: layeredSpheres,
      params: { bins: 4 },
      voxelDigest: 'd8d25343853e89edaaa755914ba703a11449e0d9466b3255dfa9158c39e9be9c',
      tables: {
        thickness: [
          { label: 0, meanDiameter: 14.746930713459566, p90Diameter: 24, maxRadius: 12 },
          { label: 1, meanDiameter: 9.071324030327256, p90Diameter: 12, maxRadius: 6 },
          { label: 2, meanDiameter: 15.80523306303984, p90Diameter: 20, maxRadius: 10 },
        ],
        distribution: [
          [0, 0, 277],
          [0, 6, 2311],
          [0, 12, 2762],
          [0, 18, 2183],
          [1, 0, 228],
          [1, 6, 2814],
          [1, 12, 395],
          [1, 18, 0],
          [2, 0, 412],
          [2, 6, 1274],
          [2, 12, 603],
          [2, 18, 3901],
        ].map(([label, from, voxels]) => ({ label, from, voxels }) as Record<string, number>),
      },
      tolerance: 1e-15,
    },
    {
      title: 'Flat voxels, one phase, border as a wall',
      input: () =>
        createVolume({ ...layeredSpheres(), spacing: { values: [0.4, 0.4, 0.5], unit: 'µm' } }),
      params: { labels: [0], border: 'wall', bins: 3 },
      voxelDigest: '6aea8cd40b4ae2e1115993034b19f1a881704a76efa8fe9a5d8fa193ef8230db',
      tables: {
        thickness: [
          { label: 0, meanDiameter: 3.771578676403082, p10Radius: 1, maxRadius: 2.8, unit: 'µm' },
        ],
      },
      tolerance: 1e-15,
    },
  ],
});
