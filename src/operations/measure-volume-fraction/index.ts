/** Volume fractions of all phases, of each slice where that is asked for, and the porosity. */
import type { ParameterFields } from '../../declaration/parameters.ts';
import type { Column, ResultTable } from '../../declaration/results.ts';
import { finish, finishBreathing, type Steps } from '../../kernels/steps.ts';
import {
  countLabels,
  countStreamedLabels,
  indexStepsWith,
  type LabelCensus,
  type LabelIndex,
  labelsOf,
  phasesFor,
} from '../../volume/labels.ts';
import { inMemory, type StreamedVolume, type VolumeDescription } from '../../volume/streamed.ts';
import { createVolume, type Phase, type Size3, voxelCount } from '../../volume/volume.ts';
import { defineOperation, type OperationContext, WHOLE_VOLUME } from '../operation.ts';

const fractionColumns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
  { id: 'pore', title: 'Pore', symbol: '', unit: '', help: 'Counts towards porosity.' },
  { id: 'voxels', title: 'Voxels', symbol: 'N', unit: '', help: 'Voxels with this label.' },
  {
    id: 'volumeFraction',
    title: 'Volume fraction',
    symbol: 'ε',
    unit: '',
    help: 'Voxels of the phase divided by all voxels.',
  },
];

const porosityColumns: readonly Column[] = [
  {
    id: 'porosity',
    title: 'Porosity',
    symbol: 'φ',
    unit: '',
    help: 'Sum of the volume fractions of all phases marked as pore, whether they connect or not.',
  },
  { id: 'phases', title: 'Pore phases', symbol: '', unit: '', help: 'Phases that were summed.' },
  { id: 'poreVoxels', title: 'Pore voxels', symbol: '', unit: '', help: 'Voxels of these phases.' },
  { id: 'voxels', title: 'All voxels', symbol: '', unit: '', help: 'Voxels of the volume.' },
];

const sliceColumns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
  {
    id: 'direction',
    title: 'Direction',
    symbol: '',
    unit: '',
    help: 'Axis that the slices lie across.',
  },
  {
    id: 'slice',
    title: 'Slice',
    symbol: 'k',
    unit: '',
    help: 'Index of the slice along the axis, from 0.',
  },
  {
    id: 'position',
    title: 'Position',
    symbol: '',
    unit: '',
    help: 'Distance of the slice’s voxel centres from the face where the axis begins.',
  },
  {
    id: 'unit',
    title: 'Unit',
    symbol: '',
    unit: '',
    help: 'Unit of the position: that of the voxel size, or voxels where it is unknown.',
  },
  {
    id: 'voxels',
    title: 'Voxels',
    symbol: 'N_k',
    unit: '',
    help: 'Voxels of the slice with this label.',
  },
  {
    id: 'volumeFraction',
    title: 'Volume fraction',
    symbol: 'ε_k',
    unit: '',
    help: 'These voxels divided by all voxels of the slice.',
  },
];

const tables = {
  fractions: { title: 'Volume fractions', columns: fractionColumns },
  porosity: { title: 'Porosity', columns: porosityColumns },
  slices: {
    title: 'Volume fractions by slice',
    columns: sliceColumns,
    optional: true,
    plots: [
      {
        id: 'slices',
        title: 'Volume fractions along the axes',
        kind: 'line',
        x: { column: 'position', unit: 'unit' },
        y: { column: 'volumeFraction', title: 'Volume fraction of the slice' },
        series: 'phase',
        panels: 'direction',
      },
    ],
  },
} as const;

const parameters = {
  slices: {
    kind: 'boolean',
    title: 'Fractions by slice',
    help: 'Adds the fraction of each phase in every slice along x, y and z: how even the volume is. The other numbers do not depend on it.',
    default: false,
  },
} as const satisfies ParameterFields;

const AXES = ['x', 'y', 'z'] as const;

/** Per axis, voxels by slice and label: `counts[slice * labels + index]`. */
type SliceCounts = readonly [x: Uint32Array, y: Uint32Array, z: Uint32Array];

function noCounts([nx, ny, nz]: Size3, kinds: number): SliceCounts {
  return [new Uint32Array(nx * kinds), new Uint32Array(ny * kinds), new Uint32Array(nz * kinds)];
}

