/** Corrects labels by hand: strokes, outlines, fills and interpolated voxels, in their order. */
import { MAX_EDIT_TEXT, MAX_EDITS, type LabelEdit } from '../../declaration/edits.ts';
import type { Column, ResultTable } from '../../declaration/results.ts';
import { finish, finishBreathing, type Steps } from '../../kernels/steps.ts';
import { applyEdit, wholeGrid } from '../../volume/label-edits.ts';
import { phasesFor } from '../../volume/labels.ts';
import {
  allocateVoxels,
  bytesPerVoxel,
  createVolume,
  type Volume,
  type VoxelArray,
  voxelCount,
} from '../../volume/volume.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';

/** Voxels copied or compared between two pauses. */
const VOXELS_AT_ONCE = 1 << 18;

const correctionColumns: readonly Column[] = [
  {
    id: 'edits',
    title: 'Edits',
    symbol: '',
    unit: '',
    help: 'Strokes, outlines, fills and interpolations.',
  },
  {
    id: 'changed',
    title: 'Corrected voxels',
    symbol: '',
    unit: '',
    help: 'Voxels whose label is another one than before; what was painted with the label that it had does not count.',
  },
  { id: 'share', title: 'Share', symbol: '', unit: '%', help: 'Of all voxels of the volume.' },
];

const labelColumns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
  {
    id: 'gained',
    title: 'Gained',
    symbol: '',
    unit: '',
    help: 'Voxels that have this label now and had another one.',
  },
  {
    id: 'lost',
    title: 'Lost',
    symbol: '',
    unit: '',
    help: 'Voxels that had this label and have another one now.',
  },
  { id: 'net', title: 'Net', symbol: '', unit: '', help: 'Gained minus lost.' },
];

const tables = {
  corrections: { title: 'Corrections', columns: correctionColumns },
  labels: { title: 'Corrected voxels of each label', columns: labelColumns },
} as const;

interface Changes {
  readonly voxels: number;
  readonly gained: ReadonlyMap<number, number>;
  readonly lost: ReadonlyMap<number, number>;
}

function* countChanges(before: VoxelArray, after: VoxelArray): Steps<Changes> {
  const gained = new Map<number, number>();
  const lost = new Map<number, number>();
  const add = (counts: Map<number, number>, value: number | bigint): void => {
    const label = Number(value) + 0;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  };
  let voxels = 0;
  for (let start = 0; start < before.length; start += VOXELS_AT_ONCE) {
    const end = Math.min(before.length, start + VOXELS_AT_ONCE);
    for (let i = start; i < end; i++) {
      if (before[i] === after[i]) continue;
      voxels += 1;
      add(lost, before[i] as number | bigint);
      add(gained, after[i] as number | bigint);
    }
    yield;
  }
  return { voxels, gained, lost };
}

function* copyVoxels(input: Volume): Steps<VoxelArray> {
  const data = allocateVoxels(input.type, input.data.length);
  for (let start = 0; start < data.length; start += VOXELS_AT_ONCE) {
    data.set(input.data.subarray(start, start + VOXELS_AT_ONCE) as never, start);
    yield;
  }
  return data;
}

function resultOf(
  input: Volume,
  data: VoxelArray,
  edits: readonly LabelEdit[],
  changes: Changes,
): OperationResult {
  const { voxels, gained, lost } = changes;
  const labels = [...new Set([...gained.keys(), ...lost.keys()])].sort((a, b) => a - b);
  const rows = phasesFor(labels, input.phases).map(({ label, name }) => {
    const more = gained.get(label) ?? 0;
    const less = lost.get(label) ?? 0;
    return { label, phase: name, gained: more, lost: less, net: more - less };
  });
  const corrections: ResultTable = {
    id: 'corrections',
    ...tables.corrections,
    rows: [{ edits: edits.length, changed: voxels, share: (100 * voxels) / data.length }],
    notes: [],
  };
  return {
    volume: createVolume({ ...input, data }),
    tables: [corrections, { id: 'labels', ...tables.labels, rows, notes: [] }],
  };
}

const parameters = {
  edits: {
    kind: 'edits',
    title: 'Edits',
    help: 'What was drawn by hand, in its order. Draw it in the views with “Correct labels”.',
  },
} as const;

