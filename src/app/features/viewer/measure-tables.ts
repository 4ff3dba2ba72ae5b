/** Measures as tables: what the panel shows is what is copied and saved. Pure functions. */
import type { Region, RegionStatistics } from '../../../../workers/engine-api.ts';
import type { Cell, Column, ResultTable } from '../../../declaration/results.ts';
import type { VoxelSpacing } from '../../../volume/length.ts';
import type { Phase } from '../../../volume/volume.ts';
import { lengthBetween, lengthText, spanText } from '../../rendering/measure-geometry.ts';
import { AXIS_NAMES, PLANES, type Plane } from '../../rendering/slice-geometry.ts';
import { type Measure, MEASURE_TOOLS, type PlacedMeasure } from '../../stores/measures.ts';
import type { SliceViewId } from '../../stores/viewer.ts';

function planeOf(view: SliceViewId): Plane {
  return PLANES[view === 'yz' ? 0 : view === 'xz' ? 1 : 2];
}

export function measureTitle(measure: Measure): string {
  if (measure.kind === 'volume') return 'Whole volume';
  return MEASURE_TOOLS.find(({ id }) => id === measure.kind)?.title ?? '';
}

/** The slice it lies on: "XY, z 64". */
export function placeText(measure: Measure): string {
  if (measure.kind === 'volume') return '';
  const { normal, title } = planeOf(measure.view);
  return `${title}, ${AXIS_NAMES[normal]} ${measure.from[normal]}`;
}

/** How long or large it is. */
export function extentText(measure: PlacedMeasure, spacing: VoxelSpacing | null): string {
  const { kind, from, to, view } = measure;
  return kind === 'distance' || kind === 'profile'
    ? lengthText(lengthBetween(from, to, spacing), spacing)
    : spanText(from, to, planeOf(view), spacing);
}

/** What the worker is asked for; null for all voxels. */
export function regionOf(measure: Measure): Region | null {
  if (measure.kind === 'volume') return null;
  const { kind, from, to } = measure;
  return { shape: kind === 'ellipse' ? 'ellipse' : 'box', from, to };
}

const MEDIAN = 0.5;

function percentName(fraction: number): string {
  return fraction === MEDIAN ? 'Median' : `${Number((100 * fraction).toPrecision(6))} %`;
}

function column(id: string, title: string, help: string, unit = ''): Column {
  return { id, title, symbol: '', unit, help };
}

/** A cell is empty where the number does not exist. */
function cell(value: number): Cell {
  return Number.isFinite(value) ? value : null;
}

/** Statistics row by row: all voxels, then each label. */
export function statisticsTable(
  title: string,
  rows: readonly RegionStatistics[],
  phases: readonly Phase[],
): ResultTable {
  const fractions = rows[0]?.quantiles.map(({ fraction }) => fraction) ?? [];
  const notFinite = rows[0]?.notFinite ?? 0;
  return {
    id: 'statistics',
    title,
    columns: [
      column('name', 'Voxels', 'All voxels of the region, then those of each phase'),
      column('count', 'Count', 'Voxels with a finite value'),
      column('mean', 'Mean', 'Sum divided by the count'),
      column('standardDeviation', 'Std. dev.', 'Root of the mean square deviation, divided by n'),
      column('minimum', 'Min', 'Smallest value'),
      ...fractions.map((f) =>
        column(`quantile ${f}`, percentName(f), 'The value of rank floor(f · (n − 1))'),
      ),
      column('maximum', 'Max', 'Largest value'),
    ],
    rows: rows.map((row) => ({
      name: row.label === null ? 'all' : nameOf(row.label, phases),
      label: row.label,
      count: row.count,
      mean: cell(row.mean),
      standardDeviation: cell(row.standardDeviation),
      minimum: cell(row.minimum),
      ...Object.fromEntries(row.quantiles.map((q) => [`quantile ${q.fraction}`, cell(q.value)])),
      maximum: cell(row.maximum),
    })),
    notes: notFinite === 0 ? [] : [`${notFinite} voxels are not finite numbers and count nowhere.`],
  };
}

function nameOf(label: number, phases: readonly Phase[]): string {
  return phases.find((phase) => phase.label === label)?.name ?? `label ${label}`;
}

/** Values along a line with their distance from its start. */
export interface Profile {
  readonly values: Float64Array;
  /** From the first value to the last, in `unit`. */
  readonly length: number;
  /** Of the voxel size, or voxels where that is unknown. */
  readonly unit: string;
}

export function profileOf(
  values: Float64Array,
  { from, to }: PlacedMeasure,
  spacing: VoxelSpacing | null,
): Profile {
  const { physical, voxels } = lengthBetween(from, to, spacing);
  return { values, length: physical ?? voxels, unit: spacing?.unit ?? 'voxels' };
}

function distanceAt({ values, length }: Profile, sample: number): number {
  return values.length < 2 ? 0 : (length * sample) / (values.length - 1);
}

export function profileTable(title: string, profile: Profile): ResultTable {
  return {
    id: 'profile',
    title,
    columns: [
      column('distance', 'Distance', 'From the first point', profile.unit),
      column('value', 'Grey value', 'Interpolated linearly between voxel centres'),
    ],
    rows: Array.from(profile.values, (value, i) => ({
      distance: distanceAt(profile, i),
      value: cell(value),
    })),
    notes: [],
    plots: [
      { id: 'profile', title, kind: 'line', x: { column: 'distance' }, y: { column: 'value' } },
    ],
  };
}
