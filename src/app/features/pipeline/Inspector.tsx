/** The selected step: what it does, its parameters, what it found; or the input's facts. */
import { Anchor, Button, SegmentedControl } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { ResultTable } from '../../../declaration/results.ts';
import { intervalChange } from '../../../declaration/grey-intervals.ts';
import type { GreyInterval } from '../../../declaration/parameters.ts';
import { setStepParams } from '../../../recipe/edit.ts';
import { formatNumber, formatSize, formatSpacing } from '../../components/format.ts';
import { Formula } from '../../components/Formula.tsx';
import { ParameterForm } from '../../components/parameter-form/ParameterForm.tsx';
import type { OperationDescriptor, StepStatus } from '../../stores/recipe-status.ts';
import { INPUT } from '../../stores/workspace.ts';
import { useSteps, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { changeLabel, valueIn } from './change-label.ts';
import { PreviewSwitch } from './PreviewSwitch.tsx';
import { StepForecast } from './StepForecast.tsx';
import { useFieldContext } from './use-field-context.ts';
import styles from './pipeline.module.css';

export function Inspector() {
  const steps = useSteps();
  const selected = useWorkspaceState((state) => state.selected);
  const status = steps.find(({ step }) => step.id === selected);
  const title =
    selected === INPUT ? 'Input' : (status?.operation?.title ?? status?.step.operation ?? '');
  return (
    <section className={styles['panel']} aria-label="Parameters">
      <div className={styles['bar']}>
        <h2>{title}</h2>
      </div>
      {/* Focusable, so that the keyboard can scroll what has no control in it. */}
      <div
        className={styles['inspector']}
        tabIndex={0}
        role="group"
        aria-label={`${title}: details`}
      >
        {status === undefined ? <InputFacts /> : <StepDetails key={selected} status={status} />}
      </div>
    </section>
  );
}

function StepDetails({ status }: { readonly status: StepStatus }) {
  const { step, operation, problem } = status;
  const workspace = useWorkspace();
  const context = useFieldContext(status);
  const { failure, notes, tables } = useWorkspaceState((state) => ({
    failure: state.failure?.stepId === step.id ? state.failure : null,
    notes: state.outcomes[step.id]?.summary.notes ?? null,
    tables: state.outcomes[step.id]?.summary.tables ?? null,
  }));
  if (operation === null) {
    return <Problem text={problem ?? `This program has no operation "${step.operation}".`} />;
  }
  const hasParameters = Object.keys(operation.parameters).length > 0;
  const change = (name: string, value: unknown, gesture: string | null): void => {
    const field = operation.parameters[name];
    workspace.edit(
      field === undefined
        ? `Change ${name} of ${operation.title}`
        : (before) => changeLabel(operation, field, valueIn(before, step.id, name), value),
      (recipe) =>
        setStepParams(
          recipe,
          step.id,
          field?.kind === 'intervals'
            ? intervalChange(name, field, step.params, value as readonly GreyInterval[] | null)
            : { [name]: value },
        ),
      gesture === null ? null : `${step.id}.${name} ${gesture}`,
    );
  };
  return (
    <>
      <p className={styles['summary']}>{operation.summary}</p>
      <StepForecast status={status} />
      <PreviewSwitch />
      {problem === null ? null : <Problem text={problem} />}
      {failure === null || problem !== null ? null : <Problem text={failure.message} />}
      {hasParameters ? (
        <div data-focus-fields>
          <ParameterForm
            id={step.id}
            fields={operation.parameters}
            values={step.params}
            context={context}
            onChange={change}
          />
        </div>
      ) : (
        <p className={styles['hint']}>This step has no parameters.</p>
      )}
      <Findings tables={tables ?? []} />
      {(notes ?? []).map((note) => (
        <p key={note} className={styles['note']}>
          <Formula text={note} />
        </p>
      ))}
      <AboutOperation operation={operation} />
    </>
  );
}

/** What the last run found in a single row: an estimated noise, a total. */
function Findings({ tables }: { readonly tables: readonly ResultTable[] }) {
  const single = tables.filter((table) => table.rows.length === 1);
  return single.map((table) => (
    <div key={table.id} className={styles['findings']}>
      <h3>{table.title}, last run</h3>
      <dl className={styles['facts']}>
        {table.columns.map((column) => {
          const cell = table.rows[0]?.[column.id] ?? null;
          return (
            <Fragment key={column.id}>
              <dt title={column.help}>
                {column.title} <Formula text={column.symbol} />
              </dt>
              <dd>
                {typeof cell === 'number' ? formatNumber(cell) : String(cell ?? '—')} {column.unit}
              </dd>
            </Fragment>
          );
        })}
      </dl>
    </div>
  ));
}

function Problem({ text }: { readonly text: string }) {
  return (
    <p className={styles['problem']} role="alert">
      <IconAlertTriangle size={15} aria-hidden />
      <span>{text}</span>
    </p>
  );
}

function AboutOperation({ operation }: { readonly operation: OperationDescriptor }) {
  return (
    <details className={styles['about']}>
      <summary>Method and sources</summary>
      {operation.equation === '' ? null : (
        <p className={styles['equation']}>
          <Formula text={operation.equation} />
        </p>
      )}
      <p>
        <Formula text={operation.details} />
      </p>
      {operation.citations.length === 0 ? null : (
        <ul>
          {operation.citations.map((citation) => (
            <li key={citation.title}>
              {citation.doi === undefined ? (
                citation.label
              ) : (
                <Anchor
                  inherit
                  href={`https://doi.org/${citation.doi}`}
                  target="_blank"
                  rel="noreferrer"
                >
                  {citation.label}
                </Anchor>
              )}
              : {citation.title}. {citation.venue}
            </li>
          ))}
        </ul>
      )}
      <p className={styles['hint']}>
        {operation.id}, version {operation.version}
      </p>
    </details>
  );
}

function InputFacts() {
  const workspace = useWorkspace();
  const { source, truth } = useWorkspaceState((state) => ({
    source: state.source,
    truth: state.truth,
  }));
  if (source === null) return null;
  const tags = Object.entries(source.tags);
  return (
    <>
      <dl className={styles['facts']}>
        <dt>File</dt>
        <dd>{source.name}</dd>
        <dt>Size</dt>
        <dd>{formatSize(source.size)} voxels</dd>
        <dt>Type</dt>
        <dd>{source.type}</dd>
        <dt>Values</dt>
        <dd>{formatValues(source)}</dd>
        <dt>Voxel size</dt>
        <dd>
          <button
            type="button"
            className={styles['linkButton']}
            onClick={() => workspace.askVoxelSize(true)}
          >
            {source.spacing === null ? 'unknown: set it' : formatSpacing(source.spacing)}
          </button>
          {source.spacingSource === '' ? null : (
            <span className={styles['from']}>{source.spacingSource}</span>
          )}
        </dd>
      </dl>
      <KindChoice
        kind={source.kind}
        looksSegmented={source.looksSegmented && source.range[0] !== source.range[1]}
      />
      {source.warnings.map((warning) => (
        <p key={warning} className={styles['note']}>
          {warning}
        </p>
      ))}
      {truth === null || truth.handle === source.handle ? null : (
        <Button variant="default" onClick={workspace.openTruth}>
          Open the truth of this phantom
        </Button>
      )}
      {tags.length === 0 ? null : (
        <details className={styles['about']}>
          <summary>Header of the file</summary>
          <dl className={styles['tags']}>
            {tags.map(([key, value]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

/** The values from smallest to largest, and how many are none. */
function formatValues({ range: [low, high], notFinite, size }: VolumeInfo): string {
  const all = size[0] * size[1] * size[2];
  if (notFinite === all) return 'none is a finite number';
  const finite =
    low === high
      ? `${formatNumber(low)} everywhere`
      : `${formatNumber(low)} to ${formatNumber(high)}`;
  return notFinite === 0 ? finite : `${finite}, ${notFinite} not finite`;
}

function KindChoice(props: { readonly kind: 'grey' | 'labels'; readonly looksSegmented: boolean }) {
  const { kind, looksSegmented } = props;
  const workspace = useWorkspace();
  const isOdd = (kind === 'labels') !== looksSegmented;
  const doubt = looksSegmented
    ? ', though it looks segmented: it has few different whole values'
    : ', though it does not look segmented';
  return (
    <div className={styles['kind']} data-notice={isOdd || undefined}>
      <p>
        Opened as {kind === 'labels' ? 'labels' : 'grey values'}
        {isOdd ? doubt : ''}.
      </p>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Kind of values"
        data={[
          { value: 'grey', label: 'Grey values' },
          { value: 'labels', label: 'Labels' },
        ]}
        value={kind}
        onChange={(value) => void workspace.setKind(value === 'labels' ? 'labels' : 'grey')}
      />
    </div>
  );
}
