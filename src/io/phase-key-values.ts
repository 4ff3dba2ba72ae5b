/**
 * Phase names in key/value pairs: ours, which keep everything, and those of 3D Slicer's
 * segmentations (`Segment0_Name`, `Segment0_LabelValue`, `Segment0_Color`).
 */
import * as v from 'valibot';
import type { Phase } from '../volume/volume.ts';

const KIND_KEY = 'tauscope kind';
const PHASES_KEY = 'tauscope phases';
const MAX_SEGMENTS = 4096;

const phaseSchema = v.array(
  v.object({
    label: v.pipe(v.number(), v.integer(), v.minValue(0)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
    colour: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i)),
    pore: v.boolean(),
  }),
);

export interface StatedPhases {
  /** null where the file does not say. */
  readonly kind: 'grey' | 'labels' | null;
  readonly phases: readonly Phase[];
}

export function readPhases(keyValues: ReadonlyMap<string, string>): StatedPhases {
  const kind = keyValues.get(KIND_KEY);
  if (kind === 'grey') return { kind: 'grey', phases: [] };
  const own = parseOwn(keyValues.get(PHASES_KEY));
  if (kind === 'labels' || own.length > 0) return { kind: 'labels', phases: own };
  const segments = parseSegments(keyValues);
  return { kind: segments.length > 0 ? 'labels' : null, phases: segments };
}

function parseOwn(text: string | undefined): readonly Phase[] {
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const result = v.safeParse(phaseSchema, value);
  return result.success ? withoutDuplicates(result.output) : [];
}

function parseSegments(keyValues: ReadonlyMap<string, string>): readonly Phase[] {
  const phases: Phase[] = [];
  for (let i = 0; i < MAX_SEGMENTS; i++) {
    const label = keyValues.get(`Segment${i}_LabelValue`);
    if (label === undefined) break;
    if (!/^\d{1,9}$/.test(label.trim())) return [];
    const name = keyValues.get(`Segment${i}_Name`)?.trim() ?? '';
    const colour = parseColour(keyValues.get(`Segment${i}_Color`) ?? '');
    phases.push({
      label: Number(label),
      name: (name === '' ? `Segment ${i + 1}` : name).slice(0, 80),
      colour,
      pore: false,
    });
  }
  return withoutDuplicates(phases);
}

function withoutDuplicates(phases: readonly Phase[]): readonly Phase[] {
  return new Set(phases.map((phase) => phase.label)).size === phases.length ? phases : [];
}

/** Three fractions of 1, as `#rrggbb`; mid-grey where they are not that. */
function parseColour(text: string): string {
  const parts = text.trim().split(/\s+/).map(Number);
  if (parts.length !== 3 || !parts.every((part) => part >= 0 && part <= 1)) return '#808080';
  return `#${parts
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Key/value lines for a volume. Label 0 is Slicer's background and gets no segment. */
export function phaseKeyValues(
  kind: 'grey' | 'labels',
  phases: readonly Phase[],
): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = [[KIND_KEY, kind]];
  if (phases.length === 0) return pairs;
  pairs.push([
    PHASES_KEY,
    JSON.stringify(phases.map(({ label, name, colour, pore }) => ({ label, name, colour, pore }))),
  ]);
  phases
    .filter((phase) => phase.label !== 0)
    .forEach((phase, i) => {
      const colour = [1, 3, 5].map(
        (at) => Number.parseInt(phase.colour.slice(at, at + 2), 16) / 255,
      );
      pairs.push(
        [`Segment${i}_ID`, `Segment_${phase.label}`],
        [`Segment${i}_Name`, phase.name],
        [`Segment${i}_LabelValue`, String(phase.label)],
        [`Segment${i}_Layer`, '0'],
        [`Segment${i}_Color`, colour.map((part) => part.toFixed(6)).join(' ')],
      );
    });
  return pairs;
}
