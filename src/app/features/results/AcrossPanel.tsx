/** The numbers of all volumes: a table with one row for each, and a plot over their states. */
import { SegmentedControl, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import {
  type AcrossForm,
  acrossPlotTable,
  acrossTable,
  isCount,
} from '../../../declaration/across.ts';
import { figuresOf } from '../../../figures/plot-figure.ts';
import { Plot } from '../../components/plots/Plot.tsx';
import { SavePlot } from '../../components/plots/SavePlot.tsx';
import { SaveButton, TakeTable } from '../../components/TakeTable.tsx';
import { saveFile } from '../../components/save-file.ts';
import { tableCsv } from '../../../declaration/table-text.ts';
import { useAction } from '../../use-action.ts';
import { useWorkspaceState } from '../../workbench-context.tsx';
import { lastLabels } from '../../stores/workspace.ts';
import { ResultTableView } from './ResultTableView.tsx';
import { useAcross } from './use-across.ts';
import styles from './results.module.css';

const FORMS: readonly { readonly value: AcrossForm; readonly label: string }[] = [
  { value: 'value', label: 'Value' },
  { value: 'change', label: 'Change' },
  { value: 'percent', label: 'Change in %' },
];

export function AcrossPanel() {
  const across = useAcross();
  const { volumes, quantities, stateLabel, behind, failures } = across;
  const labels = useWorkspaceState(lastLabels);
  const [chosen, setChosen] = useState('');
  const [form, setForm] = useState<AcrossForm>('value');
  const shown =
    quantities.find(({ id }) => id === chosen) ??
    quantities.find((each) => !isCount(each)) ??
    quantities[0];
  const colours = useMemo(
    () => new Map((labels?.phases ?? []).map(({ name, colour }) => [name, colour])),
    [labels],
  );
  const parts = useMemo(() => {
    if (shown === undefined) return null;
    const plotted = acrossPlotTable(volumes, shown, stateLabel, form);
    return {
      table: acrossTable(volumes, [shown], stateLabel, [form]),
      plotted,
      figure: figuresOf(plotted, colours)[0]?.figure ?? null,
    };
  }, [volumes, shown, stateLabel, form, colours]);
  if (shown === undefined || parts === null) return <RunAll text="No numbers to compare yet." />;
  const { table, figure } = parts;
  const stem = `across-${shown.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  return (
    <div className={styles['plots']}>
      <ul className={styles['plotList']} aria-label="Quantities">
        {quantities.map(({ id, title, stepTitle }) => (
          <li key={id}>
            <UnstyledButton
              className={styles['plotItem']}
              aria-current={id === shown.id}
              onClick={() => setChosen(id)}
            >
              <strong>{title}</strong>
              <span>{stepTitle}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <div className={styles['acrossNumbers']}>
        <div className={styles['acrossActions']}>
          <SegmentedControl
            size="xs"
            aria-label="What is shown of the numbers"
            data={[...FORMS]}
            value={form}
            onChange={(value) => setForm(value as AcrossForm)}
          />
          <TakeTable table={table} stem={stem} />
          <SaveButton
            label="all as CSV"
            onClick={() =>
              saveFile(
                'across.csv',
                new Blob([tableCsv(acrossTable(volumes, quantities, stateLabel))], {
                  type: 'text/csv;charset=utf-8',
                }),
              )
            }
          />
        </div>
        <div
          className={styles['tables']}
          tabIndex={0}
          role="group"
          aria-label="Table across volumes"
        >
          {behind.length === 0 ? null : (
            <RunAll text={`Not up to date with the recipe: ${behind.join(', ')}.`} />
          )}
          {failures.map((text) => (
            <p key={text} className={styles['stale']} role="status">
              <IconAlertTriangle size={14} aria-hidden /> {text}
            </p>
          ))}
          {form === 'value' ? null : (
            <p className={styles['note']}>Against {volumes[0]?.name}, the first of the list.</p>
          )}
          <ResultTableView title="Across volumes" columns={table.columns} rows={table.rows} />
          {table.notes.map((note) => (
            <p key={note} className={styles['note']}>
              {note}
            </p>
          ))}
        </div>
      </div>
      <div className={styles['plotDetail']}>
        {figure === null ? (
          <p className={styles['nothing']}>No volume has this number.</p>
        ) : (
          <>
            <div className={styles['plotActions']}>
              <SavePlot figure={figure} stem={stem} />
            </div>
            <Plot key={`${shown.id} ${form}`} figure={figure} />
          </>
        )}
      </div>
    </div>
  );
}

function RunAll({ text }: { readonly text: string }) {
  const { run, obstacle, title } = useAction('run-all');
  return (
    <p className={styles['stale']} role="status">
      <IconAlertTriangle size={14} aria-hidden /> {text}{' '}
      {obstacle === null ? (
        <UnstyledButton className={styles['link']} onClick={run}>
          {title}
        </UnstyledButton>
      ) : null}
    </p>
  );
}
