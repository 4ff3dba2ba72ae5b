/** Gives each connected component of a phase a label of its own. */
import type { ParameterValues } from '../../declaration/parameters.ts';
import type { Column, ResultTable } from '../../declaration/results.ts';
import {
  type ComponentSelection,
  type DrawnComponents,
  drawSteps,
  MOST_COMPONENTS,
  selectionSteps,
} from '../../kernels/component-selection.ts';
import {
  type ComponentTable,
  type Connectivity,
  labelComponents as labelByReference,
} from '../../kernels/components.ts';
import { finish, finishBreathing, type Steps } from '../../kernels/steps.ts';
import {
  assertLabelsOccur,
  type LabelIndex,
  labelsOf,
  labelsOfBreathing,
  phaseColour,
} from '../../volume/labels.ts';
import { createVolume, type Phase, type Volume, voxelCount } from '../../volume/volume.ts';
import { componentsBytes, labelComponents } from '../../wasm/components.ts';
import { sessionPart } from '../../wasm/session-part.ts';
import { layeredSpheres } from '../example-phases.ts';
import { componentsCitation } from '../component-labelling.ts';
import { defineOperation, type OperationResult } from '../operation.ts';

const componentColumns: readonly Column[] = [
  {
    id: 'component',
    title: 'Component',
    symbol: '',
    unit: '',
    help: 'Label of the component in the volume that this step makes.',
  },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label it had before.' },
  { id: 'voxels', title: 'Voxels', symbol: '', unit: '', help: 'Voxels of the component.' },
  {
    id: 'volume',
    title: 'Volume',
    symbol: 'V',
    unit: '',
    help: 'Voxels times the volume of one; see the unit beside it.',
  },
  {
    id: 'volumeUnit',
    title: 'Unit of volume',
    symbol: '',
    unit: '',
    help: 'Cube of the voxel size’s unit, or voxels where the voxel size is unknown.',
  },
  {
    id: 'phaseShare',
    title: 'Share of the phase',
    symbol: '',
    unit: '',
    help: 'Voxels of the component over those of its phase in the whole volume.',
  },
  ...(['x', 'y', 'z'] as const).map((axis) => ({
    id: `centroid${axis.toUpperCase()}`,
    title: `Centroid ${axis}`,
    symbol: '',
    unit: '',
    help: `Mean position of its voxels’ centres along ${axis}, in the coordinates of the volume; see the unit.`,
  })),
  {
    id: 'unit',
    title: 'Unit of position',
    symbol: '',
    unit: '',
    help: 'Unit of the centroid: that of the voxel size, or voxels counted from 0 where it is unknown.',
  },
  ...(['x0', 'x1', 'y0', 'y1', 'z0', 'z1'] as const).map((end) => ({
    id: end,
    title: `Box ${end}`,
    symbol: '',
    unit: '',
    help: end.endsWith('0')
      ? `First voxel along ${end.charAt(0)}, counted from 0.`
      : `First voxel along ${end.charAt(0)} behind the component, as a crop box takes it.`,
  })),
  {
    id: 'atBorder',
    title: 'At the border',
    symbol: '',
    unit: '',
    help: 'Whether it touches the border of the volume, so that a part of it may be missing.',
  },
];

const countColumns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels before.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
  {
    id: 'components',
    title: 'Components',
    symbol: '',
    unit: '',
    help: 'Connected components of the phase, whatever becomes of them.',
  },
  {
    id: 'labelled',
    title: 'Labelled',
    symbol: '',
    unit: '',
    help: 'Components with a label of their own.',
  },
  {
    id: 'tooSmall',
    title: 'Too small',
    symbol: '',
    unit: '',
    help: 'Components below the smallest size.',
  },
  {
    id: 'cutByBorder',
    title: 'At the border',
    symbol: '',
    unit: '',
    help: 'Components large enough that were removed as they touch the border; 0 where these are kept.',
  },
  {
    id: 'notAmongLargest',
    title: 'Not among the largest',
    symbol: '',
    unit: '',
    help: 'Components left out as there were more than are kept.',
  },
  {
    id: 'labelledFraction',
    title: 'Labelled share',
    symbol: '',
    unit: '',
    help: 'Share of the phase’s voxels in components with a label of their own.',
  },
  {
    id: 'largestComponentFraction',
    title: 'Largest component',
    symbol: '',
    unit: '',
    help: 'Share of the phase’s voxels in its largest component.',
  },
];

