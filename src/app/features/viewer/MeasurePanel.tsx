/** The measures that are kept, and the numbers of the selected one, read from what is shown. */
import { ActionIcon, UnstyledButton } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { figuresOf } from '../../../figures/plot-figure.ts';
import { formatNumber } from '../../components/format.ts';
import { NothingHere } from '../../components/NothingHere.tsx';
import { Plot } from '../../components/plots/Plot.tsx';
import { SavePlot } from '../../components/plots/SavePlot.tsx';
import { fileStem } from '../../file-stem.ts';
import { TakeTable } from '../../components/TakeTable.tsx';
import { lengthBetween } from '../../rendering/measure-geometry.ts';
import { type Measure, type PlacedMeasure, useMeasures } from '../../stores/measures.ts';
import { useViewer } from '../../stores/viewer.ts';
import { useWorkbench } from '../../workbench-context.tsx';
import {
  extentText,
  measureTitle,
  placeText,
  profileOf,
  profileTable,
  regionOf,
  statisticsTable,
} from './measure-tables.ts';
import styles from './measure.module.css';

interface MeasurePanelProps {
  /** What the numbers are read from; labels where there is no grey image. */
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}

export function MeasurePanel({ image, overlay }: MeasurePanelProps) {
  const kept = useMeasures((state) => state.kept);
  const selected = useMeasures((state) => state.selected);
  const volume = image ?? overlay;
  const measure = kept.find(({ id }) => id === selected) ?? null;
  if (volume === null || kept.length === 0) {
    return (
      <NothingHere action="measure-volume">
        <p>
          Measures on the slices and their numbers are listed here. Take a tool from the ruler menu
          over the slices, or press D (distance), P (line profile), R (rectangle) or E (ellipse),
          then click two points; with the keyboard, move the crosshair and press Enter.
        </p>
      </NothingHere>
    );
  }
  return (
    <div className={styles['measuring']}>
      <MeasureList kept={kept} selected={selected} volume={volume} />
      <div className={styles['detail']}>
        {measure !== null && (
          <Detail key={measure.id} measure={measure} volume={volume} overlay={overlay} />
        )}
      </div>
    </div>
  );
}

function fits(measure: Measure, { size }: VolumeInfo): boolean {
  return measure.kind === 'volume' || measure.size.every((edge, axis) => edge === size[axis]);
}

