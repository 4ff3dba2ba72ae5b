/** Before a large volume is loaded: what its header says, what it would take, and how to take less. */
import { Button, Modal, Radio } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { SlicePicture, StepEstimate } from '../../../../workers/engine-api.ts';
import {
  type Box,
  defaultParameters,
  parseParameters,
  type RawParameters,
} from '../../../declaration/parameters.ts';
import { isUserError } from '../../../errors/errors.ts';
import { wholeBox } from '../../../volume/box.ts';
import { REDUCTION_FIELDS, type Reduction, reducedShape } from '../../../volume/reduction.ts';
import { shapeBytes, type VolumeShape } from '../../../volume/volume.ts';
import { formatBytes, formatSize, formatSpacing } from '../../components/format.ts';
import { NO_CONTEXT } from '../../components/parameter-form/context.ts';
import { ParameterForm } from '../../components/parameter-form/ParameterForm.tsx';
import { type ChoicesQuestion, currentRecipe } from '../../stores/workspace.ts';
import { useWorkbench, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { CropBox } from './CropBox.tsx';
import { SlicePreview } from './SlicePreview.tsx';
import styles from './import.module.css';
import own from './opening.module.css';

export function ChoicesDialog() {
  const workspace = useWorkspace();
  const question = useWorkspaceState((state) => state.choicesQuestion);
  const name = question?.facts.name ?? '';
  return (
    <Modal
      opened={question !== null}
      onClose={() => workspace.answerChoices(null)}
      title={`How much of ${name}?`}
      size={860}
    >
      {question === null ? null : <ChoicesForm key={name} question={question} />}
    </Modal>
  );
}

/** A volume that takes more of the memory than this is kept on disk unless a person says otherwise. */
const DISK_SHARE = 0.5;

/** How long fields rest before a slice or a forecast follows them. */
const REST_MS = 150;

/** What `work` gives, once nothing has changed for a moment; null where it fails. */
function useRested<T>(work: () => Promise<T>, key: string): T | null {
  const [made, setMade] = useState<T | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      work().then(
        (value) => {
          if (isCurrent) setMade(value);
        },
        () => {
          if (isCurrent) setMade(null);
        },
      );
    }, REST_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key names all that the work depends on
  }, [key]);
  return made;
}

/** The choices with their checks, or one sentence on what does not fit. */
function checked(values: RawParameters, shape: VolumeShape): Reduction | string {
  try {
    const reduction = parseParameters(REDUCTION_FIELDS, values, 'Choices');
    reducedShape(shape, reduction);
    return reduction;
  } catch (error) {
    if (!isUserError(error)) throw error;
    return error.message.replace(/^Choices: /, '');
  }
}

function ChoicesForm({ question }: { readonly question: ChoicesQuestion }) {
  const workspace = useWorkspace();
  const { facts, budget } = question;
  const [values, setValues] = useState<RawParameters>(defaultParameters(REDUCTION_FIELDS));
  const whole: VolumeShape = facts;
  const choice = checked(values, whole);
  const reduction = typeof choice === 'string' ? null : choice;
  const kept = reduction === null ? null : { ...whole, ...reducedShape(whole, reduction) };
  const isConverted = values['convert'] !== 'keep';
  const fields = useMemo(() => {
    const { convertFrom, convertTo, convertTail, ...always } = REDUCTION_FIELDS;
    return isConverted ? { ...always, convertFrom, convertTo, convertTail } : always;
  }, [isConverted]);
  const box = (values['crop'] as Box | null) ?? wholeBox(facts.size);
  const [onDisk, setOnDisk] = useState(shapeBytes(facts) > budget * DISK_SHARE);
  return (
    <form
      className={own['rawForm']}
      onSubmit={(event) => {
        event.preventDefault();
        if (onDisk) workspace.answerChoices({ asBricks: true });
        else if (reduction !== null) workspace.answerChoices({ reduction });
      }}
    >
      <div className={own['rawColumns']}>
        <div className={own['rawFields']}>
          <Facts question={question} />
          <Radio.Group
            label="Keep it"
            value={onDisk ? 'disk' : 'memory'}
            onChange={(value) => setOnDisk(value === 'disk')}
          >
            <Radio value="memory" label="in memory, as much of it as you choose" />
            <Radio value="disk" label="on disk, whole: some steps cannot run there" />
          </Radio.Group>
          {onDisk ? null : (
            <ParameterForm
              id="choices"
              fields={fields}
              values={values}
              context={{ ...NO_CONTEXT, size: facts.size }}
              onChange={(name, value) => setValues({ ...values, [name]: value })}
            />
          )}
        </div>
        <div className={own['rawPictures']}>
          <Slices
            question={question}
            box={onDisk ? null : box}
            onBox={(crop) => setValues({ ...values, crop })}
          />
          {onDisk ? <OnDisk shape={whole} /> : null}
          {kept === null || onDisk ? null : <Forecast shape={kept} budget={budget} />}
        </div>
      </div>
      {typeof choice === 'string' && !onDisk ? (
        <p className={styles['problem']} role="alert">
          {choice}
        </p>
      ) : null}
      <div className={styles['formActions']}>
        <Button variant="default" onClick={() => workspace.answerChoices(null)}>
          Cancel
        </Button>
        <Button type="submit" data-autofocus disabled={reduction === null && !onDisk}>
          Open
        </Button>
      </div>
    </form>
  );
}

