/** Names the phases of a label volume. */
import type { PhaseEntry } from '../../declaration/parameters.ts';
import {
  countLabels,
  countLabelsBreathing,
  countStreamedLabels,
  phasesFor,
} from '../../volume/labels.ts';
import { createVolume, type Volume, voxelCount } from '../../volume/volume.ts';
import { defineOperation, type OperationResult, type StreamedReport } from '../operation.ts';

/** The phases of the labels, and a note on each that no voxel has. */
function nameLabels(
  input: Pick<Volume, 'phases'>,
  listed: readonly PhaseEntry[],
  present: readonly number[],
): Required<Pick<StreamedReport, 'phases' | 'notes'>> {
  const absent = listed.filter((phase) => !present.includes(phase.label));
  const labels = [...present, ...absent.map((phase) => phase.label)].sort((a, b) => a - b);
  const phases = phasesFor(labels, [...input.phases, ...listed]);
  const notes = absent.map(
    (phase) => `No voxel has the label ${phase.label} (${phase.name}) that was named.`,
  );
  return { phases, notes };
}

function named(
  input: Volume,
  listed: readonly PhaseEntry[],
  present: readonly number[],
): OperationResult {
  const { phases, notes } = nameLabels(input, listed, present);
  return { volume: { ...input, kind: 'labels', phases }, notes };
}

const parameters = {
  phases: {
    kind: 'phases',
    title: 'Phases',
    help: 'Name, colour and pore flag of each label. Labels that are not listed keep the name they have.',
  },
} as const;

export const operation = defineOperation({
  id: 'label-phases',
  version: 1,
  title: 'Name phases',
  family: 'label',
  summary: 'Names the labels, gives them colours and says which of them are pore space.',
  equation: '',
  details:
    'The voxels stay as they are. A label that is present but not listed keeps its name, or is called “phase” and its number; a listed label that no voxel has is kept and noted. Only phases marked as pore count towards porosity: no label is taken for pore because it is 0. Time is one pass over the voxels, memory none.',
  methods: 'Labels were named {phases}',
  citations: [],
  input: 'labels',
  output: 'labels',
  parameters,
  tables: {},

  reach: { kind: 'local', halo: () => 0, words: '' },
  keepsVoxels: true,
  streaming: {
    async report(input, { phases }, context) {
      const { labels } = await countStreamedLabels(input, context.breathe);
      context.progress(1);
      return nameLabels(input, phases, labels);
    },
  },
  estimate: (input) => ({ bytes: 1 << 16, work: voxelCount(input.size) }),
  outputShape: () => ({ kind: 'labels' }),

  async run(input, { phases }, context) {
    const { labels } = await countLabelsBreathing(input, context.breathe);
    context.progress(1);
    return named(input, phases, labels);
  },

  reference: (input, { phases }) => named(input, phases, countLabels(input).labels),

  examples: [
    {
      title: 'Three labels, two of them named',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'labels',
          size: [3, 2, 2],
          data: Uint8Array.of(0, 0, 1, 2, 2, 2, 1, 0, 0, 1, 1, 2),
        }),
      params: {
        phases: [
          { label: 0, name: 'pore', colour: '#0072b2', pore: true },
          { label: 2, name: 'active material', colour: '#009e73', pore: false },
        ],
      },
      voxelDigest: 'f95e22585b02b58bc50b913b4175c00fc7bb0884a1c8b564a7eee77c3a8b381e',
    },
  ],
});
