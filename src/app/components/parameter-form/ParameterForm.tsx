/** The form of a declaration: one row for each field, in the declaration's order. */
import {
  type Box,
  describeRange,
  type EditsField,
  fieldDefault,
  type GreyInterval,
  type LabelValue,
  type ParameterField,
  type ParameterFields,
  parseParameters,
  type PhaseEntry,
  type RawParameters,
} from '../../../declaration/parameters.ts';
import { UserError } from '../../../errors/errors.ts';
import type { LabelEdit } from '../../../declaration/edits.ts';
import { BoxControl } from './BoxControl.tsx';
import { EditsControl } from './EditsControl.tsx';
import { type FieldContext, NO_CONTEXT } from './context.ts';
import { FieldRow } from './FieldRow.tsx';
import { IntervalsControl } from './IntervalsControl.tsx';
import { LabelListControl, LabelValuesControl, PhasesControl } from './LabelControls.tsx';
import {
  AutoNumberControl,
  BooleanControl,
  ChoiceControl,
  NumberControl,
} from './SimpleFields.tsx';
import styles from './parameter-form.module.css';

export interface ParameterFormProps {
  /** Prefix of the controls' ids, unique on the page. */
  readonly id: string;
  readonly fields: ParameterFields;
  readonly values: RawParameters;
  readonly context?: FieldContext;
  readonly onChange: (name: string, value: unknown, gesture: string | null) => void;
}

const WIDE: ReadonlySet<ParameterField['kind']> = new Set([
  'box',
  'labels',
  'intervals',
  'phases',
  'label-values',
  'edits',
]);

/** What is wrong with one value, in the declaration's words, or null. */
function problemOf(name: string, field: ParameterField, value: unknown): string | null {
  try {
    parseParameters({ [name]: field }, { [name]: value }, '');
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const sentence = describeRange(field).replace(/^it/, 'It');
    const detail = error.details['problem'];
    const isGroup = WIDE.has(field.kind) && typeof detail === 'string';
    return isGroup ? `${sentence} (${detail}).` : `${sentence}.`;
  }
}

export function ParameterForm(props: ParameterFormProps) {
  const { id, fields, values, context = NO_CONTEXT, onChange } = props;
  return (
    <div className={styles['form']}>
      {Object.entries(fields).map(([name, field]) => {
        const value = Object.hasOwn(values, name) ? values[name] : fieldDefault(field);
        const fieldId = `${id}.${name}`;
        const wide = WIDE.has(field.kind);
        const problem = problemOf(name, field, value);
        return (
          <FieldRow
            key={name}
            id={fieldId}
            title={field.title}
            help={field.help}
            range={field.kind === 'auto-number' ? `Automatic: ${field.auto}` : undefined}
            problem={problem}
            wide={wide}
            labels={!wide}
          >
            <Control
              id={fieldId}
              field={field}
              value={value}
              context={context}
              problem={problem}
              onChange={(next, gesture) => onChange(name, next, gesture)}
            />
          </FieldRow>
        );
      })}
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: ParameterField;
  readonly value: unknown;
  readonly context: FieldContext;
  readonly problem: string | null;
  readonly onChange: (value: unknown, gesture: string | null) => void;
}

/** A value of the wrong type (a hand-written recipe) is shown as the field's default. */
function Control({ field, value, ...rest }: ControlProps) {
  switch (field.kind) {
    case 'number':
    case 'integer':
      return (
        <NumberControl
          {...rest}
          field={field}
          value={typeof value === 'number' ? value : field.default}
        />
      );
    case 'auto-number':
      return (
        <AutoNumberControl
          {...rest}
          field={field}
          value={typeof value === 'number' ? value : null}
        />
      );
    case 'boolean':
      return <BooleanControl {...rest} field={field} value={value === true} />;
    case 'choice':
      return <ChoiceControl {...rest} field={field} value={String(value)} />;
    case 'box':
      return (
        <BoxControl
          {...rest}
          field={field}
          value={Array.isArray(value) && value.length === 6 ? (value as unknown as Box) : null}
        />
      );
    case 'labels':
      return (
        <LabelListControl
          {...rest}
          field={field}
          value={Array.isArray(value) ? (value as readonly number[]) : null}
        />
      );
    case 'intervals':
      return (
        <IntervalsControl
          {...rest}
          field={field}
          value={Array.isArray(value) ? (value as readonly GreyInterval[]) : null}
        />
      );
    case 'phases':
      return (
        <PhasesControl
          {...rest}
          field={field}
          value={Array.isArray(value) ? (value as readonly PhaseEntry[]) : []}
        />
      );
    case 'label-values':
      return (
        <LabelValuesControl
          {...rest}
          field={field}
          value={Array.isArray(value) ? (value as readonly LabelValue[]) : null}
        />
      );
    case 'edits':
      return <EditsControl {...rest} field={field} value={knownEdits(field, value)} />;
  }
}

/** None where a hand-written recipe has something else. */
function knownEdits(field: EditsField, value: unknown): readonly LabelEdit[] {
  const isKnown = problemOf('edits', field, value) === null;
  return isKnown ? (value as readonly LabelEdit[]) : [];
}
