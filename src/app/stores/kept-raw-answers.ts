/** How files without a header were laid out, so that dropping one again does not ask again. */
import { parseRawLayout, rawLayoutText } from '../../volume/raw-layout.ts';
import { createSpacing, parseLengthUnit, type VoxelSpacing } from '../../volume/length.ts';
import type { RawAnswer } from './workspace.ts';

const STORAGE_KEY = 'tauscope-raw-layouts';
/** Those answered longest ago go first. */
const MAX_KEPT = 64;

function spacingFrom(value: unknown): VoxelSpacing | null {
  const { values, unit } = (value ?? {}) as Partial<Record<keyof VoxelSpacing, unknown>>;
  if (!Array.isArray(values) || typeof unit !== 'string') return null;
  const [x, y, z] = values.map(Number);
  const known = parseLengthUnit(unit);
  return known === null ? null : createSpacing([x ?? 0, y ?? 0, z ?? 0], known.unit);
}

export interface RawAnswers {
  get(file: string): RawAnswer | undefined;
  set(file: string, answer: RawAnswer): void;
}

/** Reads what another version or a person may have written; what is odd is left out. */
function parseAnswers(text: string | null): readonly (readonly [string, RawAnswer])[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    return (Array.isArray(entries) ? (entries as readonly unknown[]) : []).flatMap((entry) => {
      const { file, layout, spacing } = entry as Readonly<Record<string, unknown>>;
      if (typeof file !== 'string' || typeof layout !== 'string') return [];
      const raw = parseRawLayout(layout, 'the kept layout');
      return [[file, { raw, spacing: spacingFrom(spacing) }] as const];
    });
  } catch {
    return [];
  }
}

/** A storage that refuses is ignored: answers then last as long as the page. */
export function keptRawAnswers(storage: Pick<Storage, 'getItem' | 'setItem'> | null): RawAnswers {
  let text: string | null = null;
  try {
    text = storage?.getItem(STORAGE_KEY) ?? null;
  } catch {
    // Blocked storage.
  }
  const answers = new Map(parseAnswers(text));
  return {
    get: (file) => answers.get(file),
    set(file, answer) {
      answers.delete(file);
      answers.set(file, answer);
      const kept = [...answers].slice(-MAX_KEPT).map(([name, { raw, spacing }]) => ({
        file: name,
        layout: rawLayoutText(raw),
        spacing,
      }));
      try {
        storage?.setItem(STORAGE_KEY, JSON.stringify(kept));
      } catch {
        // As above.
      }
    },
  };
}
