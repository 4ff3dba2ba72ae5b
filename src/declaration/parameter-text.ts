/** Parameters as a person writes them: for the methods paragraph, the docs and the undo list. */
import { countEdits, type LabelEdit } from './edits.ts';
import { type ParameterField, scalarText } from './parameters.ts';

/** A parameter's value as a person writes it, with its unit. */
export function formatParameter(field: ParameterField, value: unknown): string {
  if (value === null) {
    if (field.kind === 'box') return 'the whole volume';
    if (field.kind === 'labels') return 'all phases';
    return 'automatic';
  }
  switch (field.kind) {
    case 'number':
    case 'integer':
    case 'auto-number':
      return field.unit === '' ? scalarText(value) : `${scalarText(value)} ${field.unit}`;
    case 'choice':
      return inSentence(
        field.options.find((option) => option.value === value)?.title ?? scalarText(value),
      );
    case 'intervals':
      return (value as readonly { name: string; from: number | null; to: number | null }[])
        .map(({ name, from, to }) => `${name} ${from ?? '−∞'} to ${to ?? '∞'}`)
        .join('; ');
    case 'phases':
      if ((value as readonly unknown[]).length === 0) return 'as in the volume';
      return (value as readonly { label: number; name: string }[])
        .map(({ label, name }) => `${label} = ${name}`)
        .join(', ');
    case 'label-values':
      return (value as readonly { label: number; value: number }[])
        .map(({ label, value: number }) => `${number} for label ${label}`)
        .join(', ');
    case 'edits':
      return countEdits(value as readonly LabelEdit[]);
    case 'box': {
      const [x0, x1, y0, y1, z0, z1] = value as readonly number[];
      return `x ${x0} to ${x1}, y ${y0} to ${y1}, z ${z0} to ${z1}`;
    }
    default:
      return Array.isArray(value) ? value.join(', ') : scalarText(value);
  }
}

/** A title within a sentence: "No flux" becomes "no flux", "XYZ" stays. */
function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