const tables = {
  counts: { title: 'Components by phase', columns: countColumns },
  components: {
    title: 'Components',
    columns: componentColumns,
    plots: [
      {
        id: 'sizes',
        title: 'Sizes of the components',
        kind: 'points',
        x: { column: 'component' },
        y: { column: 'volume', unit: 'volumeUnit', scale: 'log' },
        series: 'phase',
      },
    ],
  },
} as const;

const parameters = {
  phase: {
    kind: 'labels',
    title: 'Phases',
    help: 'Labels whose components are looked for, each by itself; voxels of other labels become 0. Leave it out for every label.',
  },
  connectivity: {
    kind: 'choice',
    title: 'Connectivity',
    help: 'Which voxels belong together: those that share a face, as in transport; a face or an edge; or a face, an edge or a corner.',
    options: [
      { value: '6', title: '6 (faces)' },
      { value: '18', title: '18 (faces, edges)' },
      { value: '26', title: '26 (faces, edges, corners)' },
    ],
    default: '6',
  },
  minVoxels: {
    kind: 'integer',
    title: 'Smallest size',
    help: 'Components of fewer voxels become 0. Specks of a few voxels are usually noise.',
    unit: 'voxels',
    min: 1,
    max: 1_000_000_000,
    step: 1,
    default: 1,
  },
  border: {
    kind: 'choice',
    title: 'At the border',
    help: 'What becomes of components that touch the border of the volume, whose true size is not known: they are kept, or become 0. An axis of a single voxel has no border.',
    options: [
      { value: 'keep', title: 'kept' },
      { value: 'remove', title: 'removed' },
    ],
    default: 'keep',
  },
  largest: {
    kind: 'integer',
    title: 'Number of components',
    help: 'How many components, the largest ones, get a label of their own; the others become 0. A label volume has at most 256 labels, 0 among them.',
    unit: '',
    min: 1,
    max: MOST_COMPONENTS,
    step: 1,
    default: MOST_COMPONENTS,
  },
  order: {
    kind: 'choice',
    title: 'Order',
    help: 'Label 1 is the largest component, or the one whose first voxel comes first: x runs fastest, then y, then z.',
    options: [
      { value: 'size', title: 'largest first' },
      { value: 'position', title: 'by place' },
    ],
    default: 'size',
  },
} as const;

type Parameters = ParameterValues<typeof parameters>;

/** What is labelled: values for the kernel and the phase of each value. */
interface Prepared {
  readonly values: Uint8Array;
  readonly background: number | null;
  /** By value; undefined for the background. */
  readonly phases: readonly (Phase | undefined)[];
}

const CHUNK = 1 << 18;

/** Throws `parameter/invalid` for a label that does not occur. */
function* prepareSteps(
  input: Volume,
  { indices, labels, phases }: LabelIndex,
  chosen: readonly number[] | null,
): Steps<Prepared> {
  if (chosen !== null) assertLabelsOccur(input.name, labels, chosen, 'phase');
  const wanted = labels.filter((label) => chosen === null || chosen.includes(label));
  // All of them need no background, and 256 of them leave no value for one.
  if (wanted.length === labels.length) return { values: indices, background: null, phases };
  const valueOf = Uint8Array.from(labels, (label) => wanted.indexOf(label) + 1);
  const values = new Uint8Array(indices.length);
  for (let start = 0; start < values.length; start += CHUNK) {
    const end = Math.min(values.length, start + CHUNK);
    for (let i = start; i < end; i++) values[i] = valueOf[indices[i] as number] as number;
    yield;
  }
  return {
    values,
    background: 0,
    phases: [undefined, ...phases.filter(({ label }) => wanted.includes(label))],
  };
}

function toConnectivity(choice: string): Connectivity {
  return Number(choice) as Connectivity;
}

/** Bits of the outer faces; an axis of one voxel has none. */
function borderFaces({ size }: Volume): number {
  return size.reduce((bits, length, axis) => (length > 1 ? bits | (3 << (2 * axis)) : bits), 0);
}

function selectSteps(
  input: Volume,
  { phases }: Prepared,
  table: ComponentTable,
  { minVoxels, border, largest, order }: Parameters,
): Steps<ComponentSelection> {
  return selectionSteps(table, phases.length, {
    minVoxels,
    withoutFaces: border === 'remove' ? borderFaces(input) : 0,
    most: largest,
    order: order === 'position' ? 'position' : 'size',
  });
}

