/** The bottom panel: numbers, methods text and log; and everything that can be taken away. */
import { Checkbox, Tabs, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { Column } from '../../../declaration/results.ts';
import { CopyTable } from '../../components/CopyTable.tsx';
import { Formula } from '../../components/Formula.tsx';
import { NothingHere } from '../../components/NothingHere.tsx';
import { OnGpu } from '../../components/OnGpu.tsx';
import { fileStem } from '../../file-stem.ts';
import { TakeTable } from '../../components/TakeTable.tsx';
import { AcrossPanel } from './AcrossPanel.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { mainColumns } from './phase-table.ts';
import { PlotsPanel } from './PlotsPanel.tsx';
import styles from './results.module.css';
import { ResultTableView } from './ResultTableView.tsx';
import { SummaryCard } from './SummaryCard.tsx';
import { useMarkPore } from './use-mark-pore.ts';
import { type Results, useResults } from './use-results.ts';
import { useMeasures } from '../../stores/measures.ts';
import { currentRecipe } from '../../stores/workspace.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';

interface ResultsPanelProps {
  /** The tab of what is measured on the slices. */
  readonly measures: ReactNode;
}

export function ResultsPanel({ measures }: ResultsPanelProps) {
  const results = useResults();
  const [tab, setTab] = useState<string | null>('results');
  const hasSeveral = useWorkspaceState(({ volumes }) => volumes.length > 1);
  if (tab === 'across' && !hasSeveral) setTab('results');
  const lastMeasure = useMeasures((state) => state.kept.at(-1)?.id ?? null);
  // A new measure shows its numbers.
  useEffect(() => {
    if (lastMeasure !== null) setTab('measures');
  }, [lastMeasure]);
  const [showsAll, setShowsAll] = useState(false);
  const hasTable = tab === 'results' && results.phases !== null;
  const columns = useColumns(results, showsAll);
  const stem = useWorkspaceState(({ source }) => fileStem(source?.name ?? ''));
  return (
    <section className={styles['panel']} aria-label="Results">
      <Tabs value={tab} onChange={setTab} keepMounted={false} className={styles['tabs']}>
        <div className={styles['bar']}>
          <Tabs.List className={styles['tabList']}>
            <Tabs.Tab value="results">Results</Tabs.Tab>
            <Tabs.Tab value="plots">Plots</Tabs.Tab>
            {hasSeveral ? <Tabs.Tab value="across">Across volumes</Tabs.Tab> : null}
            <Tabs.Tab value="measures">Measures</Tabs.Tab>
            <Tabs.Tab value="methods">Methods</Tabs.Tab>
            <Tabs.Tab value="log">Log</Tabs.Tab>
          </Tabs.List>
          <div className={styles['barActions']}>
            {hasTable ? (
              <>
                <Checkbox
                  size="xs"
                  label="All columns"
                  checked={showsAll}
                  onChange={(event) => setShowsAll(event.currentTarget.checked)}
                />
                <TakeTable
                  table={{
                    ...PHASE_TABLE,
                    columns: columns.map(plainColumn),
                    rows: results.phases?.rows ?? [],
                  }}
                  stem={`${stem}-phases`}
                />
              </>
            ) : null}
            <ExportMenu />
          </div>
        </div>
        <Tabs.Panel value="results" className={styles['content']}>
          <Numbers results={results} columns={columns} stem={stem} />
        </Tabs.Panel>
        <Tabs.Panel value="plots" className={styles['content']}>
          <PlotsPanel plots={results.plots} stem={stem} />
        </Tabs.Panel>
        <Tabs.Panel value="across" className={styles['content']}>
          <AcrossPanel />
        </Tabs.Panel>
        <Tabs.Panel value="measures" className={styles['content']}>
          {measures}
        </Tabs.Panel>
        <Tabs.Panel value="methods" className={styles['content']}>
          <Methods />
        </Tabs.Panel>
        <Tabs.Panel value="log" className={styles['content']}>
          <Log />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

const PHASE_TABLE = { id: 'phases', title: 'Results by phase', notes: [] } as const;

function plainColumn({ id, title, symbol, unit, help }: Column): Column {
  return { id, title, symbol, unit, help };
}

function useColumns(results: Results, showsAll: boolean) {
  return useMemo(() => {
    const all = results.phases?.columns ?? [];
    return showsAll ? all : mainColumns(all);
  }, [results.phases, showsAll]);
}

function Numbers(props: {
  readonly results: Results;
  readonly columns: ReturnType<typeof useColumns>;
  readonly stem: string;
}) {
  const { results, columns, stem } = props;
  const { phases, others, summary, conventions, labels, isStale, onGpu } = results;
  const colours = useMemo(
    () => new Map((labels?.phases ?? []).map((phase) => [phase.label, phase.colour])),
    [labels],
  );
  const tables = useRef<HTMLDivElement>(null);
  const markPore = useMarkPore();
  if (phases === null && others.length === 0) return <NothingYet />;
  const showConventions = (): void =>
    tables.current?.querySelector('[data-conventions]')?.scrollIntoView({ block: 'start' });
  return (
    <div className={styles['results']}>
      {phases === null ? null : (
        <SummaryCard summary={summary} colours={colours} onMarkPore={markPore} />
      )}
      <div className={styles['numbers']}>
        <div
          ref={tables}
          className={styles['tables']}
          tabIndex={0}
          role="group"
          aria-label="Result tables"
        >
          {isStale ? (
            <p className={styles['stale']} role="status">
              <IconAlertTriangle size={14} aria-hidden /> The recipe has changed since these numbers
              were computed: run it again.
            </p>
          ) : null}
          <GpuNotice onGpu={onGpu} />
          {phases === null ? null : (
            <ResultTableView
              title={PHASE_TABLE.title}
              columns={columns}
              rows={phases.rows}
              rowsPerPhase={phases.rowsPerPhase}
              colours={colours}
            />
          )}
          <Conventions conventions={conventions} />
          {others.map(({ stepId, stepTitle, table }) => (
            <details key={`${stepId} ${table.id}`} className={styles['other']}>
              <summary>
                {table.title} <span>from {stepTitle}</span>
              </summary>
              <div className={styles['otherActions']}>
                <TakeTable table={table} stem={`${stem}-${table.id}`} />
              </div>
              <ResultTableView
                title={table.title}
                columns={table.columns}
                rows={table.rows}
                colours={colours}
              />
              {table.notes.map((note) => (
                <p key={note} className={styles['note']}>
                  <Formula text={note} />
                </p>
              ))}
            </details>
          ))}
        </div>
        {phases === null ? null : (
          <ConventionStrip conventions={conventions} onShow={showConventions} />
        )}
      </div>
    </div>
  );
}

/** Which numbers are not the CPU's, and how near they are to them. */
function GpuNotice({ onGpu }: Pick<Results, 'onGpu'>) {
  return onGpu.map(({ stepId, title, gpu }) => (
    <p key={stepId} className={styles['onGpu']}>
      <OnGpu />
      <span>
        {title} on {gpu.adapter}: within {gpu.tolerance.toExponential()} of the CPU’s values,
        relative to {gpu.relativeTo};{' '}
        {gpu.evidence === 'certificate'
          ? `certified bounds leave ${gpu.difference.toExponential(1)} between the two.`
          : `${gpu.difference === 0 ? 'no difference' : gpu.difference.toExponential(1)} where both were computed. Later steps rest on it.`}
      </span>
    </p>
  ));
}

/** The definitions in one line that stays in sight under the numbers. */
function ConventionStrip(props: {
  readonly conventions: Results['conventions'];
  readonly onShow: () => void;
}) {
  const equations = props.conventions.flatMap(
    ({ equation }) => equation.split(/[,;] {2,}| over | for /)[0] ?? [],
  );
  return (
    <p className={styles['strip']}>
      <UnstyledButton className={styles['link']} onClick={props.onShow}>
        Conventions
      </UnstyledButton>
      <span className={styles['stripText']}>
        <Formula
          text={equations
            .filter((each) => each !== '')
            .toReversed()
            .join(' · ')}
        />
      </span>
    </p>
  );
}

function Conventions({ conventions }: Pick<Results, 'conventions'>) {
  return (
    <div className={styles['conventions']} data-conventions>
      {conventions
        .filter(({ equation, notes }) => equation !== '' || notes.length > 0)
        .map(({ title, equation, notes }) => (
          <div key={title} className={styles['convention']}>
            <p>
              <strong>{title}</strong>{' '}
              <span className={styles['equation']}>
                <Formula text={equation} />
              </span>
            </p>
            {notes.map((note) => (
              <p key={note} className={styles['note']}>
                <Formula text={note} />
              </p>
            ))}
          </div>
        ))}
    </div>
  );
}

/** What a first-time user does with what was opened. */
function nextSteps({ kind, phases }: VolumeInfo): readonly string[] {
  if (kind === 'grey') return GREY_STEPS;
  const segmented =
    'The volume is segmented already: fractions, percolation and tortuosity factors are measured for each label.';
  return phases.some(({ pore }) => pore)
    ? [segmented]
    : [
        segmented,
        'No label is taken for pore space unasked: to get a porosity, add “Name phases” and mark the pore.',
      ];
}

const GREY_STEPS = [
  'Each step at the left can be selected, changed, switched off or moved; what it does and what it found stands at the right.',
  'Values left automatic are found in your data. Select the segmentation to see its grey intervals on the histogram and to drag them.',
  'After a change only the steps that it concerns are computed again.',
];

function NothingYet() {
  const { source, isRunning } = useWorkspaceState((state) => ({
    source: state.source,
    isRunning: state.activity?.kind === 'run',
  }));
  if (isRunning || source === null) {
    return (
      <p className={styles['nothing']}>
        {isRunning ? 'Numbers appear here as the measuring steps finish.' : 'Open a volume first.'}
      </p>
    );
  }
  return (
    <NothingHere action="run">
      <p>Run the recipe to measure (Ctrl+Enter). Numbers and conventions appear here.</p>
      <ul>
        {nextSteps(source).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </NothingHere>
  );
}

function Methods() {
  const workspace = useWorkspace();
  // The text tells of the GPU where the last run used it.
  const { recipe, outcomes } = useWorkspaceState((state) => ({
    recipe: currentRecipe(state),
    outcomes: state.outcomes,
  }));
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    workspace.methods().then(
      (methods) => {
        if (!isCurrent) return;
        setText(methods);
        setProblem(null);
      },
      (error: unknown) => {
        if (isCurrent) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [workspace, recipe, outcomes]);
  if (problem !== null) return <p className={styles['nothing']}>{problem}</p>;
  if (text === null) return <p className={styles['nothing']}>Writing…</p>;
  return (
    <div className={styles['methods']} tabIndex={0} role="group" aria-label="Methods text">
      <div className={styles['methodsBar']}>
        <p>For a paper’s methods section; parameters and sources as the recipe has them.</p>
        <CopyTable text={text} />
      </div>
      <pre>{text}</pre>
    </div>
  );
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

function Log() {
  const log = useWorkspaceState((state) => state.log);
  if (log.length === 0) {
    return (
      <p className={styles['nothing']}>
        What is opened, run and saved is listed here, with its time.
      </p>
    );
  }
  return (
    <ol className={styles['log']} tabIndex={0} aria-label="Log">
      {log.toReversed().map((entry) => (
        <li key={entry.id}>
          <time dateTime={new Date(entry.at).toISOString()}>{CLOCK.format(entry.at)}</time>
          <span>{entry.text}</span>
        </li>
      ))}
    </ol>
  );
}
