/** A table of results: symbols, units, help on the headings, sorting, all digits on hover. */
import { Tooltip, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Cell, Column } from '../../../declaration/results.ts';
import { Formula } from '../../components/Formula.tsx';
import { isCount, readableCell } from './cells.ts';
import { type Sorting, sortRows } from './phase-table.ts';
import styles from './results.module.css';

type Row = Readonly<Record<string, Cell>>;

export interface ResultTableViewProps {
  readonly title: string;
  readonly columns: readonly (Column & { readonly directional?: boolean })[];
  readonly rows: readonly Row[];
  /** Consecutive rows that share their per-phase cells. */
  readonly rowsPerPhase?: number;
  /** Colours by label, for the phase column. */
  readonly colours?: ReadonlyMap<number, string>;
}

export function ResultTableView(props: ResultTableViewProps) {
  const { title, columns, rows, rowsPerPhase = 1, colours } = props;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const sorted = sortRows(rows, sorting);
  const span = sorting === null ? rowsPerPhase : 1;
  const sortBy = (column: string): void => {
    if (sorting?.column !== column) setSorting({ column, descending: false });
    else setSorting(sorting.descending ? null : { column, descending: true });
  };
  return (
    <table className={styles['table']} aria-label={title}>
      <thead>
        <tr>
          {columns.map((column) => (
            <Heading
              key={column.id}
              column={column}
              isNumeric={isNumeric(rows, column)}
              sorting={sorting?.column === column.id ? sorting : null}
              onSort={() => sortBy(column.id)}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted.map((row, i) => (
          <tr
            key={`${String(row['label'] ?? i)} ${String(row['direction'] ?? '')}`}
            data-first={i % span === 0 || undefined}
          >
            {columns.map((column) => {
              const isShared = span > 1 && column.directional === false;
              if (isShared && i % span !== 0) return null;
              return (
                <BodyCell
                  key={column.id}
                  row={row}
                  column={column}
                  isNumeric={isNumeric(rows, column)}
                  counts={isCount(rows, column)}
                  rowSpan={isShared ? span : 1}
                  swatch={column.id === 'phase' ? swatchOf(row, colours) : null}
                />
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isNumeric(rows: readonly Row[], column: Column): boolean {
  return rows.some((row) => typeof row[column.id] === 'number');
}

function swatchOf(row: Row, colours: ReadonlyMap<number, string> | undefined): string | null {
  return colours?.get(Number(row['label'])) ?? null;
}

function Heading(props: {
  readonly column: Column;
  readonly isNumeric: boolean;
  readonly sorting: Sorting | null;
  readonly onSort: () => void;
}) {
  const { column, sorting } = props;
  const direction = sorting === null ? 'none' : sorting.descending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      aria-sort={direction}
      data-numeric={props.isNumeric || undefined}
      data-column={column.id}
    >
      <Tooltip label={column.help} position="top">
        <UnstyledButton className={styles['heading']} onClick={props.onSort}>
          {column.title}{' '}
          <span className={styles['symbol']}>
            {sorting === null ? null : sorting.descending ? (
              <IconArrowDown size={11} aria-hidden />
            ) : (
              <IconArrowUp size={11} aria-hidden />
            )}
            <Formula text={column.symbol} />
            {column.unit === '' ? '' : ` / ${column.unit}`}
          </span>
        </UnstyledButton>
      </Tooltip>
    </th>
  );
}

function BodyCell(props: {
  readonly row: Row;
  readonly column: Column;
  readonly isNumeric: boolean;
  readonly counts: boolean;
  readonly rowSpan: number;
  readonly swatch: string | null;
}) {
  const { row, column, swatch } = props;
  const cell = row[column.id] ?? null;
  // A phase that is called pore says so itself.
  const isPore = column.id === 'phase' && row['pore'] === true && !/\bpores?\b/i.test(String(cell));
  const content: ReactNode = readableCell(row, column, props.counts);
  return (
    <td
      rowSpan={props.rowSpan}
      data-numeric={props.isNumeric || undefined}
      data-empty={cell === null || undefined}
      data-column={column.id}
      title={typeof cell === 'number' ? String(cell) : cell === null ? column.help : undefined}
    >
      {swatch === null ? null : (
        <span className={styles['swatch']} style={{ background: swatch }} aria-hidden />
      )}
      {content}
      {isPore ? <span className={styles['tag']}>pore</span> : null}
    </td>
  );
}
