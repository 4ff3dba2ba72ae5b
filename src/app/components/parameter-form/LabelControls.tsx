/** Which labels a step takes, and what labels are called. */
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { Fragment } from 'react';
import type {
  LabelListField,
  LabelValue,
  LabelValuesField,
  PhaseEntry,
  PhasesField,
} from '../../../declaration/parameters.ts';
import type { FieldProps } from './context.ts';
import { NumberInput } from './NumberInput.tsx';
import styles from './parameter-form.module.css';

export function LabelListControl(props: FieldProps<LabelListField, readonly number[] | null>) {
  const { id, value, context, onChange } = props;
  const known = context.phases.map((phase) => phase.label);
  const labels = [...new Set([...known, ...(value ?? [])])].toSorted((a, b) => a - b);
  const toggle = (label: number, on: boolean): void => {
    const chosen = value ?? known;
    const next = on ? [...chosen, label] : chosen.filter((each) => each !== label);
    // No label at all is not a choice; it falls back to all of them.
    onChange(next.length === 0 ? null : next.toSorted((a, b) => a - b), null);
  };
  return (
    <fieldset className={styles['group']} aria-labelledby={`${id}-title`}>
      <Checkbox
        size="xs"
        label="All labels present"
        checked={value === null}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? null : known.length > 0 ? known : [0], null)
        }
      />
      {value === null
        ? null
        : labels.map((label) => {
            const phase = context.phases.find((each) => each.label === label);
            return (
              <div key={label} className={styles['labelRow']}>
                <span
                  className={styles['swatch']}
                  style={{ background: phase?.colour ?? 'transparent' }}
                />
                <Checkbox
                  size="xs"
                  label={phase === undefined ? `label ${label}` : `${label} · ${phase.name}`}
                  checked={value.includes(label)}
                  onChange={(event) => toggle(label, event.currentTarget.checked)}
                />
              </div>
            );
          })}
    </fieldset>
  );
}

/** A number for each label of the volume; a label without one has 0. */
export function LabelValuesControl(
  props: FieldProps<LabelValuesField, readonly LabelValue[] | null>,
) {
  const { id, field, value, context, onChange } = props;
  const listed = (value ?? []).map(({ label }) => label);
  const known = context.phases.map(({ label }) => label);
  const labels = [...new Set([...known, ...listed])].toSorted((a, b) => a - b);
  const start = (): readonly LabelValue[] => {
    const pores = context.phases.filter(({ pore }) => pore).map(({ label }) => label);
    const first = pores.length > 0 ? pores : [known[0] ?? 0];
    return first.map((label) => ({ label, value: Math.min(field.max, 1) }));
  };
  const set = (label: number, next: number | null, gesture: string): void => {
    const others = (value ?? []).filter((entry) => entry.label !== label);
    const entries = next === null ? others : [...others, { label, value: next }];
    onChange(
      entries.toSorted((a, b) => a.label - b.label),
      gesture,
    );
  };
  return (
    <fieldset className={styles['group']} aria-labelledby={`${id}-title`}>
      <Checkbox
        size="xs"
        label="automatic"
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : start(), null)}
      />
      {value === null ? (
        <p className={styles['hint']}>{field.auto}</p>
      ) : (
        <div className={styles['values']}>
          {labels.map((label) => {
            const phase = context.phases.find((each) => each.label === label);
            const title = phase === undefined ? `label ${label}` : `${label} · ${phase.name}`;
            return (
              <Fragment key={label}>
                <span
                  className={styles['swatch']}
                  style={{ background: phase?.colour ?? 'transparent' }}
                />
                <span className={styles['valueTitle']}>{title}</span>
                <NumberInput
                  label={`${field.title} of ${title}`}
                  value={value.find((entry) => entry.label === label)?.value ?? null}
                  unit={field.unit}
                  min={field.min}
                  max={field.max}
                  nullable
                  placeholder="0"
                  onChange={(next, gesture) => set(label, next, gesture)}
                />
              </Fragment>
            );
          })}
        </div>
      )}
    </fieldset>
  );
}

const NEW_COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] as const;

export function PhasesControl(props: FieldProps<PhasesField, readonly PhaseEntry[]>) {
  const { id, value, context, onChange } = props;
  const replace = (index: number, change: Partial<PhaseEntry>, gesture: string | null): void =>
    onChange(
      value.map((phase, i) => (i === index ? { ...phase, ...change } : phase)),
      gesture,
    );
  const add = (): void => {
    const label = Math.max(-1, ...value.map((phase) => phase.label)) + 1;
    const colour = NEW_COLOURS[label % NEW_COLOURS.length] ?? NEW_COLOURS[0];
    onChange([...value, { label, name: `phase ${label}`, colour, pore: false }], null);
  };
  return (
    <fieldset className={styles['group']} aria-labelledby={`${id}-title`}>
      {value.length === 0 ? (
        <p className={styles['hint']}>Names and colours stay as the volume has them.</p>
      ) : (
        <div className={styles['phases']}>
          <span className={styles['columnTitle']}>label</span>
          <span className={styles['columnTitle']}>name</span>
          <span className={styles['columnTitle']}>colour</span>
          <span className={styles['columnTitle']}>pore</span>
          <span />
          {value.map((phase, index) => (
            <PhaseRow
              // Labels may be doubled while they are typed, so the place in the list is the key.
              // oxlint-disable-next-line react/no-array-index-key
              key={index}
              phase={phase}
              onChange={(change, gesture) => replace(index, change, gesture)}
              onRemove={() => onChange(value.toSpliced(index, 1), null)}
            />
          ))}
        </div>
      )}
      <div className={styles['groupActions']}>
        {value.length === 0 && context.phases.length > 0 ? (
          <Button variant="default" onClick={() => onChange([...context.phases], null)}>
            Edit the {context.phases.length} phases
          </Button>
        ) : null}
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          Add phase
        </Button>
      </div>
    </fieldset>
  );
}

function PhaseRow(props: {
  readonly phase: PhaseEntry;
  readonly onChange: (change: Partial<PhaseEntry>, gesture: string | null) => void;
  readonly onRemove: () => void;
}) {
  const { phase, onChange } = props;
  const who = `phase ${phase.label}`;
  return (
    <>
      <NumberInput
        label={`Label of ${who}`}
        integer
        min={0}
        value={phase.label}
        onChange={(label, gesture) => {
          if (label !== null) onChange({ label }, gesture);
        }}
      />
      <TextInput
        size="xs"
        aria-label={`Name of ${who}`}
        value={phase.name}
        error={phase.name === ''}
        maxLength={80}
        onChange={(event) => onChange({ name: event.currentTarget.value }, `name ${phase.label}`)}
      />
      <input
        type="color"
        className={styles['colour']}
        aria-label={`Colour of ${who}`}
        value={phase.colour}
        onChange={(event) =>
          onChange({ colour: event.currentTarget.value }, `colour ${phase.label}`)
        }
      />
      <Checkbox
        size="xs"
        aria-label={`${who} is pore space`}
        checked={phase.pore}
        onChange={(event) => onChange({ pore: event.currentTarget.checked }, null)}
      />
      <ActionIcon aria-label={`Remove ${who}`} onClick={props.onRemove}>
        <IconTrash size={14} aria-hidden />
      </ActionIcon>
    </>
  );
}
