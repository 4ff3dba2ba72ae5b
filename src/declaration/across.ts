/**
 * Results of one recipe on several volumes side by side. Which numbers there are is read from the
 * result tables: every numeric column whose rows are told apart by names (of phase, direction).
 */
import type { Cell, Column, ResultTable } from './results.ts';

export interface MeasuredVolume {
  readonly name: string;
  /** Where it stands on the axis of states; null where nobody said. */
  readonly value: number | null;
  /** µm³ of a voxel; null where the voxel size is unknown. */
  readonly voxelVolume: number | null;
  /** The tables of its results in the order of the recipe. */
  readonly tables: readonly StepTable[];
}

export interface StepTable {
  readonly stepId: string;
  readonly stepTitle: string;
  /** Whether the step measures: its numbers come before those that steps give by the way. */
  readonly isMeasure: boolean;
  readonly table: ResultTable;
}

/** One number of each volume, for one phase and place. */
export interface AcrossSeries {
  /** '' where the number belongs to no phase. */
  readonly phase: string;
  /** Direction and the like; '' for none. */
  readonly place: string;
  /** By volume; null where it has no such number. */
  readonly cells: readonly (AcrossCell | null)[];
}

export interface AcrossCell {
  readonly value: number;
  /** Certified or estimated bounds, where the table has them. */
  readonly bounds: readonly [lower: number, upper: number] | null;
  /** What the table says of the unit of its lengths; '' where it says nothing. */
  readonly unit: string;
}

export interface Quantity {
  readonly id: string;
  readonly title: string;
  /** The step that it comes from. */
  readonly stepTitle: string;
  readonly column: Column;
  /** What the places are: "Direction". */
  readonly placeTitle: string;
  readonly series: readonly AcrossSeries[];
}

type Row = ResultTable['rows'][number];

const LABEL = 'label';
const PHASE = 'phase';
const VOXELS = 'voxels';
const LOWER = 'Lower';
const UPPER = 'Upper';
/** A table with more rows lists things, not phases. */
const MAX_ROWS = 64;

const VOLUME_COLUMN: Column = {
  id: 'physicalVolume',
  title: 'Volume',
  symbol: 'V',
  unit: 'µm³',
  help: 'Voxels of the phase times the volume of a voxel.',
};

function isUnit({ id }: Column): boolean {
  return /unit$/i.test(id);
}

/** Columns of words that tell rows apart, other than the phase. */
function placeColumns({ columns, rows }: ResultTable): readonly Column[] {
  return columns.filter(
    (column) =>
      column.id !== PHASE &&
      !isUnit(column) &&
      rows.length > 1 &&
      rows.every((row) => typeof row[column.id] === 'string'),
  );
}

function phaseOf(row: Row): string {
  const name = row[PHASE] ?? row[LABEL] ?? null;
  return name === null ? '' : String(name);
}

function placeOf(row: Row, places: readonly Column[]): string {
  return places.map(({ id }) => String(row[id])).join(', ');
}

function rowKey(row: Row, places: readonly Column[]): string {
  return `${phaseOf(row)}|${placeOf(row, places)}`;
}

/** Whether phase and places tell every row from the others. */
function isComparable(table: ResultTable): boolean {
  const places = placeColumns(table);
  const keys = new Set(table.rows.map((row) => rowKey(row, places)));
  return table.rows.length > 0 && table.rows.length <= MAX_ROWS && keys.size === table.rows.length;
}

function isQuantity({ columns, rows }: ResultTable, { id }: Column): boolean {
  if (id === LABEL || !rows.some((row) => typeof row[id] === 'number')) return false;
  const bounded = id.endsWith(LOWER) || id.endsWith(UPPER) ? id.slice(0, -LOWER.length) : null;
  return bounded === null || !columns.some((column) => column.id === bounded);
}

function numberOrNull(cell: Cell | undefined): number | null {
  return typeof cell === 'number' ? cell : null;
}

function cellOf(table: ResultTable, row: Row, column: string, factor: number): AcrossCell | null {
  const value = numberOrNull(row[column]);
  if (value === null) return null;
  const lower = numberOrNull(row[`${column}${LOWER}`]);
  const upper = numberOrNull(row[`${column}${UPPER}`]);
  const unit = table.columns.filter(isUnit).map(({ id }) => String(row[id] ?? ''));
  return {
    value: value * factor,
    bounds: lower === null || upper === null ? null : [lower * factor, upper * factor],
    unit: unit.join(' '),
  };
}

