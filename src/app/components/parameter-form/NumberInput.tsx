/**
 * A number as text: takes a decimal comma, exponents, arrow keys (Shift = ten steps), and keeps
 * what is typed as long as it is not a number yet.
 */
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import styles from './parameter-form.module.css';

export interface NumberInputProps {
  readonly id?: string | undefined;
  readonly label?: string | undefined;
  readonly value: number | null;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly integer?: boolean | undefined;
  readonly placeholder?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly invalid?: boolean | undefined;
  readonly describedBy?: string | undefined;
  /** Whether a dialog that opens puts the caret here. */
  readonly takesFocus?: boolean;
  /** Whether an empty field means null. */
  readonly nullable?: boolean | undefined;
  readonly onChange: (value: number | null, gesture: string) => void;
}

let gestures = 0;

function parse(text: string): number | null {
  const normal = text.trim().replace(',', '.').replace('−', '-');
  if (normal === '') return null;
  const value = Number(normal);
  return Number.isFinite(value) ? value : null;
}

/** Steps in decimal, without the tails of binary fractions. */
function stepped(value: number, step: number, times: number): number {
  return Number((value + step * times).toPrecision(12));
}

function describeDraft(draft: string): string {
  return draft.trim() === '' ? 'A number is missing.' : 'This is not a number.';
}

export function NumberInput(props: NumberInputProps) {
  const { value, min, max, step = 1, unit = '', nullable = false, onChange } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const gesture = useRef('');
  const shown = draft ?? (value === null ? '' : String(value));
  const draftIsBad = draft !== null && parse(draft) === null && !(nullable && draft.trim() === '');

  function begin(): void {
    gestures += 1;
    gesture.current = `typing-${gestures}`;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && draft !== null) {
      event.stopPropagation();
      setDraft(null);
      return;
    }
    if (event.key === 'Enter' && draftIsBad) {
      // Nothing may start, Ctrl+Enter's run above all, with a value that is not the one shown.
      event.preventDefault();
      return;
    }
    if (event.key === 'Enter') setDraft(null);
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    const times = (event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1);
    const next = stepped(value ?? min ?? 0, step, times);
    setDraft(null);
    onChange(Math.min(max ?? next, Math.max(min ?? next, next)), gesture.current);
  }

  return (
    <TextInput
      id={props.id}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid === true || draftIsBad || undefined}
      data-invalid={props.invalid === true || draftIsBad || undefined}
      size="xs"
      data-autofocus={props.takesFocus === true || undefined}
      inputMode={props.integer === true ? 'numeric' : 'decimal'}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: styles['number'] ?? '', section: styles['unit'] ?? '' }}
      value={shown}
      placeholder={props.placeholder}
      disabled={props.disabled ?? false}
      error={draftIsBad ? describeDraft(draft) : props.invalid === true}
      rightSection={unit === '' ? undefined : <span>{unit}</span>}
      rightSectionWidth={unit === '' ? undefined : 12 + unit.length * 6.4}
      rightSectionPointerEvents="none"
      onFocus={begin}
      onBlur={() => setDraft(null)}
      onKeyDown={onKeyDown}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setDraft(text);
        const next = parse(text);
        if (next !== null || (nullable && text.trim() === '')) onChange(next, gesture.current);
      }}
    />
  );
}
