/** The results of the present recipe, joined and summed up. */
import { useMemo } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { ResultTable } from '../../../declaration/results.ts';
import type { GpuRecord } from '../../../engine/gpu-record.ts';
import { figuresOf, type PlotFigure } from '../../../figures/plot-figure.ts';
import { isUpToDate, type StepStatus, titleOf } from '../../stores/recipe-status.ts';
import { lastLabels } from '../../stores/workspace.ts';
import { useSteps, useWorkspaceState } from '../../workbench-context.tsx';
import { isPhaseTable, joinPhaseTables, type PhaseTable } from './phase-table.ts';
import { type Summary, summarise } from './summary.ts';

/** A table that stands by itself, under the step it comes from. */
export interface StepTable {
  readonly stepId: string;
  readonly stepTitle: string;
  readonly table: ResultTable;
}

/** A plot of a table, under the step it comes from. */
export interface StepPlot {
  /** The step's, the table's and the plot's own. */
  readonly id: string;
  readonly stepTitle: string;
  readonly table: ResultTable;
  readonly figure: PlotFigure;
}

export interface Results {
  readonly phases: PhaseTable | null;
  readonly others: readonly StepTable[];
  readonly plots: readonly StepPlot[];
  readonly summary: Summary;
  /** What a reader of the numbers must know: each step's equation and its tables' notes. */
  readonly conventions: readonly {
    readonly title: string;
    readonly equation: string;
    readonly notes: readonly string[];
  }[];
  /** Whether the recipe has changed since a shown number was computed. */
  readonly isStale: boolean;
  /** The steps that a GPU computed. */
  readonly onGpu: readonly {
    readonly stepId: string;
    readonly title: string;
    readonly gpu: GpuRecord;
  }[];
  /** The labels that were measured last. */
  readonly labels: VolumeInfo | null;
}

function isMeasure({ operation }: StepStatus): boolean {
  return operation?.family === 'measure';
}

/** Tables that are shown alone: not joined, and not only a single row of the summary. */
function standsAlone(
  status: StepStatus,
  table: ResultTable,
  joined: readonly ResultTable[],
): boolean {
  return !(isMeasure(status) && joined.includes(table)) && table.id !== 'porosity';
}

export function useResults(): Results {
  const steps = useSteps();
  const { outcomes, labels } = useWorkspaceState((state) => ({
    outcomes: state.outcomes,
    labels: lastLabels(state),
  }));
  return useMemo(() => {
    const shown = steps.flatMap((status) => {
      const outcome = outcomes[status.step.id];
      return outcome === undefined || !status.step.enabled ? [] : [{ status, outcome }];
    });
    const measured = shown.filter(({ status }) => isMeasure(status));
    const tables = measured.flatMap(({ outcome }) => outcome.summary.tables);
    // The same measurement twice is not the same number twice: the second stands alone.
    const joined = tables.filter(
      (table, i) => isPhaseTable(table) && tables.findIndex(({ id }) => id === table.id) === i,
    );
    const phases = joinPhaseTables(joined);
    const colours = new Map((labels?.phases ?? []).map(({ name, colour }) => [name, colour]));
    return {
      phases,
      others: shown.flatMap(({ status, outcome }) =>
        outcome.summary.tables
          .filter((table) => standsAlone(status, table, joined))
          .map((table) => ({
            stepId: status.step.id,
            stepTitle: titleOf(status),
            table,
          })),
      ),
      plots: shown.flatMap(({ status, outcome }) =>
        outcome.summary.tables.flatMap((table) =>
          figuresOf(table, colours).map(({ id, figure }) => ({
            id: `${status.step.id} ${table.id} ${id}`,
            stepTitle: titleOf(status),
            table,
            figure,
          })),
        ),
      ),
      summary: summarise(tables, phases),
      conventions: measured.map(({ status, outcome }) => ({
        title: titleOf(status),
        equation: status.operation?.equation ?? '',
        notes: [
          ...outcome.summary.notes,
          ...outcome.summary.tables.flatMap((table) => table.notes),
        ],
      })),
      isStale: shown.some(({ status, outcome }) => !isUpToDate(status, outcome)),
      onGpu: shown.flatMap(({ status, outcome }) => {
        const { gpu } = outcome.summary;
        const title = titleOf(status);
        return gpu === null ? [] : [{ stepId: status.step.id, title, gpu }];
      }),
      labels,
    };
  }, [steps, outcomes, labels]);
}
