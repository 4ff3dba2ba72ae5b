/** The few numbers that come first: porosity, fractions, and how tortuous the pores are. */
import type { Cell, ResultTable } from '../../../declaration/results.ts';
import type { PhaseTable } from './phase-table.ts';

export interface PhaseFraction {
  readonly label: number;
  readonly name: string;
  readonly fraction: number;
  readonly pore: boolean;
}

export interface DirectionalFactor {
  readonly direction: string;
  /** null: no path. */
  readonly value: number | null;
}

export interface Summary {
  readonly porosity: number | null;
  readonly fractions: readonly PhaseFraction[];
  /** The tortuosity factor of the pore phase; null where it was not measured or there is none. */
  readonly poreTortuosity: {
    readonly phase: string;
    readonly factors: readonly DirectionalFactor[];
  } | null;
}

function numberOrNull(cell: Cell | undefined): number | null {
  return typeof cell === 'number' ? cell : null;
}

export function summarise(tables: readonly ResultTable[], phases: PhaseTable | null): Summary {
  const porosity = tables.find((table) => table.id === 'porosity')?.rows[0]?.['porosity'];
  const rows = phases?.rows ?? [];
  const seen = new Set<Cell | undefined>();
  const fractions = rows.flatMap((row): PhaseFraction[] => {
    const fraction = numberOrNull(row['volumeFraction']);
    const label = numberOrNull(row['label']);
    if (fraction === null || label === null || seen.has(label)) return [];
    seen.add(label);
    return [{ label, name: String(row['phase'] ?? label), fraction, pore: row['pore'] === true }];
  });
  const pore = fractions.find((phase) => phase.pore);
  const poreRows = rows.filter((row) => row['label'] === pore?.label && 'tortuosityFactor' in row);
  return {
    porosity: numberOrNull(porosity),
    fractions,
    poreTortuosity:
      pore === undefined || poreRows.length === 0
        ? null
        : {
            phase: pore.name,
            factors: poreRows.map((row) => ({
              direction: String(row['direction'] ?? ''),
              value: numberOrNull(row['tortuosityFactor']),
            })),
          },
  };
}