/** Adds slices, the first of which is slice `first` of the volume. */
function* sliceSteps(
  { indices, labels }: LabelIndex,
  [nx, ny, nz]: Size3,
  first: number,
  [alongX, alongY, alongZ]: SliceCounts,
): Steps<void> {
  const kinds = labels.length;
  const inRow = new Uint32Array(kinds);
  const rowsAtOnce = Math.ceil((1 << 20) / nx);
  let voxel = 0;
  for (let z = first; z < first + nz; z++) {
    for (let y = 0; y < ny; y++) {
      inRow.fill(0);
      for (let at = 0; at < alongX.length; at += kinds) {
        const index = indices[voxel] as number;
        (alongX[at + index] as number)++;
        (inRow[index] as number)++;
        voxel++;
      }
      for (let index = 0; index < kinds; index++) {
        const voxels = inRow[index] as number;
        alongY[y * kinds + index] = (alongY[y * kinds + index] as number) + voxels;
        alongZ[z * kinds + index] = (alongZ[z * kinds + index] as number) + voxels;
      }
      if (y % rowsAtOnce === rowsAtOnce - 1) yield;
    }
    yield;
  }
}

function slicesTable(
  input: VolumeDescription,
  phases: readonly Phase[],
  counts: SliceCounts,
): ResultTable {
  const { size, spacing } = input;
  const total = voxelCount(size);
  return {
    id: 'slices',
    ...tables.slices,
    rows: phases.flatMap(({ label, name }, index) =>
      AXES.flatMap((direction, axis) => {
        const slices = size[axis] as number;
        const edge = spacing?.values[axis] ?? 1;
        const inSlice = total / slices;
        return Array.from({ length: slices }, (_, slice) => {
          const voxels = (counts[axis] as Uint32Array)[slice * phases.length + index] as number;
          return {
            label,
            phase: name,
            direction,
            slice,
            position: (slice + 0.5) * edge,
            unit: spacing?.unit ?? 'voxels',
            voxels,
            volumeFraction: voxels / inSlice,
          };
        });
      }),
    ),
    notes: [],
  };
}

interface CountedPhase {
  readonly phase: Phase;
  readonly voxels: number;
}

/** Phases that are present or named, by label. */
function countPhases(input: VolumeDescription, census: LabelCensus): readonly CountedPhase[] {
  const counts = new Map(input.phases.map((phase) => [phase.label, 0]));
  census.labels.forEach((label, i) => counts.set(label, census.counts[i] as number));
  const labels = [...counts.keys()].sort((a, b) => a - b);
  return phasesFor(labels, input.phases).map((phase) => ({
    phase,
    voxels: counts.get(phase.label) as number,
  }));
}

function porosityTable(counted: readonly CountedPhase[], total: number): ResultTable {
  const pores = counted.filter(({ phase }) => phase.pore);
  const poreVoxels = pores.reduce((sum, { voxels }) => sum + voxels, 0);
  const defined = pores.length > 0;
  return {
    id: 'porosity',
    ...tables.porosity,
    rows: [
      {
        porosity: defined ? poreVoxels / total : null,
        phases: defined ? pores.map(({ phase }) => phase.name).join(', ') : null,
        poreVoxels: defined ? poreVoxels : null,
        voxels: total,
      },
    ],
    notes: defined
      ? ['Total porosity: closed pores are counted.']
      : ['Porosity is not defined until a phase is marked as pore.'],
  };
}

function measure(
  input: VolumeDescription,
  census: LabelCensus,
  slices: ResultTable | null = null,
): { readonly tables: readonly ResultTable[] } {
  const total = voxelCount(input.size);
  const counted = countPhases(input, census);
  const fractions: ResultTable = {
    id: 'fractions',
    ...tables.fractions,
    rows: counted.map(({ phase, voxels }) => ({
      label: phase.label,
      phase: phase.name,
      pore: phase.pore,
      voxels,
      volumeFraction: voxels / total,
    })),
    notes: [],
  };
  const whole = [fractions, porosityTable(counted, total)];
  return { tables: slices === null ? whole : [...whole, slices] };
}

