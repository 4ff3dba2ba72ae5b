import { describe, expect, it } from 'vitest';
import { FIRST_SPEEDS } from './first-speeds.ts';
import { forecast, learnSpeed, parseSpeeds, totalForecast } from './speeds.ts';

const NOTHING = { threads: 2, secondsPerWork: {} };
const MEDIAN = FIRST_SPEEDS['denoise-median'] ?? Number.NaN;

function step(operation: string, elapsedMs: number, work: number) {
  return { operation, elapsedMs, work, cached: false, gpu: null };
}

describe('a forecast', () => {
  it('is a guess until a run has told', () => {
    expect(forecast(NOTHING, 'denoise-median', 1e9)).toEqual({
      seconds: 1e9 * MEDIAN,
      isMeasured: false,
    });
    expect(forecast(NOTHING, 'unheard-of', 1e9)).toBeNull();
    const learned = learnSpeed(NOTHING, step('denoise-median', 500, 1e8), 2);
    expect(forecast(learned, 'denoise-median', 1e9)).toEqual({ seconds: 5, isMeasured: true });
  });

  it('guesses by how fast this computer was at something else', () => {
    const slow = learnSpeed(NOTHING, step('denoise-median', 3000 * MEDIAN * 1e9, 1e9), 2);
    const { seconds } = forecast(slow, 'smooth-gaussian', 1e9) ?? { seconds: Number.NaN };
    expect(seconds).toBeCloseTo(3 * 1e9 * (FIRST_SPEEDS['smooth-gaussian'] ?? Number.NaN), 9);
  });

  it('of several steps is as good as that of the least known', () => {
    const known = { seconds: 1, isMeasured: true };
    const guess = { seconds: 2, isMeasured: false };
    expect(totalForecast([known, guess])).toEqual({ seconds: 3, isMeasured: false });
    expect(totalForecast([known, null])).toBeNull();
  });

  it('for a GPU rests on runs on the GPU alone', () => {
    const record = { adapter: 'a', tolerance: 1, relativeTo: 'b', difference: 0 } as never;
    expect(forecast(NOTHING, 'denoise-nl-means', 1e9, true)).toBeNull();
    const run = { ...step('denoise-nl-means', 500, 1e8), gpu: record };
    const learned = learnSpeed(NOTHING, run, 2);
    expect(forecast(learned, 'denoise-nl-means', 1e9, true)?.seconds).toBe(5);
    expect(forecast(learned, 'denoise-nl-means', 1e9)?.isMeasured).toBe(false);
  });
});

describe('learning', () => {
  it('takes the geometric mean of what was and what is', () => {
    const first = learnSpeed(NOTHING, step('denoise-median', 100, 1e8), 2);
    const second = learnSpeed(first, step('denoise-median', 400, 1e8), 2);
    expect(forecast(second, 'denoise-median', 1e8)?.seconds).toBeCloseTo(0.2, 12);
  });

  it('leaves out what was kept from before or too short to tell', () => {
    expect(learnSpeed(NOTHING, step('denoise-median', 5, 1e8), 2)).toBe(NOTHING);
    const kept = { ...step('denoise-median', 500, 1e8), cached: true };
    expect(learnSpeed(NOTHING, kept, 2)).toBe(NOTHING);
  });

  it('starts anew where the engine has another number of threads', () => {
    const two = learnSpeed(NOTHING, step('denoise-median', 500, 1e8), 2);
    const four = learnSpeed(two, step('smooth-gaussian', 500, 1e8), 4);
    expect(Object.keys(four.secondsPerWork)).toEqual(['smooth-gaussian']);
  });
});

describe('parseSpeeds', () => {
  it('reads what was written and leaves out what is odd', () => {
    const speeds = { threads: 4, secondsPerWork: { 'denoise-median': 1e-9 } };
    expect(parseSpeeds(JSON.stringify(speeds))).toEqual(speeds);
    const odd = { threads: 4, secondsPerWork: { a: -1, b: 'x', c: 5, d: 1e-8 } };
    expect(parseSpeeds(JSON.stringify(odd)).secondsPerWork).toEqual({ d: 1e-8 });
    for (const text of [null, '{', '3', '{"threads":"x"}']) {
      expect(parseSpeeds(text)).toEqual({ threads: 0, secondsPerWork: {} });
    }
  });
});
