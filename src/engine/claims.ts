/** What a session claims of a run: the numbers, and digests of settings and voxels to check them by. */
import type { ResultTable } from '../declaration/results.ts';
import type { ParameterValues } from '../declaration/parameters.ts';
import type { Operation } from '../operations/operation.ts';
import type { ClaimedTable, SessionClaim } from '../session/session.ts';
import { canonicalJson, digestText, digestVoxels } from '../volume/digest.ts';
import type { StepOutcome } from './engine.ts';
import { restsOnGpu } from './gpu-record.ts';

/** Identity of what one step was told to do. */
export function settingsDigest(
  operation: string,
  version: number,
  params: ParameterValues<Operation['parameters']>,
): string {
  return digestText(canonicalJson({ operation, version, params }));
}

/** A table's numbers by row and column. */
export function claimedTable({ id, columns, rows }: ResultTable): ClaimedTable {
  const ids = columns.map((column) => column.id);
  return { id, columns: ids, rows: rows.map((row) => ids.map((column) => row[column] ?? null)) };
}

/**
 * The claim of a run on one dataset. Reads every voxel that the steps made, some 1 to 10 ms per MiB;
 * `breathe` is awaited every few milliseconds.
 */
export async function claimOf(
  dataset: string,
  outcomes: readonly StepOutcome[],
  breathe: () => Promise<void>,
): Promise<SessionClaim> {
  const steps: SessionClaim['steps'] = [];
  for (const outcome of outcomes) {
    const { stepId, operation, version, params, madeVolume, current, tables } = outcome;
    steps.push({
      step: stepId,
      settingsSha256: settingsDigest(operation, version, params),
      voxelSha256: madeVolume ? await digestVoxels(current.volume, breathe) : null,
      tables: tables.map(claimedTable),
      ...(restsOnGpu(outcome) ? { onGpu: true as const } : {}),
    });
  }
  return { dataset, steps };
}
