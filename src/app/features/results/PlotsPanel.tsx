/** What can be drawn of the results, one plot at a time. */
import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { NothingHere } from '../../components/NothingHere.tsx';
import { Plot } from '../../components/plots/Plot.tsx';
import { SavePlot } from '../../components/plots/SavePlot.tsx';
import { TakeTable } from '../../components/TakeTable.tsx';
import styles from './results.module.css';
import type { Results } from './use-results.ts';

export function PlotsPanel({ plots, stem }: Pick<Results, 'plots'> & { readonly stem: string }) {
  const [chosen, setChosen] = useState('');
  const shown = plots.find(({ id }) => id === chosen) ?? plots[0];
  if (shown === undefined) {
    return (
      <NothingHere action="run">
        <p>Run the recipe to draw its results here.</p>
        <ul>
          <li>Size distributions come with local thickness and the distance map.</li>
          <li>Profiles come with “Fractions by slice” and the profile of the tortuosity factor.</li>
        </ul>
      </NothingHere>
    );
  }
  const name = `${stem}-${shown.id.replaceAll(' ', '-')}`;
  return (
    <div className={styles['plots']}>
      <ul className={styles['plotList']} aria-label="Plots">
        {plots.map(({ id, stepTitle, figure }) => (
          <li key={id}>
            <UnstyledButton
              className={styles['plotItem']}
              aria-current={id === shown.id}
              onClick={() => setChosen(id)}
            >
              <strong>{figure.title}</strong>
              <span>{stepTitle}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <div className={styles['plotDetail']}>
        <div className={styles['plotActions']}>
          <SavePlot figure={shown.figure} stem={name} />
          <TakeTable table={shown.table} stem={name} />
        </div>
        <Plot key={shown.id} figure={shown.figure} />
      </div>
    </div>
  );
}
