/** The ImageDescription that ImageJ and Fiji write: lines of `key=value` after `ImageJ=<version>`. */

export interface ImageJDescription {
  readonly version: string;
  readonly images: number;
  readonly channels: number;
  readonly slices: number;
  readonly frames: number;
  /** As written, escapes resolved; null where absent. Units of y and z default to that of x. */
  readonly unit: string | null;
  readonly unitY: string | null;
  readonly unitZ: string | null;
  /** Distance of slices, null where absent: ImageJ leaves it out when it is exactly 1. */
  readonly spacing: number | null;
  /** Pixel coordinates of the physical origin. */
  readonly origin: readonly [number, number, number];
  readonly values: ReadonlyMap<string, string>;
}

/** Numbers of `cf` (ij.measure.Calibration). */
const STRAIGHT_LINE = 0;
const NO_CALIBRATION = 20;

function withoutEscapes(text: string): string {
  return text
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/\\([\\=:# ])/g, '$1');
}

/** Null where the text is not ImageJ's. */
export function parseImageJDescription(text: string): ImageJDescription | null {
  if (!text.startsWith('ImageJ=')) return null;
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    const key = line.slice(0, equals).trim();
    if (!values.has(key)) values.set(key, withoutEscapes(line.slice(equals + 1).trim()));
  }
  const count = (key: string): number => {
    const value = Number(values.get(key) ?? 1);
    return Number.isSafeInteger(value) && value >= 1 ? value : 1;
  };
  const pixel = (key: string): number => {
    const value = Number(values.get(key) ?? 0);
    return Number.isFinite(value) ? value : 0;
  };
  const spacing = values.get('spacing');
  return {
    version: values.get('ImageJ') ?? '',
    images: count('images'),
    channels: count('channels'),
    slices: count('slices'),
    frames: count('frames'),
    unit: values.get('unit') ?? null,
    unitY: values.get('yunit') ?? null,
    unitZ: values.get('zunit') ?? null,
    spacing: spacing === undefined || spacing === '' ? null : Number(spacing),
    origin: [pixel('xorigin'), pixel('yorigin'), pixel('zorigin')],
    values,
  };
}

/**
 * What ImageJ computes from a stored value to show it, as words for a remark; null where it shows
 * the value itself. Signed 16-bit images have one: ImageJ stores them with 32768 added.
 */
export function greyCalibration({ values }: ImageJDescription): string | null {
  const number = (key: string): number => Number(values.get(key) ?? Number.NaN);
  const [kind, offset, slope] = [number('cf'), number('c0'), number('c1')];
  if (!Number.isInteger(kind) || kind < 0 || kind === NO_CALIBRATION) return null;
  if (kind !== STRAIGHT_LINE) return 'a calibration of its grey values';
  if (!Number.isFinite(offset) || !Number.isFinite(slope)) return null;
  if (offset === 0 && slope === 1) return null;
  return `a calibration of its grey values (${offset} + ${slope} × the stored value)`;
}