/** The quantities of all volumes in the order of the recipe and of the tables' columns, measures first. */
export function quantitiesAcross(volumes: readonly MeasuredVolume[]): readonly Quantity[] {
  const kinds = new Map<string, StepTable>();
  for (const { tables } of volumes) {
    for (const each of tables) {
      const id = `${each.stepId} ${each.table.id}`;
      if (!kinds.has(id) && isComparable(each.table)) kinds.set(id, each);
    }
  }
  const counted = [...kinds]
    .filter(([, { isMeasure }]) => isMeasure)
    .find(([, { table }]) =>
      [LABEL, VOXELS].every((id) => table.columns.some((column) => column.id === id)),
    )?.[0];
  const rank = ({ isMeasure }: StepTable): number => (isMeasure ? 0 : 1);
  const ordered = [...kinds].toSorted(([, a], [, b]) => rank(a) - rank(b));
  return ordered.flatMap(([id, kind]) => {
    const found = kind.table.columns
      .filter((column) => isQuantity(kind.table, column))
      .map((column) => quantity(volumes, id, kind, column, column.id, () => 1));
    if (id !== counted) return found;
    const factor = ({ voxelVolume }: MeasuredVolume): number | null => voxelVolume;
    return [...found, quantity(volumes, id, kind, VOLUME_COLUMN, VOXELS, factor)].filter(
      ({ series }) => series.some(({ cells }) => cells.some((cell) => cell !== null)),
    );
  });
}

function quantity(
  volumes: readonly MeasuredVolume[],
  id: string,
  { stepTitle, table }: StepTable,
  column: Column,
  read: string,
  factorOf: (volume: MeasuredVolume) => number | null,
): Quantity {
  const tables = volumes.map(
    (volume) => volume.tables.find((each) => `${each.stepId} ${each.table.id}` === id)?.table,
  );
  const places = placeColumns(table);
  const keys = new Map(
    tables.flatMap((each) => (each?.rows ?? []).map((row) => [rowKey(row, places), row] as const)),
  );
  return {
    id: `${id} ${column.id}`,
    title: column.title,
    stepTitle,
    column,
    placeTitle: places.map(({ title }) => title).join(', '),
    series: [...keys].map(([key, sample]) => ({
      phase: phaseOf(sample),
      place: placeOf(sample, places),
      cells: volumes.map((volume, i) => {
        const each = tables[i];
        const row = each?.rows.find((candidate) => rowKey(candidate, places) === key);
        const factor = factorOf(volume);
        if (each === undefined || row === undefined || factor === null) return null;
        return cellOf(each, row, read, factor);
      }),
    })),
  };
}

/** Whether a quantity only counts things: a first look is at another. */
export function isCount({ series }: Quantity): boolean {
  return series.every(({ cells }) =>
    cells.every((cell) => cell === null || Number.isInteger(cell.value)),
  );
}

/** What is told of a number: itself, or its change against the first volume. */
export type AcrossForm = 'value' | 'change' | 'percent';

/** null where either number is missing, their units differ, or the first one is zero. */
function inForm(
  { cells }: AcrossSeries,
  index: number,
  form: AcrossForm,
): Pick<AcrossCell, 'value' | 'bounds'> | null {
  const cell = cells[index] ?? null;
  if (cell === null || form === 'value') return cell;
  const first = cells[0] ?? null;
  if (first === null || first.unit !== cell.unit) return null;
  const change = cell.value - first.value;
  if (form === 'change') return { value: change, bounds: null };
  return first.value === 0 ? null : { value: (100 * change) / first.value, bounds: null };
}

const FORM_TITLES: Readonly<Record<AcrossForm, string>> = {
  value: '',
  change: 'Change of ',
  percent: 'Change of ',
};

function seriesName({ phase, place }: AcrossSeries): string {
  return [phase, place].filter((part) => part !== '').join(', ');
}

function formColumn(quantity: Quantity, series: AcrossSeries, form: AcrossForm): Column {
  const { column, title } = quantity;
  const name = seriesName(series);
  const shown = form === 'value' ? title : `${FORM_TITLES[form]}${title.toLowerCase()}`;
  return {
    id: `${quantity.id} ${name} ${form}`,
    title: name === '' ? shown : `${name}: ${shown}`,
    symbol: form === 'value' ? column.symbol : '',
    unit: form === 'percent' ? '%' : column.unit,
    help:
      form === 'value'
        ? column.help
        : `Against the first volume. ${quantity.title}: ${column.help}`,
  };
}

function stateColumn(label: string): Column {
  return {
    id: 'state',
    title: label === '' ? 'State' : label,
    symbol: '',
    unit: '',
    help: 'Where the volume stands on the axis of states.',
  };
}

const NAME_COLUMN: Column = {
  id: 'volume',
  title: 'Volume',
  symbol: '',
  unit: '',
  help: 'Name of the volume.',
};

function hasStates(volumes: readonly MeasuredVolume[]): boolean {
  return volumes.some(({ value }) => value !== null);
}

