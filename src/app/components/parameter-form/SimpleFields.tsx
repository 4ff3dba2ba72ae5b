/** Numbers, switches and choices. */
import { Checkbox, NativeSelect, Switch } from '@mantine/core';
import type {
  AutoNumberField,
  BooleanField,
  ChoiceField,
  NumberField,
} from '../../../declaration/parameters.ts';
import { formatNumber } from '../format.ts';
import type { FieldProps } from './context.ts';
import { NumberInput } from './NumberInput.tsx';
import styles from './parameter-form.module.css';

export function NumberControl(props: FieldProps<NumberField, number>) {
  const { id, field, value, problem, onChange } = props;
  return (
    <NumberInput
      id={id}
      value={value}
      unit={field.unit}
      min={field.min}
      max={field.max}
      step={field.step}
      integer={field.kind === 'integer'}
      invalid={problem !== null}
      describedBy={`${id}-help`}
      onChange={(next, gesture) => {
        if (next !== null) onChange(next, gesture);
      }}
    />
  );
}

const AUTOMATIC = 'automatic';

/** The phase that a label names; the label alone where the volume does not have it. */
function PhaseControl(props: FieldProps<AutoNumberField, number | null>) {
  const { id, value, problem, context, onChange } = props;
  const known = context.phases.map(({ label, name }) => ({
    value: String(label),
    label: `${label} · ${name}`,
  }));
  const isKnown = value === null || known.some((option) => option.value === String(value));
  const other = isKnown ? [] : [{ value: String(value), label: `label ${value}: not there` }];
  return (
    <NativeSelect
      id={id}
      size="xs"
      aria-describedby={`${id}-help`}
      error={problem !== null}
      data={[{ value: AUTOMATIC, label: AUTOMATIC }, ...known, ...other]}
      value={value === null ? AUTOMATIC : String(value)}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === AUTOMATIC ? null : Number(currentTarget.value), null)
      }
    />
  );
}

export function AutoNumberControl(props: FieldProps<AutoNumberField, number | null>) {
  const { field, context } = props;
  const isChoice = field.isLabel === true && context.phases.length > 0;
  return isChoice ? <PhaseControl {...props} /> : <AutoNumberInput {...props} />;
}

function AutoNumberInput(props: FieldProps<AutoNumberField, number | null>) {
  const { id, field, value, problem, context, onChange } = props;
  const name = id.slice(id.lastIndexOf('.') + 1);
  const found = context.found[name];
  const shownFound = typeof found === 'number' ? formatNumber(found) : null;
  const start = typeof found === 'number' ? Number(found.toPrecision(6)) : field.min;
  return (
    <div className={styles['auto']}>
      <NumberInput
        id={id}
        value={value}
        unit={field.unit}
        min={field.min}
        max={field.max}
        step={field.step}
        nullable
        placeholder={shownFound === null ? 'automatic' : `auto: ${shownFound}`}
        invalid={problem !== null}
        describedBy={`${id}-help`}
        onChange={(next, gesture) => onChange(next, gesture)}
      />
      <Checkbox
        size="xs"
        label="automatic"
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : start, null)}
      />
    </div>
  );
}

export function BooleanControl(props: FieldProps<BooleanField, boolean>) {
  const { id, value, onChange } = props;
  return (
    <Switch
      id={id}
      size="xs"
      withThumbIndicator={false}
      aria-describedby={`${id}-help`}
      checked={value}
      onChange={(event) => onChange(event.currentTarget.checked, null)}
    />
  );
}

export function ChoiceControl(props: FieldProps<ChoiceField, string>) {
  const { id, field, value, problem, onChange } = props;
  return (
    <NativeSelect
      id={id}
      size="xs"
      aria-describedby={`${id}-help`}
      error={problem !== null}
      data={field.options.map((option) => ({ value: option.value, label: option.title }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value, null)}
    />
  );
}
