/**
 * Kind and phases of a volume in the ImageJ description, so that a label TIFF read back is a label
 * volume with its names and colours. ImageJ and Fiji ignore keys they do not know. Keys and checks
 * are those of NRRD's key/value pairs.
 */
import type { Volume } from '../../../volume/volume.ts';
import { phaseKeyValues, readPhases, type StatedPhases } from '../../phase-key-values.ts';

const OWN = 'tauscope ';
const OWN_PROPERTY = 'tauscope.';

/** Lines of ASCII: a key of Java properties has no space, and its value no escapes if encoded. */
export function phaseLines(volume: Pick<Volume, 'kind' | 'phases'>): readonly string[] {
  return phaseKeyValues(volume.kind, volume.phases)
    .filter(([key]) => key.startsWith(OWN))
    .map(([key, value]) => `${key.replace(OWN, OWN_PROPERTY)}=${encodeURIComponent(value)}`);
}

export function statedPhases(values: ReadonlyMap<string, string>): StatedPhases {
  const own = new Map<string, string>();
  for (const [key, value] of values) {
    if (!key.startsWith(OWN_PROPERTY)) continue;
    try {
      own.set(key.replace(OWN_PROPERTY, OWN), decodeURIComponent(value));
    } catch {
      // Not written by us: no statement.
    }
  }
  return readPhases(own);
}
