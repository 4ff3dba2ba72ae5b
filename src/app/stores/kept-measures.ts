/**
 * Measures belong to the voxels they were made on: they go with the volume, and come back when the
 * same voxels are opened again, also in a page that was reloaded.
 */
import type { VolumeInfo } from '../../../workers/engine-api.ts';
import { type Measure, MEASURE_TOOLS, useMeasures } from './measures.ts';
import type { Workspace } from './workspace.ts';

export interface KeptMeasures {
  /** Digest of the voxels. */
  readonly of: string;
  readonly measures: readonly Measure[];
}

function isTriple(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && value.every((x) => Number.isInteger(x));
}

function isMeasure(value: unknown): value is Measure {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind, view, from, to, size } = value as Record<string, unknown>;
  if (!Number.isInteger(id)) return false;
  if (kind === 'volume') return true;
  return (
    MEASURE_TOOLS.some((tool) => tool.id === kind) &&
    (view === 'xy' || view === 'xz' || view === 'yz') &&
    [from, to, size].every(isTriple)
  );
}

/** Those of the volumes measured longest ago go first. */
const MAX_KEPT = 16;

/** Reads what another version or a person may have written; what is odd is left out. */
export function parseKeptMeasures(value: unknown): readonly KeptMeasures[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : []).flatMap((entry) => {
    const { of, measures } = (entry ?? {}) as Partial<Record<keyof KeptMeasures, unknown>>;
    if (typeof of !== 'string' || !Array.isArray(measures)) return [];
    return [{ of, measures: measures.filter(isMeasure) }];
  });
}

/** Begins with those kept before, and hands over all that are to be kept when one changes. */
export function keepMeasures(
  workspace: Pick<Workspace, 'store'>,
  before: readonly KeptMeasures[],
  keep: (kept: readonly KeptMeasures[]) => void,
): void {
  let kept = before;
  const voxelsOf = (source: VolumeInfo | null): string | null =>
    source?.voxelDigest ?? source?.handle ?? null;
  workspace.store.subscribe(({ source }, before) => {
    const voxels = voxelsOf(source);
    if (voxels === voxelsOf(before.source)) return;
    useMeasures.getState().begin(kept.find(({ of }) => of === voxels)?.measures ?? []);
  });
  useMeasures.subscribe(({ kept: measures, history }, before) => {
    const of = voxelsOf(workspace.store.getState().source);
    // To begin with some is no change of them.
    if (measures === before.kept || history.entries.length === 1 || of === null) return;
    kept = [...kept.filter((each) => each.of !== of), { of, measures }].slice(-MAX_KEPT);
    keep(kept);
  });
}
