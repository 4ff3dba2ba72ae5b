/** What measurements of distances within phases share: their phases, voxel edges and statistics. */
import type { ParameterFields, ParameterValues } from '../declaration/parameters.ts';
import type { Cell, Column, ResultTable } from '../declaration/results.ts';
import { UserError } from '../errors/errors.ts';
import { type DistanceOptions, squaredLengths } from '../kernels/distance.ts';
import { lengthStatistics, type ValueCounts } from '../kernels/value-counts.ts';
import { assertLabelsOccur, type LabelIndex } from '../volume/labels.ts';
import type { Volume } from '../volume/volume.ts';
import type { DeclaredTable } from './operation.ts';

export const distanceParameters = {
  labels: {
    kind: 'labels',
    title: 'Phase',
    help: 'Labels that are measured together, as one phase; the other voxels get 0. Leave it empty to measure every label as a phase of its own.',
  },
  border: {
    kind: 'choice',
    title: 'Border',
    help: 'Open: the phase may go on beyond the volume, so nothing is measured to its border. Wall: the outside is another phase.',
    options: [
      { value: 'open', title: 'open' },
      { value: 'wall', title: 'a wall' },
    ],
    default: 'open',
  },
} as const satisfies ParameterFields;

interface MeasuredPhase {
  /** null where several labels are taken together. */
  readonly label: number | null;
  readonly name: string;
}

interface PhaseSelection {
  /** For each voxel its position in `phases`; may be the volume's own array. */
  readonly indices: Uint8Array;
  /** Index of the voxels that are not measured, or -1. */
  readonly outside: number;
  /** By index; undefined for `outside`. */
  readonly phases: readonly (MeasuredPhase | undefined)[];
}

function groupLabels(volume: Volume, index: LabelIndex, chosen: readonly number[]): PhaseSelection {
  assertLabelsOccur(volume.name, index.labels, chosen, 'labels');
  const members = index.phases.filter(({ label }) => chosen.includes(label));
  const group = Uint8Array.from(index.labels, (label) => (chosen.includes(label) ? 1 : 0));
  const phase = {
    label: members.length === 1 ? (members[0]?.label ?? null) : null,
    name: members.map(({ name }) => name).join(' + '),
  };
  const indices = new Uint8Array(index.indices.length);
  for (let i = 0; i < indices.length; i++) {
    indices[i] = group[index.indices[i] as number] as number;
  }
  return {
    indices,
    outside: 0,
    phases: [undefined, phase],
  };
}

/**
 * The phases to measure. Throws `parameter/invalid` for a label that does not occur, and
 * `volume/constant` where no other phase is there to measure to.
 */
function selectPhases(
  volume: Volume,
  index: LabelIndex,
  chosen: readonly number[] | null,
  walls: boolean,
): PhaseSelection {
  const { labels } = index;
  const measured = labels.filter((label) => chosen === null || chosen.includes(label));
  const alone = labels.length === 1 || (chosen !== null && measured.length === labels.length);
  if (alone && !walls) {
    throw new UserError(
      'volume/constant',
      `${volume.name} has no other phase to measure a distance to: all its voxels have ${labels.length === 1 ? `label ${labels[0]}` : 'one of the chosen labels'}; choose fewer labels, or take the border as a wall.`,
      { labels },
    );
  }
  if (chosen !== null) return groupLabels(volume, index, chosen);
  return {
    indices: index.indices,
    outside: -1,
    phases: index.phases.map(({ label, name }) => ({ label, name })),
  };
}

/** Squared lengths in the unit of the voxel size, or in voxels where it is unknown. */
export function lengthsIn({
  spacing,
  size,
}: Pick<Volume, 'spacing' | 'size'>): ReturnType<typeof squaredLengths> {
  return squaredLengths(spacing === null ? [1, 1, 1] : spacing.values, size);
}

export interface PhaseDistances {
  readonly selection: PhaseSelection;
  readonly options: DistanceOptions;
}

/** What to measure in a volume and how; throws as `selectPhases`. */
export function preparePhases(
  volume: Volume,
  index: LabelIndex,
  { labels, border }: ParameterValues<typeof distanceParameters>,
): PhaseDistances {
  const walls = border === 'wall';
  const selection = selectPhases(volume, index, labels, walls);
  return { selection, options: { ...lengthsIn(volume), walls, outside: selection.outside } };
}

export function lengthUnit({ spacing }: Pick<Volume, 'spacing'>): string {
  return spacing === null ? 'voxels' : spacing.unit;
}

