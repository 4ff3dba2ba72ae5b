import { describe, expect, it } from 'vitest';
import { secondsLeft } from './run-forecast.ts';

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
