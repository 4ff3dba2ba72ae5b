/** Volume fractions of all phases, and the porosity. */
import type { Column, ResultTable } from '../../declaration/results.ts';
import {
  countLabels,
  countLabelsBreathing,
  type LabelCensus,
  phasesFor,
} from '../../volume/labels.ts';
import { createVolume, type Phase, type Volume, voxelCount } from '../../volume/volume.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';

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

const tables = {
  fractions: { title: 'Volume fractions', columns: fractionColumns },
  porosity: { title: 'Porosity', columns: porosityColumns },
} as const;

interface CountedPhase {
  readonly phase: Phase;
  readonly voxels: number;
}

/** Phases that are present or named, by label. */
function countPhases(input: Volume, census: LabelCensus): readonly CountedPhase[] {
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

function measure(input: Volume, census: LabelCensus): OperationResult {
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
  return { tables: [fractions, porosityTable(counted, total)] };
}

export const operation = defineOperation({
  id: 'measure-volume-fraction',
  version: 1,
  title: 'Volume fractions',
  family: 'measure',
  summary: 'Counts the voxels of each phase: volume fractions and total porosity.',
  equation: 'εᵢ = Nᵢ / N;  φ = Σ εᵢ over the phases marked as pore',
  details:
    'Every voxel counts as a whole, at the border too, so the fractions add up to 1. Porosity is the total one: closed pores count; the percolating share of each phase is a measurement of its own. Where no phase is marked as pore the porosity is not defined, whatever the labels are. A label volume may hold up to 256 labels of any whole-number type. Time is one pass over the voxels, memory none.',
  methods: 'Volume fractions were obtained by counting voxels',
  citations: [],
  input: 'labels',
  output: 'none',
  parameters: {},
  tables,

  reach: WHOLE_VOLUME,

  estimate: (input) => ({ bytes: 1 << 16, work: voxelCount(input.size) }),

  async run(input, _params, context) {
    const census = await countLabelsBreathing(input, context.breathe);
    context.progress(1);
    return measure(input, census);
  },

  reference: (input) => measure(input, countLabels(input)),

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
  ],
});
