/** Grey intervals, one for each phase, dark to bright; the histogram shows the same as handles. */
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { GreyInterval, IntervalsField } from '../../../declaration/parameters.ts';
import { formatNumber } from '../format.ts';
import type { FieldProps } from './context.ts';
import {
  evenIntervals,
  roundIntervals,
  splitLast,
} from '../../../declaration/starting-intervals.ts';
import { NumberInput } from './NumberInput.tsx';
import styles from './parameter-form.module.css';

function isIntervals(value: unknown): value is readonly GreyInterval[] {
  return Array.isArray(value) && value.length > 0;
}

export function IntervalsControl(
  props: FieldProps<IntervalsField, readonly GreyInterval[] | null>,
) {
  const { id, field, value, context, problem, onChange } = props;
  const name = id.slice(id.lastIndexOf('.') + 1);
  const found = context.found[name];
  const shown = value ?? (isIntervals(found) ? found : null);
  const range = context.range ?? [0, 255];
  const replace = (index: number, change: Partial<GreyInterval>, gesture: string | null): void => {
    if (value === null) return;
    onChange(
      value.map((interval, i) => (i === index ? { ...interval, ...change } : interval)),
      gesture,
    );
  };
  return (
    <fieldset className={styles['group']} aria-labelledby={`${id}-title`}>
      <Checkbox
        size="xs"
        label="Automatic"
        checked={value === null}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked
              ? null
              : shown === null
                ? evenIntervals(range, field.minCount + 1)
                : roundIntervals(shown, range),
            null,
          )
        }
      />
      {value === null ? <p className={styles['hint']}>{field.auto}</p> : null}
      {shown === null ? null : (
        <div className={styles['intervals']}>
          <span className={styles['columnTitle']}>phase</span>
          <span className={styles['columnTitle']}>from</span>
          <span className={styles['columnTitle']}>to</span>
          <span />
          {shown.map((interval, index) =>
            value === null ? (
              <FoundRow key={interval.name} interval={interval} />
            ) : (
              <IntervalRow
                // Names may be doubled while they are typed, so the place in the list is the key.
                // oxlint-disable-next-line react/no-array-index-key
                key={index}
                interval={interval}
                step={(range[1] - range[0]) / 256}
                invalid={problem !== null}
                onChange={(change, gesture) => replace(index, change, gesture)}
                onRemove={
                  value.length > field.minCount
                    ? () => onChange(value.toSpliced(index, 1), null)
                    : null
                }
              />
            ),
          )}
        </div>
      )}
      {value !== null && value.length < field.maxCount ? (
        <div className={styles['groupActions']}>
          <Button
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange(splitLast(value, range), null)}
          >
            Add phase
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}

function FoundRow({ interval }: { readonly interval: GreyInterval }) {
  return (
    <>
      <span>{interval.name}</span>
      <span className={styles['count']}>
        {interval.from === null ? '−∞' : formatNumber(interval.from)}
      </span>
      <span className={styles['count']}>
        {interval.to === null ? '∞' : formatNumber(interval.to)}
      </span>
      <span />
    </>
  );
}

function IntervalRow(props: {
  readonly interval: GreyInterval;
  readonly step: number;
  readonly invalid: boolean;
  readonly onChange: (change: Partial<GreyInterval>, gesture: string | null) => void;
  readonly onRemove: (() => void) | null;
}) {
  const { interval, step, invalid, onChange, onRemove } = props;
  return (
    <>
      <TextInput
        size="xs"
        aria-label={`Name of ${interval.name}`}
        value={interval.name}
        error={interval.name === ''}
        maxLength={80}
        onChange={(event) => onChange({ name: event.currentTarget.value }, 'interval name')}
      />
      <NumberInput
        label={`${interval.name} from`}
        nullable
        placeholder="−∞"
        step={step}
        value={interval.from}
        invalid={invalid}
        onChange={(from, gesture) => onChange({ from }, gesture)}
      />
      <NumberInput
        label={`${interval.name} to`}
        nullable
        placeholder="∞"
        step={step}
        value={interval.to}
        invalid={invalid}
        onChange={(to, gesture) => onChange({ to }, gesture)}
      />
      {onRemove === null ? (
        <span />
      ) : (
        <ActionIcon aria-label={`Remove ${interval.name}`} onClick={onRemove}>
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      )}
    </>
  );
}
