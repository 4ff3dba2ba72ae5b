/** Connected components of each phase, and how much of it spans the volume. */
import type { Column, ResultTable } from '../../declaration/results.ts';
import {
  type ComponentTable,
  type Connectivity,
  labelComponents,
  phaseConnectivity,
} from '../../kernels/components.ts';
import { type LabelIndex, labelsOf, labelsOfBreathing } from '../../volume/labels.ts';
import { createVolume, voxelCount } from '../../volume/volume.ts';
import { componentsBytes, tabulateComponents } from '../../wasm/components.ts';
import { componentsCitation } from '../component-labelling.ts';
import { defineOperation, type OperationResult, WHOLE_VOLUME } from '../operation.ts';

const DIRECTIONS = ['x', 'y', 'z'] as const;

const columns: readonly Column[] = [
  { id: 'label', title: 'Label', symbol: '', unit: '', help: 'Value of the voxels.' },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label.' },
  {
    id: 'direction',
    title: 'Direction',
    symbol: '',
    unit: '',
    help: 'Axis along which the phase must reach from face to face.',
  },
  {
    id: 'percolates',
    title: 'Percolates',
    symbol: '',
    unit: '',
    help: 'Whether one component touches both faces across this axis.',
  },
  {
    id: 'percolatingFraction',
    title: 'Percolating fraction',
    symbol: 'p',
    unit: '',
    help: 'Share of the phase in components that touch both faces across this axis.',
  },
  {
    id: 'components',
    title: 'Components',
    symbol: '',
    unit: '',
    help: 'Connected components of the phase in the whole volume.',
  },
  {
    id: 'largestComponentFraction',
    title: 'Largest component',
    symbol: '',
    unit: '',
    help: 'Share of the phase in its largest component.',
  },
];

const tables = {
  percolation: {
    title: 'Percolation',
    columns,
    plots: [
      {
        id: 'percolation',
        title: 'Percolating fraction by direction',
        kind: 'bars',
        x: { column: 'direction' },
        y: { column: 'percolatingFraction' },
        series: 'phase',
      },
    ],
  },
} as const;

function report(
  { labels, phases }: LabelIndex,
  components: ComponentTable,
  connectivity: string,
): OperationResult {
  const measured = phaseConnectivity(components, labels.length);
  const percolation: ResultTable = {
    id: 'percolation',
    ...tables.percolation,
    rows: measured.flatMap((phase, i) =>
      DIRECTIONS.map((direction, axis) => ({
        label: labels[i] as number,
        phase: phases[i]?.name ?? '',
        direction,
        percolates: (phase.percolatingFraction[axis] as number) > 0,
        percolatingFraction: phase.percolatingFraction[axis] as number,
        components: phase.components,
        largestComponentFraction: phase.largestFraction,
      })),
    ),
    notes: [
      connectivity === '6'
        ? 'Voxels connect through faces, as in the transport measurements.'
        : `Voxels connect to ${connectivity} neighbours; transport needs common faces, so a phase that percolates here may still have no conducting path.`,
    ],
  };
  return { tables: [percolation] };
}

function toConnectivity(choice: string): Connectivity {
  return choice === '26' ? 26 : choice === '18' ? 18 : 6;
}

const parameters = {
  connectivity: {
    kind: 'choice',
    title: 'Connectivity',
    help: 'Which neighbours count as connected. Take 6 for transport: voxels that only touch at an edge or a corner do not conduct.',
    options: [
      { value: '6', title: '6 (faces)' },
      { value: '18', title: '18 (faces and edges)' },
      { value: '26', title: '26 (faces, edges and corners)' },
    ],
    default: '6',
  },
} as const;

export const operation = defineOperation({
  id: 'measure-percolation',
  version: 1,
  title: 'Percolation',
  family: 'measure',
  summary: 'Connected components of each phase, and the share of it that spans the volume.',
  equation: 'pₐ = Σ |C| / N over the components C that touch both faces across axis a',
  details:
    'All phases are labelled in one pass by union-find over the voxels in raster order. A component percolates along x, y or z when it touches both faces of the volume across that axis; the border is open and nothing wraps around. With 6-connectivity the percolating phases are those that conduct in the tortuosity factor. O(N) time, 11 bytes per voxel.',
  methods:
    'Connected components of each phase were labelled with connectivity {connectivity}, and a component was taken to percolate along an axis if it touched both faces across it',
  citations: [componentsCitation],
  input: 'labels',
  output: 'none',
  parameters,
  tables,

  reach: WHOLE_VOLUME,

  estimate(input) {
    const voxels = voxelCount(input.size);
    const arenaBytes = componentsBytes(input.size);
    return { bytes: arenaBytes + voxels * 7, arenaBytes, work: 6 * voxels };
  },

  async run(input, { connectivity }, context) {
    const index = await labelsOfBreathing(input, context.breathe);
    const options = { connectivity: toConnectivity(connectivity), background: null };
    const table = await context.withKernels(componentsBytes(input.size), (session) =>
      tabulateComponents(session, index.indices, input.size, options),
    );
    return report(index, table, connectivity);
  },

  reference(input, { connectivity }) {
    const index = labelsOf(input);
    const options = { connectivity: toConnectivity(connectivity), background: null };
    return report(index, labelComponents(index.indices, input.size, options), connectivity);
  },

  examples: [
    {
      title: 'A straight channel and a closed pore',
      input: () => {
        const data = new Uint8Array(8 * 6 * 5).fill(1);
        for (let x = 0; x < 8; x++) data[x + 8 * (2 + 6 * 2)] = 0;
        data[3 + 8 * (4 + 6 * 3)] = 0;
        data[4 + 8 * (4 + 6 * 3)] = 0;
        return createVolume({ kind: 'labels', name: 'channel', size: [8, 6, 5], data });
      },
      params: {},
      voxelDigest: null,
      tables: {
        percolation: [
          ...DIRECTIONS.map((direction) => ({
            label: 0,
            phase: 'phase 0',
            direction,
            percolates: direction === 'x',
            percolatingFraction: direction === 'x' ? 0.8 : 0,
            components: 2,
            largestComponentFraction: 0.8,
          })),
          ...DIRECTIONS.map((direction) => ({
            label: 1,
            phase: 'phase 1',
            direction,
            percolates: true,
            percolatingFraction: 1,
            components: 1,
            largestComponentFraction: 1,
          })),
        ],
      },
      tolerance: 1e-15,
    },
  ],
});