/** Grey: what is left over is not a material. */
const NO_COMPONENT: Phase = { label: 0, name: 'no component', colour: '#5c5c5c', pore: false };
const LONGEST_NAME = 80;

function nameComponents(
  { phases }: Prepared,
  table: ComponentTable,
  { entries }: ComponentSelection,
): readonly Phase[] {
  const isOne = phases.filter((phase) => phase !== undefined).length === 1;
  return [
    NO_COMPONENT,
    ...entries.map((entry, i): Phase => {
      const label = i + 1;
      const phase = phases[table.values[entry] as number];
      const name = isOne ? `component ${label}` : `component ${label}, ${phase?.name ?? ''}`;
      return {
        label,
        name: name.slice(0, LONGEST_NAME),
        colour: phaseColour(label),
        pore: phase?.pore ?? false,
      };
    }),
  ];
}

function componentTable(
  input: Volume,
  { phases }: Prepared,
  table: ComponentTable,
  { entries, counts }: ComponentSelection,
  { places }: DrawnComponents,
): ResultTable {
  const { spacing, origin } = input;
  const edges = spacing?.values ?? [1, 1, 1];
  const start = spacing === null ? [0, 0, 0] : origin;
  const voxelVolume = edges[0] * edges[1] * edges[2];
  const border = borderFaces(input);
  const rows = entries.map((entry, i) => {
    const value = table.values[entry] as number;
    const voxels = table.sizes[entry] as number;
    const { centroid, box } = places[i] as DrawnComponents['places'][number];
    const [x, y, z] = centroid.map(
      (index, axis) => (start[axis] as number) + (edges[axis] as number) * index,
    ) as [number, number, number];
    const [x0, x1, y0, y1, z0, z1] = box;
    return {
      component: i + 1,
      phase: phases[value]?.name ?? '',
      voxels,
      volume: voxels * voxelVolume,
      volumeUnit: spacing === null ? 'voxels' : `${spacing.unit}³`,
      phaseShare: voxels / (counts[value]?.voxels ?? voxels),
      centroidX: x,
      centroidY: y,
      centroidZ: z,
      unit: spacing === null ? 'voxels' : spacing.unit,
      x0,
      x1,
      y0,
      y1,
      z0,
      z1,
      atBorder: ((table.faces[entry] as number) & border) !== 0,
    };
  });
  const notes =
    spacing === null
      ? ['The voxel size is unknown: volumes and positions are in voxels, counted from 0.']
      : [];
  return { id: 'components', ...tables.components, rows, notes };
}

function countTable(
  { phases }: Prepared,
  { counts }: ComponentSelection,
  { connectivity }: Parameters,
): ResultTable {
  const rows = phases.flatMap((phase, value) => {
    const found = counts[value];
    if (phase === undefined || found === undefined) return [];
    return [
      {
        label: phase.label,
        phase: phase.name,
        components: found.components,
        labelled: found.kept,
        tooSmall: found.tooSmall,
        cutByBorder: found.atFaces,
        notAmongLargest: found.beyondMost,
        labelledFraction: found.keptVoxels / found.voxels,
        largestComponentFraction: found.largest / found.voxels,
      },
    ];
  });
  return {
    id: 'counts',
    ...tables.counts,
    rows,
    notes: [
      `Voxels belong together by ${connectivity} neighbours; nothing wraps around the border.`,
    ],
  };
}

function report(
  input: Volume,
  prepared: Prepared,
  table: ComponentTable,
  selection: ComponentSelection,
  drawn: DrawnComponents,
  params: Parameters,
): OperationResult {
  const beyond = selection.counts.reduce((sum, { beyondMost }) => sum + beyondMost, 0);
  const notes = [
    ...(selection.entries.length === 0
      ? ['No component is left: the smallest size or the border removed them all.']
      : []),
    ...(beyond === 0
      ? []
      : [
          `${beyond} ${beyond === 1 ? 'component' : 'components'} beyond the ${params.largest} largest became 0, as the number of components says.`,
        ]),
  ];
  return {
    volume: createVolume({
      ...input,
      kind: 'labels',
      data: drawn.data,
      phases: nameComponents(prepared, table, selection),
    }),
    tables: [
      countTable(prepared, selection, params),
      componentTable(input, prepared, table, selection, drawn),
    ],
    notes,
  };
}

/** Share of the progress at which the components are known. */
const FOUND = 0.8;

