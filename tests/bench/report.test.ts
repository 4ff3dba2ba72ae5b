import { describe, expect, it } from 'vitest';
import type { Claim, Contest, ContestResult, Standing } from '../../bench/contest.ts';
import { disagreements, median, reportPage, rowOf } from '../../bench/report.ts';
import { CONTESTS } from '../../bench/rows.ts';

const MISSED = 'the other one is good.';

const contest: Contest = {
  id: 'filter',
  title: 'A filter',
  source: { title: 'noise', edge: 10, load: () => Promise.resolve(null) },
  rounds: 3,
  contestants: {
    own: { title: 'one worker', threads: 1, task: () => Promise.resolve({}) },
    two: { title: 'two workers', threads: 2, task: () => Promise.resolve({}) },
    peer: {
      title: 'A library',
      peer: { kind: 'native', program: 'none', parameters: [] },
      compare: () => ({ text: 'equal', agrees: true }),
    },
  },
  claims: [],
};

function ran(cpu: readonly number[], voxels: number, agrees = true): Standing {
  const agreement = { text: agrees ? 'equal' : 'far off', agrees };
  return {
    kind: 'measured',
    cpu,
    wall: cpu.map((each) => each / 2),
    voxels,
    bytes: 8 * voxels,
    agreement,
  };
}

function resultOf(standings: Readonly<Record<string, Standing>>): ContestResult {
  return { contest, edge: 10, standings };
}

const result = resultOf({ own: ran([3, 1, 2], 1000), peer: ran([9, 8, 7], 1000) });

function claim(figure: Claim['figure'], target: number | null): Claim {
  return { own: 'own', against: 'peer', clock: 'cpu', figure, target, missed: MISSED };
}

describe('a claim', () => {
  it('is the ratio of the medians and is met where it reaches its target', () => {
    expect(rowOf(result, claim('speed-up', 4))).toMatchObject({
      target: '≥ 4×',
      reached: '4.00×',
      met: true,
      reason: null,
      agreement: 'equal',
      nanoseconds: '2000000 / 8000000',
      bytes: '8.0 / 8.0',
    });
  });

  it('gives its reason where it is missed', () => {
    expect(rowOf(result, claim('speed-up', 4.1))).toMatchObject({ met: false, reason: MISSED });
    expect(rowOf(result, claim('time', 0.24))).toMatchObject({
      target: '≤ 0.24×',
      reached: '0.25× its time',
      met: false,
    });
    expect(rowOf(result, claim('time', 0.25))).toMatchObject({ met: true, reason: null });
  });

  it('without a target is neither met nor missed', () => {
    expect(rowOf(result, claim('speed-up', null))).toMatchObject({
      target: '',
      met: null,
      reason: null,
    });
  });

  it('compares times per voxel, so that volumes may differ', () => {
    const growth = resultOf({ own: ran([16], 8000), peer: ran([2], 1000) });
    expect(rowOf(growth, claim('time', 1.3))).toMatchObject({
      reached: '1.00× its time',
      met: true,
    });
  });

  it('without a measurement says what is missing', () => {
    const reason = 'torch is not installed: apt-get install python3-torch';
    const missing: Standing = { kind: 'missing', reason, failed: false };
    const absent = resultOf({ own: ran([1], 1000), peer: missing });
    expect(rowOf(absent, claim('speed-up', 4))).toMatchObject({
      reached: '',
      met: null,
      reason,
      nanoseconds: '1000000 / –',
    });
  });

  it('is missed where the own task fails, and open without a target', () => {
    const failed: Standing = { kind: 'missing', reason: 'too little memory', failed: true };
    const broken = resultOf({ own: failed, peer: ran([1], 1000) });
    expect(rowOf(broken, claim('time', 1.3))).toMatchObject({
      reached: '',
      met: false,
      reason: 'too little memory',
    });
    expect(rowOf(broken, claim('time', null))).toMatchObject({ met: null });
  });
});

describe('the median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe('the page', () => {
  const page = (results: readonly ContestResult[]): string =>
    reportPage({
      command: 'npm run bench',
      date: '2020-02-20',
      machine: { processor: 'P', cores: 2, node: '20', system: 'Linux', load: 0 },
      peers: ['library 1.2'],
      results,
      kernels: [],
    });

  it('counts targets and lists the reasons of those that are missed', () => {
    const claims = [claim('speed-up', 4), claim('speed-up', 5), claim('speed-up', null)];
    const text = page([{ ...result, contest: { ...contest, claims } }]);
    expect(text).toContain('1 of 2 targets are met.');
    expect(text.match(new RegExp(MISSED, 'g'))).toHaveLength(1);
    expect(text).toContain('| A filter | noise, 10³ | one worker | A library | processor |');
    expect(text).toContain('## Measured besides');
  });

  it('leaves out sections that have nothing to show', () => {
    expect(page([])).not.toContain('##');
  });
});

describe('results', () => {
  it('that differ are named', () => {
    const wrong = resultOf({ own: ran([1], 1000), peer: ran([1], 1000, false) });
    expect(disagreements([wrong])).toEqual(['A filter, A library: far off']);
    expect(disagreements([result])).toEqual([]);
  });
});

describe('the declared contests', () => {
  it('have claims about their own contestants, with a reason ready for each target', () => {
    for (const { id, contestants, claims } of CONTESTS) {
      for (const { own, against, target, missed } of claims) {
        expect(Object.keys(contestants), id).toEqual(expect.arrayContaining([own, against]));
        if (target !== null) expect(missed, id).toMatch(/\.$/);
      }
    }
  });

  it('have ids of their own', () => {
    expect(new Set(CONTESTS.map(({ id }) => id)).size).toBe(CONTESTS.length);
  });
});
