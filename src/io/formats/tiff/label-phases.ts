/**
 * Kind and phases of a label volume in the ImageJ description, so that a label TIFF read back is a
 * label volume with its names and colours. ImageJ and Fiji ignore keys they do not know.
 */
import type { Phase } from '../../../volume/volume.ts';

export const KIND_KEY = 'tauscope.kind';
export const PHASES_KEY = 'tauscope.phases';

const MOST_PHASES = 1000;
const MOST_NAME = 200;

/** The phases as percent-encoded JSON (one line of ASCII), or null where there are none. */
export function phasesToText(phases: readonly Phase[]): string | null {
  if (phases.length === 0) return null;
  const plain = phases.map(({ label, name, colour, pore }) => ({ label, name, colour, pore }));
  return encodeURIComponent(JSON.stringify(plain));
}

function isPhase(value: unknown): value is Phase {
  if (typeof value !== 'object' || value === null) return false;
  const { label, name, colour, pore } = value as Record<string, unknown>;
  return (
    typeof label === 'number' &&
    Number.isFinite(label) &&
    typeof name === 'string' &&
    name.length <= MOST_NAME &&
    typeof colour === 'string' &&
    /^#[0-9a-f]{6}$/i.test(colour) &&
    typeof pore === 'boolean'
  );
}

/** Phases from untrusted text; null where any part of it is not as written by `phasesToText`. */
export function phasesFromText(text: string): readonly Phase[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeURIComponent(text));
  } catch {
    return null;
  }
  if (!Array.isArray(parsed) || parsed.length > MOST_PHASES || !parsed.every(isPhase)) return null;
  const labels = new Set(parsed.map((phase) => phase.label));
  if (labels.size !== parsed.length) return null;
  return parsed.map(({ label, name, colour, pore }) => ({ label, name, colour, pore }));
}
