/** Numbers and names as a person reads them. */
import type { VoxelSpacing } from '../../volume/length.ts';
import type { Size3 } from '../../volume/volume.ts';

const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

export function formatSize(size: Size3): string {
  return size.join(' × ');
}

/** Up to six significant digits, without trailing zeros. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e7 || magnitude < 1e-4) return value.toExponential(4).replace('e', '·10^');
  return String(Number(value.toPrecision(6)));
}

/** "0.398 µm" for cubic voxels, else the three edges. */
export function formatSpacing({ values, unit }: VoxelSpacing): string {
  const [x, y, z] = values.map(formatNumber);
  return x === y && y === z ? `${x} ${unit}` : `${x} × ${y} × ${z} ${unit}`;
}

/** Time that something will take, with no more digits than it deserves. */
export function formatForecast(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  return `about ${wholeSeconds(seconds)}`;
}

/** Time that is left: whole seconds, since more digits would only flicker. */
export function formatTimeLeft(seconds: number): string {
  return `about ${wholeSeconds(seconds)} left`;
}

function wholeSeconds(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 90 ? `${whole} s` : formatSeconds(whole);
}

export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
