/** Classes of grey values between thresholds. */
import type { GreyArray } from './histogram.ts';
import type { Steps } from './steps.ts';

const CHUNK = 1 << 20;

/**
 * For each value how many of the rising thresholds lie below it: class k holds
 * thresholds[k − 1] < v ≤ thresholds[k]. At most 255 thresholds; values are finite. O(n · thresholds).
 */
export function* thresholdSteps(
  data: GreyArray,
  thresholds: readonly number[],
): Steps<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(data.length);
  const limits = Float64Array.from(thresholds);
  for (let start = 0; start < data.length; start += CHUNK) {
    const end = Math.min(data.length, start + CHUNK);
    for (let i = start; i < end; i++) {
      const value = data[i];
      let below = 0;
      for (let k = 0; k < limits.length; k++) if (value > limits[k]) below += 1;
      out[i] = below;
    }
    yield;
  }
  return out;
}