/** What a reader of the numbers must know: missing voxel sizes, and units that tables state. */
function notesOf(
  volumes: readonly MeasuredVolume[],
  quantities: readonly Quantity[],
): readonly string[] {
  const unsized = volumes.filter(({ voxelVolume }) => voxelVolume === null).map(({ name }) => name);
  const units = new Map<string, Set<string>>();
  for (const { stepTitle, series } of quantities) {
    for (const cell of series.flatMap(({ cells }) => cells)) {
      if (cell === null || cell.unit === '') continue;
      units.set(stepTitle, (units.get(stepTitle) ?? new Set()).add(cell.unit));
    }
  }
  return [
    ...(unsized.length === 0
      ? []
      : [
          `The voxel size of ${unsized.join(', ')} is unknown: physical volumes and their changes are left out.`,
        ]),
    ...[...units].map(([step, found]) =>
      found.size === 1
        ? `Lengths of ${step} are in ${[...found].join()}.`
        : `Lengths of ${step} are in different units (${[...found].join(', ')}): no change is given between them.`,
    ),
  ];
}

/** One row for each volume, with these quantities in these forms. */
export function acrossTable(
  volumes: readonly MeasuredVolume[],
  quantities: readonly Quantity[],
  stateLabel: string,
  forms: readonly AcrossForm[] = ['value', 'change', 'percent'],
): ResultTable {
  const parts = quantities.flatMap((each) =>
    each.series.flatMap((series) =>
      forms.map((form) => ({ series, form, column: formColumn(each, series, form) })),
    ),
  );
  const bounded = parts.filter(
    ({ series, form }) => form === 'value' && series.cells.some((cell) => cell?.bounds != null),
  );
  const boundColumns = bounded.flatMap(({ column }) =>
    ['lower', 'upper'].map((bound) => ({
      ...column,
      id: `${column.id} ${bound}`,
      title: `${column.title}, ${bound} bound`,
      symbol: '',
    })),
  );
  return {
    id: 'across',
    title: 'Across volumes',
    columns: [
      NAME_COLUMN,
      ...(hasStates(volumes) ? [stateColumn(stateLabel)] : []),
      ...parts.map(({ column }) => column),
      ...boundColumns,
    ],
    rows: volumes.map(({ name, value }, i) => ({
      volume: name,
      ...(hasStates(volumes) ? { state: value } : {}),
      ...Object.fromEntries(
        parts.map(({ series, form, column }) => [
          column.id,
          inForm(series, i, form)?.value ?? null,
        ]),
      ),
      ...Object.fromEntries(
        bounded.flatMap(({ series, column }) =>
          ['lower', 'upper'].map((bound, at) => [
            `${column.id} ${bound}`,
            series.cells[i]?.bounds?.[at] ?? null,
          ]),
        ),
      ),
    })),
    notes: notesOf(volumes, quantities),
  };
}

/** One row for each number of a quantity, with the plot that it is drawn by. */
export function acrossPlotTable(
  volumes: readonly MeasuredVolume[],
  quantity: Quantity,
  stateLabel: string,
  form: AcrossForm,
): ResultTable {
  const { column, series } = quantity;
  const onAxis = volumes.every(({ value }) => value !== null);
  const order = volumes.map((_, i) => i);
  if (onAxis) order.sort((a, b) => (volumes[a]?.value ?? 0) - (volumes[b]?.value ?? 0));
  const shown = formColumn(quantity, { phase: '', place: '', cells: [] }, form);
  const bound = (id: string): Column => ({ ...shown, id, title: `${column.title}, ${id}` });
  return {
    id: 'across-plot',
    title: quantity.title,
    columns: [
      NAME_COLUMN,
      stateColumn(stateLabel),
      { ...NAME_COLUMN, id: 'phase', title: 'Phase', help: 'Name of the phase.' },
      { ...NAME_COLUMN, id: 'place', title: quantity.placeTitle, help: 'Place of the number.' },
      { ...shown, id: 'value' },
      bound('lower'),
      bound('upper'),
    ],
    rows: series.flatMap((each) =>
      order.map((i) => {
        const cell = inForm(each, i, form);
        return {
          volume: volumes[i]?.name ?? '',
          state: volumes[i]?.value ?? null,
          phase: each.phase,
          place: each.place,
          value: cell?.value ?? null,
          lower: cell?.bounds?.[0] ?? null,
          upper: cell?.bounds?.[1] ?? null,
        };
      }),
    ),
    notes: [],
    plots: [
      {
        id: 'across',
        title: `${shown.title} across volumes`,
        kind: onAxis ? 'line' : 'bars',
        x: { column: onAxis ? 'state' : 'volume' },
        y: { column: 'value', bounds: ['lower', 'upper'] },
        series: 'phase',
        ...(series.some(({ place }) => place !== '') ? { panels: 'place' } : {}),
      },
    ],
  };
}