/** One pass over the voxels; a second one by slice. */
async function measureStreamed(
  input: StreamedVolume,
  { slices }: { readonly slices: boolean },
  { breathe, progress }: OperationContext,
): Promise<ReturnType<typeof measure>> {
  const census = await countStreamedLabels(input, breathe);
  if (!slices) {
    progress(1);
    return measure(input, census);
  }
  const [, , nz] = input.size;
  const counts = noCounts(input.size, census.labels.length);
  for await (const { first, volume } of input.layers()) {
    const index = await finishBreathing(indexStepsWith(volume, census), breathe);
    await finishBreathing(sliceSteps(index, volume.size, first, counts), breathe);
    progress(0.5 + (0.5 * (first + volume.size[2])) / nz);
  }
  return measure(input, census, slicesTable(input, phasesFor(census.labels, input.phases), counts));
}

export const operation = defineOperation({
  id: 'measure-volume-fraction',
  version: 1,
  title: 'Volume fractions',
  family: 'measure',
  summary: 'Counts the voxels of each phase: volume fractions and total porosity.',
  equation: 'εᵢ = Nᵢ / N;  φ = Σ εᵢ over the phases marked as pore',
  details:
    'Every voxel counts as a whole, at the border too, so the fractions add up to 1. Porosity is the total one: closed pores count; the percolating share of each phase is a measurement of its own. Where no phase is marked as pore the porosity is not defined, whatever the labels are. A label volume may hold up to 256 labels of any whole-number type. The fractions by slice, where they are asked for, have the same convention slice by slice: their mean along any axis is the volume fraction. Time is one pass over the voxels and memory none; by slice it is three passes and a byte a voxel.',
  methods: 'Volume fractions were obtained by counting voxels',
  citations: [],
  input: 'labels',
  output: 'none',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input, { slices }) {
    const voxels = voxelCount(input.size);
    if (!slices) return { bytes: 1 << 16, work: voxels };
    const edges = input.size[0] + input.size[1] + input.size[2];
    // Label indices, and up to 256 rows for each slice.
    return { bytes: (1 << 16) + voxels + edges * 256 * 300, work: 4 * voxels };
  },

  run: (input, params, context) => measureStreamed(inMemory(input), params, context),

  streaming: { report: measureStreamed },

  reference(input, { slices }) {
    if (!slices) return measure(input, countLabels(input));
    const index = labelsOf(input);
    const counts = noCounts(input.size, index.labels.length);
    finish(sliceSteps(index, input.size, 0, counts));
    return measure(input, index, slicesTable(input, index.phases, counts));
  },

  examples: [
    {
      title: 'A quarter of pore in a layered volume',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'layers',
          size: [4, 4, 8],
          data: Uint8Array.from({ length: 128 }, (_, i) => (i < 32 ? 0 : i < 80 ? 1 : 2)),
          phases: [{ label: 0, name: 'pore', colour: '#0072b2', pore: true }],
        }),
      params: {},
      voxelDigest: null,
      tables: {
        fractions: [
          { label: 0, phase: 'pore', pore: true, voxels: 32, volumeFraction: 0.25 },
          { label: 1, phase: 'phase 1', pore: false, voxels: 48, volumeFraction: 0.375 },
          { label: 2, phase: 'phase 2', pore: false, voxels: 48, volumeFraction: 0.375 },
        ],
        porosity: [{ porosity: 0.25, phases: 'pore', poreVoxels: 32, voxels: 128 }],
      },
      tolerance: 0,
    },
    {
      title: 'Slice by slice, with a voxel size',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'steps',
          size: [2, 1, 3],
          data: Uint8Array.of(0, 0, 0, 1, 1, 1),
          spacing: { values: [0.5, 0.5, 2], unit: 'µm' },
        }),
      params: { slices: true },
      voxelDigest: null,
      tables: {
        slices: [
          ['x', 0.25, 2 / 3],
          ['x', 0.75, 1 / 3],
          ['y', 0.25, 0.5],
          ['z', 1, 1],
          ['z', 3, 0.5],
          ['z', 5, 0],
          ['x', 0.25, 1 / 3],
          ['x', 0.75, 2 / 3],
          ['y', 0.25, 0.5],
          ['z', 1, 0],
          ['z', 3, 0.5],
          ['z', 5, 1],
        ].map(
          ([direction, position, volumeFraction]) =>
            ({ direction, position, volumeFraction }) as Record<string, string | number>,
        ),
      },
      tolerance: 0,
    },
  ],
});