export const operation = defineOperation({
  id: 'correct-labels',
  version: 1,
  title: 'Correct labels',
  family: 'correct',
  summary: 'Paints labels by hand where the segmentation is wrong; every stroke is recorded.',
  equation: '',
  details: `The edits are applied in their order to a copy of the labels. A voxel is painted where its centre lies within an edit: at most the radius from the straight lines that join the voxels of a path, on or inside an outline (non-zero winding), or connected to the seed of a fill by voxels of the seed's label, over faces or over faces, edges and corners. A radius counts half voxels along each axis, or, as a length, edges of the voxel's shortest side, which makes balls round where voxels are not cubes. An edit can be limited to some labels (“only”), or spare some (“keep”). An interpolation holds the voxels that it found as runs, so that a re-run needs no other program and gives the same voxels. Edits that leave the volume are refused: they belong to another one. A step has at most ${MAX_EDITS} edits with ${MAX_EDIT_TEXT / 2 ** 20} million characters of paths and runs. Geometry, voxel type, voxel size and phase names stay as they are. Time is one pass over the volume and that over the painted voxels, memory one copy of the labels and, for a fill, its frontier.`,
  methods: 'Labels were corrected by hand with {edits}',
  methodsAfterRun: '{corrections.changed} voxels ({corrections.share} %) changed by it',
  changesVolume: ({ edits }) => edits.length > 0,
  citations: [],
  input: 'labels',
  output: 'labels',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input, { edits }) {
    const voxels = voxelCount(input.size);
    const hasFill = edits.some(({ tool }) => tool === 'fill');
    // A frontier of a fill holds three numbers for each of its voxels, and there are two of them.
    return {
      bytes: voxels * (bytesPerVoxel(input.type) + (hasFill ? 4 : 0)) + (1 << 16),
      work: 2 * voxels,
    };
  },

  outputShape: ({ size, type }) => ({ kind: 'labels', size, type }),

  async run(input, { edits }, context) {
    const data = await finishBreathing(copyVoxels(input), context.breathe);
    const grid = wholeGrid(data, input.size, input.spacing);
    for (const [i, edit] of edits.entries()) {
      await finishBreathing(applyEdit(grid, edit), context.breathe);
      context.progress((0.9 * (i + 1)) / edits.length);
    }
    const changes = await finishBreathing(countChanges(input.data, data), context.breathe);
    context.progress(1);
    return resultOf(input, data, edits, changes);
  },

  reference(input, { edits }) {
    const data = finish(copyVoxels(input));
    const grid = wholeGrid(data, input.size, input.spacing);
    for (const edit of edits) finish(applyEdit(grid, edit));
    return resultOf(input, data, edits, finish(countChanges(input.data, data)));
  },

  examples: [
    {
      title: 'A stroke that a fill paints over, an outline and a ball',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'labels',
          size: [12, 10, 6],
          data: Uint8Array.from({ length: 720 }, (_, i) => (i % 12 < 6 ? 1 : 2)),
          spacing: { values: [0.5, 0.5, 1], unit: 'µm' },
        }),
      params: {
        edits: [
          {
            tool: 'brush',
            axis: 2,
            slice: 2,
            radius: 1.5,
            metric: 'voxel',
            path: '2,2 8,4',
            label: 0,
            only: null,
            keep: [],
          },
          {
            tool: 'lasso',
            axis: 0,
            slice: 9,
            path: '1,1 8,1 8,4 1,4',
            label: 3,
            only: [2],
            keep: [],
          },
          {
            tool: 'fill',
            axis: 2,
            seed: [8, 4, 2],
            diagonal: false,
            label: 1,
            only: null,
            keep: [],
          },
          {
            tool: 'ball',
            radius: 2,
            metric: 'physical',
            path: '3,6,4',
            label: 2,
            only: null,
            keep: [0],
          },
        ],
      },
      voxelDigest: '393ae01438c7d0a4fdb1312e723a0f383da47a05e3b89f974e79d55fa5a849f8',
      tables: {
        corrections: [{ edits: 4, changed: 56, share: 100 * (56 / 720) }],
        labels: [
          { label: 1, gained: 12, lost: 15, net: -3 },
          { label: 2, gained: 15, lost: 41, net: -26 },
          { label: 3, gained: 29, lost: 0, net: 29 },
        ],
      },
      tolerance: 1e-12,
    },
  ],
});