function MeasureList(props: {
  readonly kept: readonly Measure[];
  readonly selected: number | null;
  readonly volume: VolumeInfo;
}) {
  const { select, remove } = useMeasures.getState();
  const show = (measure: Measure): void => {
    select(measure.id);
    if (measure.kind !== 'volume' && fits(measure, props.volume)) {
      useViewer.getState().setCrosshair(measure.to);
    }
  };
  return (
    <ul className={styles['list']} aria-label="Measures">
      {props.kept.map((measure, i) => (
        <li key={measure.id} data-selected={measure.id === props.selected}>
          <UnstyledButton
            className={styles['item']}
            aria-current={measure.id === props.selected}
            onClick={() => show(measure)}
          >
            <strong>
              {i + 1} {measureTitle(measure)}
            </strong>
            <span>{placeText(measure)}</span>
            {measure.kind !== 'volume' && <span>{extentText(measure, props.volume.spacing)}</span>}
          </UnstyledButton>
          <ActionIcon
            size={22}
            aria-label={`Remove measure ${i + 1}`}
            onClick={() => remove(measure.id)}
          >
            <IconTrash size={14} stroke={1.6} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}

function Detail(props: {
  readonly measure: Measure;
  readonly volume: VolumeInfo;
  readonly overlay: VolumeInfo | null;
}) {
  const { measure, volume, overlay } = props;
  if (!fits(measure, volume)) {
    return (
      <p className={styles['none']}>
        This was measured on a volume of another size; select the step it was measured on.
      </p>
    );
  }
  if (measure.kind === 'distance') return <Distance measure={measure} volume={volume} />;
  if (measure.kind === 'profile') return <LineProfile measure={measure} volume={volume} />;
  return <Statistics {...props} overlay={overlay === volume ? null : overlay} />;
}

function Distance({ measure, volume }: { measure: PlacedMeasure; volume: VolumeInfo }) {
  const { from, to } = measure;
  const { physical, voxels } = lengthBetween(from, to, volume.spacing);
  return (
    <dl className={styles['facts']}>
      <dt>Length</dt>
      <dd>
        {physical === null
          ? 'voxel size unknown'
          : `${formatNumber(physical)} ${volume.spacing?.unit}`}
      </dd>
      <dt>In voxels</dt>
      <dd>{formatNumber(voxels)}</dd>
      <dt>From x, y, z</dt>
      <dd>{from.join(', ')}</dd>
      <dt>To x, y, z</dt>
      <dd>{to.join(', ')}</dd>
    </dl>
  );
}

/** The answer to a question; the old one stays until it has come. */
function useAnswer<T>(
  ask: () => Promise<T>,
  dependencies: readonly unknown[],
): { readonly answer: T | null; readonly problem: string | null } {
  const [state, setState] = useState<{ answer: T | null; problem: string | null }>({
    answer: null,
    problem: null,
  });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    let current = true;
    latest.current().then(
      (answer) => {
        if (current) setState({ answer, problem: null });
      },
      (error: unknown) => {
        if (!current) return;
        setState({ answer: null, problem: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the question is what it depends on
  }, dependencies);
  return state;
}

function Statistics(props: {
  readonly measure: Measure;
  readonly volume: VolumeInfo;
  readonly overlay: VolumeInfo | null;
}) {
  const { measure, volume, overlay } = props;
  const { client } = useWorkbench();
  const { answer, problem } = useAnswer(
    () => client.statistics(volume.handle, regionOf(measure), overlay?.handle ?? null),
    [client, measure, volume.handle, overlay?.handle],
  );
  const title = titleOf(measure, volume);
  const table = useMemo(
    () => (answer === null ? null : statisticsTable(title, answer, overlay?.phases ?? [])),
    [answer, title, overlay],
  );
  if (problem !== null) return <p className={styles['none']}>{problem}</p>;
  if (table === null) return <p className={styles['none']}>Counting…</p>;
  return (
    <>
      <div className={styles['actions']}>
        <span>{title}</span>
        <TakeTable table={table} stem={`${fileStem(volume.name)}-statistics`} />
      </div>
      <div className={styles['scroll']} tabIndex={0} role="group" aria-label="Statistics table">
        <table className={styles['table']} aria-label="Statistics">
          <thead>
            <tr>
              {table.columns.map(({ id, title: heading, help }) => (
                <th key={id} scope="col" title={help}>
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={String(row['label'])}>
                {table.columns.map(({ id }) => (
                  <Value key={id} column={id} value={row[id] ?? null} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {table.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
    </>
  );
}

/** Six digits, all of them on hover. */
function Value(props: {
  readonly column: string;
  readonly value: string | number | boolean | null;
}) {
  const { column, value } = props;
  if (column === 'name') return <th scope="row">{value}</th>;
  return (
    <td data-column={column} title={value === null ? undefined : String(value)}>
      {typeof value === 'number' ? formatNumber(value) : '—'}
    </td>
  );
}

function titleOf(measure: Measure, volume: VolumeInfo): string {
  const parts = [measureTitle(measure), placeText(measure)];
  if (measure.kind !== 'volume') parts.push(extentText(measure, volume.spacing));
  return `${volume.name}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function LineProfile({ measure, volume }: { measure: PlacedMeasure; volume: VolumeInfo }) {
  const { client } = useWorkbench();
  const { answer, problem } = useAnswer(
    () => client.profile(volume.handle, measure.from, measure.to),
    [client, measure, volume.handle],
  );
  const title = titleOf(measure, volume);
  const drawn = useMemo(() => {
    if (answer === null) return null;
    const table = profileTable(title, profileOf(answer, measure, volume.spacing));
    return { table, figure: figuresOf(table)[0]?.figure ?? null };
  }, [answer, measure, volume.spacing, title]);
  if (problem !== null) return <p className={styles['none']}>{problem}</p>;
  if (drawn === null) return <p className={styles['none']}>Reading…</p>;
  const { table, figure } = drawn;
  const stem = `${fileStem(volume.name)}-profile`;
  return (
    <>
      <div className={styles['actions']}>
        <span>{title}</span>
        {figure !== null && <SavePlot figure={figure} stem={stem} />}
        <TakeTable table={table} stem={stem} />
      </div>
      {figure === null ? (
        <p className={styles['none']}>No voxel on the line is a finite number.</p>
      ) : (
        <Plot figure={figure} />
      )}
    </>
  );
}