export const operation = defineOperation({
  id: 'label-components',
  version: 1,
  title: 'Connected components',
  family: 'label',
  summary: 'Gives each connected piece of a phase a label of its own, with its size and place.',
  equation: 'x ~ y ⇔ a path of neighbouring voxels of one label leads from x to y',
  details:
    'Components of each chosen label are found by union-find over the voxels in raster order, with 6, 18 or 26 neighbours; nothing wraps around the border. Left out are, in this order, components below the smallest size, those at the border where these are to be removed, and those beyond the number of components; their voxels become 0, as do voxels of labels that were not chosen. The others are numbered from 1 by falling size, equal sizes by their first voxel in raster order, or all by that first voxel. Components of pore phases stay pore. The table of components has one row for each label of the result, so at most 255; the counts by phase cover all components. Volumes are voxels times the volume of one; centroids are means of voxel centres in the coordinates of the volume, origin included. Time is O(N), memory 14 bytes per voxel and 7 for each component, so at most 21 per voxel.',
  methods:
    'Connected components of at least {minVoxels} were labelled with connectivity {connectivity}; components at the border were {border}',
  citations: [componentsCitation],
  input: 'labels',
  output: 'labels',
  parameters,
  tables,

  reach: { kind: 'whole', fromSlices: true },

  estimate(input) {
    const voxels = voxelCount(input.size);
    const arenaBytes = componentsBytes(input.size);
    // Indices, chosen values and result take 1 byte each; a component, of which there may be as many
    // as voxels, 6 in the copied table and 1 in that of new labels.
    return { bytes: arenaBytes + 10 * voxels + (1 << 20), arenaBytes, work: 10 * voxels };
  },

  async run(input, params, context) {
    const index = await labelsOfBreathing(input, context.breathe);
    const prepared = await finishBreathing(
      prepareSteps(input, index, params.phase),
      context.breathe,
    );
    const { values, background } = prepared;
    const options = { connectivity: toConnectivity(params.connectivity), background };
    return context.withKernels(componentsBytes(input.size), async (session) => {
      const breathe = () => session.breathe();
      const part = sessionPart(session, 0, FOUND);
      const { labels, ...table } = await labelComponents(part, values, input.size, options);
      const selection = await finishBreathing(selectSteps(input, prepared, table, params), breathe);
      const steps = drawSteps(labels, input.size, table.count, selection.entries);
      const drawn = await finishBreathing(steps, breathe);
      session.progress(1);
      return report(input, prepared, table, selection, drawn, params);
    });
  },

  reference(input, params) {
    const prepared = finish(prepareSteps(input, labelsOf(input), params.phase));
    const { values, background } = prepared;
    const options = { connectivity: toConnectivity(params.connectivity), background };
    const { labels, ...table } = labelByReference(values, input.size, options);
    const selection = finish(selectSteps(input, prepared, table, params));
    const drawn = finish(drawSteps(labels, input.size, table.count, selection.entries));
    return report(input, prepared, table, selection, drawn, params);
  },

  examples: [
    {
      title: 'Spheres in two layers, one phase, largest first',
      input: () =>
        createVolume({ ...layeredSpheres(), spacing: { values: [0.5, 0.5, 2], unit: 'µm' } }),
      params: { phase: [1], connectivity: '26' },
      voxelDigest: 'b67ea8c30406881ac9922f3806783dc1c3b345e1b739f906846fa9201af52a1d',
    },
    {
      title: 'A checkerboard: each voxel by itself, the first ones kept',
      input: () =>
        createVolume({
          kind: 'labels',
          name: 'checkerboard',
          size: [7, 6, 5],
          data: Uint8Array.from(
            { length: 210 },
            (_, i) => ((i % 7) + (Math.floor(i / 7) % 6) + Math.floor(i / 42)) % 2,
          ),
        }),
      params: { phase: [1], order: 'position', largest: 100 },
      voxelDigest: '7e2cc81f26c0e4b3cfa6664f78d8055627a613d128ef1fc372decee79c3f13e0',
      tables: {
        counts: [
          {
            label: 1,
            phase: 'phase 1',
            components: 105,
            labelled: 100,
            tooSmall: 0,
            cutByBorder: 0,
            notAmongLargest: 5,
            labelledFraction: 100 / 105,
            largestComponentFraction: 1 / 105,
          },
        ],
      },
      tolerance: 1e-15,
    },
  ],
});