function Facts({ question }: { readonly question: ChoicesQuestion }) {
  const { facts } = question;
  const rows: readonly (readonly [string, string])[] = [
    ['File', facts.files > 1 ? `${facts.format}, ${facts.files} files` : facts.format],
    ['Size', `${formatSize(facts.size)} voxels, ${facts.type}`],
    [
      'Voxel size',
      facts.spacing === null
        ? `unknown (${facts.spacingSource})`
        : `${formatSpacing(facts.spacing)} (${facts.spacingSource})`,
    ],
    ['In memory', formatBytes(shapeBytes(facts))],
  ];
  return (
    <dl className={own['facts']}>
      {rows.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A slice to crop on, and which one. */
function Slices(props: {
  readonly question: ChoicesQuestion;
  /** The part that is loaded; null where nothing is cut off. */
  readonly box: Box | null;
  readonly onBox: (box: Box) => void;
}) {
  const { client } = useWorkbench();
  const { files, choices, facts } = props.question;
  const depth = facts.size[2];
  const [z, setZ] = useState(depth >> 1);
  const slice = useRested<SlicePicture>(() => client.peekSlice(files, choices, z), String(z));
  return (
    <>
      <SlicePreview
        slice={slice}
        title={`XY, slice ${z} of ${depth}${props.box === null ? '' : '; drag to crop'}`}
      >
        {props.box === null ? null : (
          <CropBox size={facts.size} box={props.box} onBox={props.onBox} />
        )}
      </SlicePreview>
      <input
        type="range"
        aria-label="Slice shown"
        min={0}
        max={depth - 1}
        value={z}
        onChange={(event) => setZ(Number(event.currentTarget.value))}
      />
    </>
  );
}

/** Smaller copies of 1/8, 1/64, … of the voxels come with it. */
const WITH_LEVELS = 8 / 7;

function OnDisk({ shape }: { readonly shape: VolumeShape }) {
  return (
    <dl className={own['facts']} aria-label="Forecast">
      <div>
        <dt>On disk</dt>
        <dd data-testid="on-disk">
          {formatBytes(shapeBytes(shape) * WITH_LEVELS)} until it is closed
        </dd>
      </div>
    </dl>
  );
}

function Forecast(props: { readonly shape: VolumeShape; readonly budget: number }) {
  const { client } = useWorkbench();
  const { shape, budget } = props;
  const recipe = useWorkspaceState(currentRecipe);
  const titles = useWorkspaceState((state) => state.engine?.operations ?? null);
  const estimates = useRested<readonly StepEstimate[]>(
    () => client.forecast(recipe, { ...shape, kind: shape.kind }),
    JSON.stringify([shape, recipe]),
  );
  const largest = estimates?.toSorted((a, b) => b.bytes - a.bytes)[0];
  const step = recipe.steps.find(({ id }) => id === largest?.stepId);
  const title = titles?.find(({ id }) => id === step?.operation)?.title ?? step?.operation;
  const bytes = shapeBytes(shape);
  return (
    <dl className={own['facts']} aria-label="Forecast">
      <div>
        <dt>Loaded</dt>
        <dd data-testid="loaded">
          {formatSize(shape.size)} voxels, {shape.type}, {formatBytes(bytes)}
          {bytes > budget ? `: more than the ${formatBytes(budget)} that this device has` : ''}
        </dd>
      </div>
      <div>
        <dt>Recipe</dt>
        <dd>
          {largest === undefined || title === undefined
            ? 'no step that takes memory is known'
            : `${title} takes ${formatBytes(largest.bytes)} more`}
        </dd>
      </div>
    </dl>
  );
}
