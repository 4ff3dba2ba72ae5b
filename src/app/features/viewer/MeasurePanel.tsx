/** The measures that are kept, and the numbers of the selected one, read from what is shown. */
import { ActionIcon, Button, UnstyledButton } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { tableCsv, tableTsv } from '../../../declaration/table-text.ts';
import type { ResultTable } from '../../../declaration/results.ts';
import { CopyTable } from '../../components/CopyTable.tsx';
import { formatNumber } from '../../components/format.ts';
import { rasterise } from '../../components/rasterise.ts';
import { saveFile } from '../../components/save-file.ts';
import { useSize } from '../../components/use-size.ts';
import { lengthBetween } from '../../rendering/measure-geometry.ts';
import { type Measure, type PlacedMeasure, useMeasures } from '../../stores/measures.ts';
import { useViewer } from '../../stores/viewer.ts';
import { useWorkbench } from '../../workbench-context.tsx';
import {
  distanceAt,
  extentText,
  measureTitle,
  placeText,
  type Profile,
  profileOf,
  profileTable,
  regionOf,
  statisticsTable,
} from './measure-tables.ts';
import { plotEdges, PRINT, profileFigure } from './profile-figure.ts';
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
      <p className={styles['none']}>
        Nothing is measured yet. Take a tool from the ruler menu over the slices, or press D
        (distance), P (line profile), R (rectangle) or E (ellipse), then click two points; with the
        keyboard, move the crosshair and press Enter.
      </p>
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
        <TakeAway table={table} name="statistics" volume={volume} />
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

function fileStem({ name }: VolumeInfo): string {
  return name.replace(/\.[^.]+$/, '') || 'volume';
}

function TakeAway(props: {
  readonly table: ResultTable;
  readonly name: string;
  readonly volume: VolumeInfo;
}) {
  const { table, name, volume } = props;
  return (
    <>
      <CopyTable text={tableTsv(table)} />
      <SaveButton
        label="CSV"
        onClick={() =>
          saveFile(
            `${fileStem(volume)}-${name}.csv`,
            new Blob([tableCsv(table)], { type: 'text/csv' }),
          )
        }
      />
    </>
  );
}

function SaveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      leftSection={<IconDownload size={14} aria-hidden />}
      aria-label={`Save as ${label}`}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

function LineProfile({ measure, volume }: { measure: PlacedMeasure; volume: VolumeInfo }) {
  const { client } = useWorkbench();
  const { answer, problem } = useAnswer(
    () => client.profile(volume.handle, measure.from, measure.to),
    [client, measure, volume.handle],
  );
  const profile = useMemo(
    () => (answer === null ? null : profileOf(answer, measure, volume.spacing)),
    [answer, measure, volume.spacing],
  );
  if (problem !== null) return <p className={styles['none']}>{problem}</p>;
  if (profile === null) return <p className={styles['none']}>Reading…</p>;
  const title = titleOf(measure, volume);
  const svg = (): string => profileFigure(title, profile, PRINT);
  const stem = `${fileStem(volume)}-profile`;
  return (
    <>
      <div className={styles['actions']}>
        <span>{title}</span>
        <TakeAway table={profileTable(title, profile)} name="profile" volume={volume} />
        <SaveButton
          label="SVG"
          onClick={() => saveFile(`${stem}.svg`, new Blob([svg()], { type: 'image/svg+xml' }))}
        />
        <SaveButton
          label="PNG"
          onClick={() => void rasterise(svg(), PRINT).then((png) => saveFile(`${stem}.png`, png))}
        />
      </div>
      <ProfilePlot title={title} profile={profile} />
    </>
  );
}

/** So that seven points of print are eleven pixels of screen. */
const MM_PER_PIXEL = 0.22;

/** The figure in the page's colours; the pointer reads the nearest sample. */
function ProfilePlot({ title, profile }: { readonly title: string; readonly profile: Profile }) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const [sample, setSample] = useState<number | null>(null);
  const last = profile.values.length - 1;
  const mm = { width: MM_PER_PIXEL * width, height: MM_PER_PIXEL * Math.max(90, height) };
  const [left, right] = plotEdges(mm);
  const svg = profileFigure(title, profile, {
    ...mm,
    ink: 'currentColor',
    paper: 'none',
    line: 'var(--ts-accent)',
  });
  const read = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width - left) / (right - left);
    setSample(Math.max(0, Math.min(last, Math.round(share * last))));
  };
  const value = sample === null ? null : (profile.values[sample] as number);
  return (
    <div
      ref={frame}
      className={styles['plot']}
      role="img"
      aria-label={`Plot of ${last + 1} grey values over ${formatNumber(profile.length)} ${profile.unit}`}
      data-testid="profile-plot"
      onPointerMove={read}
      onPointerLeave={() => setSample(null)}
    >
      {width > 0 && <InlineSvg svg={svg} />}
      {sample !== null && value !== null && (
        <span className={styles['sample']}>
          {formatNumber(distanceAt(profile, sample))} {profile.unit}: {formatNumber(value)}
        </span>
      )}
    </div>
  );
}

/** The figure is our own text; titles in it are escaped. */
function InlineSvg({ svg }: { readonly svg: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    parsed.setAttribute('width', '100%');
    parsed.setAttribute('height', '100%');
    host.current?.replaceChildren(parsed);
  }, [svg]);
  return <div ref={host} className={styles['figure']} aria-hidden="true" />;
}
