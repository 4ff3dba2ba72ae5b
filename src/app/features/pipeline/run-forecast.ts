/** What running will take, from the engine's estimates. */
import type { StepEstimate, VolumeInfo } from '../../../../workers/engine-api.ts';
import { formatBytes, formatForecast } from '../../components/format.ts';
import type { Forecast } from '../../stores/speeds.ts';
import { bytesPerVoxel, voxelCount } from '../../../volume/volume.ts';

/** Bytes of the opened volume and of the hungriest step. */
export function peakBytes(source: VolumeInfo, estimates: readonly StepEstimate[]): number {
  const own = voxelCount(source.size) * bytesPerVoxel(source.type);
  return own + Math.max(0, ...estimates.map((estimate) => estimate.bytes));
}

/**
 * One line on what a run takes; `bytes` is null where nothing is known of it yet. A browser tells of
 * the device's memory only roughly, so a run beyond it is warned of and not refused.
 */
export function describeRun(
  steps: number,
  open: number,
  bytes: number | null,
  deviceBytes: number,
  time = '',
): { readonly text: string; readonly isWarning: boolean } {
  if (steps === 0) return { text: 'Add a step to run.', isWarning: false };
  if (open === 0) return { text: 'All results are up to date.', isWarning: false };
  if (bytes !== null && bytes > deviceBytes) {
    return {
      text: `The run needs about ${formatBytes(bytes)} of memory and this device reports ${formatBytes(deviceBytes)}: crop the volume first, or it may fail.`,
      isWarning: true,
    };
  }
  const memory = bytes === null ? '' : ` · about ${formatBytes(bytes)}`;
  const takes = time === '' ? '' : ` · ${time}`;
  return { text: `${open} of ${steps} steps to compute${memory}${takes}`, isWarning: false };
}

/** How long it takes, and whether a run on this computer has told. */
export function forecastText(forecast: Forecast | null): string {
  const doubt = 'not measured yet on this computer';
  if (forecast === null) return `time ${doubt}`;
  const time = formatForecast(forecast.seconds);
  return forecast.isMeasured ? time : `${time} (${doubt})`;
}

/** Seconds left, from what the work so far took; null while too little is done to say. */
export function secondsLeft(fraction: number, elapsedSeconds: number): number | null {
  if (elapsedSeconds < 1 || fraction < 0.02) return null;
  return (elapsedSeconds * (1 - fraction)) / fraction;
}
