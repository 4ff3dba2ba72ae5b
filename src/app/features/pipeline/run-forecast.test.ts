import { describe, expect, it } from 'vitest';
import { describeRun, forecastText, secondsLeft } from './run-forecast.ts';

describe('describeRun', () => {
  it('says what is needed, what there is and what to do where the device is too small', () => {
    expect(describeRun(3, 2, 5 * 2 ** 30, 4 * 2 ** 30)).toEqual({
      text: 'The run needs about 5.0 GiB of memory and this device reports 4.0 GiB: crop the volume first, or it may fail.',
      isWarning: true,
    });
  });

  it('counts the steps to compute where there is room', () => {
    expect(describeRun(3, 2, 2 ** 30, 4 * 2 ** 30).text).toMatch(
      /^2 of 3 steps .* about 1\.0 GiB$/,
    );
    expect(describeRun(3, 2, null, 4 * 2 ** 30).text).toBe('2 of 3 steps to compute');
    expect(describeRun(3, 0, 2 ** 40, 2 ** 32).text).toBe('All results are up to date.');
  });
});

describe('forecastText', () => {
  it('says whether a run on this computer has told', () => {
    expect(forecastText({ seconds: 12.3, isMeasured: true })).toBe('about 12 s');
    expect(forecastText({ seconds: 0.2, isMeasured: true })).toBe('under 1 s');
    expect(forecastText({ seconds: 300, isMeasured: false })).toBe(
      'about 5 min (not measured yet on this computer)',
    );
    expect(forecastText(null)).toBe('time not measured yet on this computer');
    expect(describeRun(3, 2, 2 ** 30, 2 ** 32, 'about 12 s').text).toMatch(/GiB · about 12 s$/);
  });
});

describe('secondsLeft', () => {
  it('follows from the share that is done and the time it took', () => {
    expect(secondsLeft(0.25, 10)).toBe(30);
    expect(secondsLeft(1, 10)).toBe(0);
  });

  it('says nothing before there is something to go by', () => {
    expect(secondsLeft(0.5, 0.4)).toBeNull();
    expect(secondsLeft(0.01, 100)).toBeNull();
  });
});