export const phaseColumns: readonly Column[] = [
  {
    id: 'label',
    title: 'Label',
    symbol: '',
    unit: '',
    help: 'Value of the voxels; none where several labels were taken together.',
  },
  { id: 'phase', title: 'Phase', symbol: '', unit: '', help: 'Name of the label or labels.' },
];

export const unitColumn: Column = {
  id: 'unit',
  title: 'Unit',
  symbol: '',
  unit: '',
  help: 'Unit of the lengths: that of the voxel size, or voxels where it is unknown.',
};

/** The rows of each measured phase, with the counts of its squared lengths. */
export function rowsByPhase<T>(
  { phases }: PhaseSelection,
  counts: readonly (ValueCounts | undefined)[],
  row: (phase: Readonly<Record<'label' | 'phase', Cell>>, counts: ValueCounts) => T,
): readonly T[] {
  return phases.flatMap((phase, i) => {
    const counted = counts[i];
    if (phase === undefined || counted === undefined) return [];
    return [row({ label: phase.label, phase: phase.name }, counted)];
  });
}

interface SummaryCells {
  readonly mean: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly max: number;
}

export function summarise(counts: ValueCounts, unit: number): SummaryCells {
  const { mean, max, percentile } = lengthStatistics(counts, unit);
  return { mean, p10: percentile(10), p50: percentile(50), p90: percentile(90), max };
}

export function binsParameter(length: string) {
  return {
    kind: 'integer',
    title: 'Bins',
    help: `Bins of the size distribution, of equal width from 0 to the largest ${length} of all phases. The map, means and percentiles do not depend on them.`,
    unit: '',
    min: 1,
    max: 200,
    step: 1,
    default: 20,
  } as const;
}

/** The table of how much of each phase has which length, in bins. */
export function distributionTable(title: string, length: string, symbol: string): DeclaredTable {
  const word = length.toLowerCase();
  const axis = `${length} ${symbol}`;
  const columns: readonly Column[] = [
    ...phaseColumns,
    { id: 'from', title: `From ${word}`, symbol: '', unit: '', help: 'Lower end, included.' },
    {
      id: 'to',
      title: `To ${word}`,
      symbol: '',
      unit: '',
      help: 'Upper end, excluded but in the last bin.',
    },
    {
      id: 'voxels',
      title: 'Voxels',
      symbol: '',
      unit: '',
      help: `Voxels with such a ${word}.`,
    },
    {
      id: 'volumeFraction',
      title: 'Share of the phase',
      symbol: '',
      unit: '',
      help: 'These voxels divided by the phase’s voxels.',
    },
    {
      id: 'cumulativeFraction',
      title: 'Cumulative share',
      symbol: '',
      unit: '',
      help: `Share of the phase with a smaller ${word} than the upper end.`,
    },
    unitColumn,
  ];
  return {
    title,
    columns,
    plots: [
      {
        id: 'distribution',
        title,
        kind: 'steps',
        x: { column: 'from', until: 'to', unit: 'unit', title: axis },
        y: { column: 'volumeFraction', title: 'Share of the phase per bin' },
        series: 'phase',
      },
      {
        id: 'cumulative',
        title: `${title}, cumulative`,
        kind: 'line',
        x: { column: 'to', unit: 'unit', title: axis },
        y: { column: 'cumulativeFraction', title: `Share with a smaller ${word}` },
        series: 'phase',
      },
    ],
  };
}

interface BinnedLengths {
  /** Length of a counted value's root. */
  readonly perUnit: number;
  readonly largest: number;
  readonly bins: number;
}

/** Voxels by length in bins of equal width from 0 to `largest`, phase by phase. */
export function distributionRows(
  selection: PhaseSelection,
  counts: readonly (ValueCounts | undefined)[],
  lengths: BinnedLengths,
  unit: string,
): ResultTable['rows'] {
  return rowsByPhase(selection, counts, (phase, counted) =>
    distribute(counted, lengths).map((bin) => ({ ...phase, ...bin, unit })),
  ).flat();
}

function distribute(counts: ValueCounts, { perUnit, largest, bins }: BinnedLengths) {
  const voxels = new Float64Array(bins);
  const { values, counts: times } = counts.sorted();
  values.forEach((square, i) => {
    const length = Math.sqrt(square) * perUnit;
    const bin = Math.min(bins - 1, Math.floor((length / largest) * bins));
    voxels[bin] = (voxels[bin] as number) + (times[i] as number);
  });
  let below = 0;
  return Array.from(voxels, (inBin, bin) => {
    below += inBin;
    return {
      from: (bin * largest) / bins,
      to: ((bin + 1) * largest) / bins,
      voxels: inBin,
      volumeFraction: inBin / counts.total,
      cumulativeFraction: below / counts.total,
    };
  });
}
