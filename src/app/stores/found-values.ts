/**
 * Values that a step found for parameters left automatic. A step tells them in its tables: a column
 * with the parameter's name, or rows of phases with their grey interval.
 */
import type { StepSummary } from '../../../workers/engine-api.ts';
import type { GreyInterval, ParameterFields } from '../../declaration/parameters.ts';

function isEnd(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
}

function foundIntervals(summary: StepSummary): readonly GreyInterval[] | null {
  const table = summary.tables.find(({ columns }) =>
    ['phase', 'from', 'to'].every((id) => columns.some((column) => column.id === id)),
  );
  if (table === undefined) return null;
  return table.rows.map((row) => ({
    name: String(row['phase'] ?? ''),
    from: isEnd(row['from']) ? row['from'] : null,
    to: isEnd(row['to']) ? row['to'] : null,
  }));
}

function foundNumber(summary: StepSummary, name: string): number | null {
  for (const { rows } of summary.tables) {
    for (const row of rows) {
      const named = row['parameter'] === name ? row['value'] : row[name];
      if (typeof named === 'number') return named;
    }
  }
  return null;
}

export function foundValues(
  fields: ParameterFields,
  summary: StepSummary | null,
): Readonly<Record<string, unknown>> {
  if (summary === null) return {};
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const asRun = summary.params[name];
      if (field.kind === 'intervals') return [[name, asRun ?? foundIntervals(summary)]];
      if (field.kind !== 'auto-number') return [];
      return [[name, asRun ?? foundNumber(summary, name)]];
    }),
  );
}
