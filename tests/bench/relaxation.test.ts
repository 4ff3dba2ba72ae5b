/** The restated successive over-relaxation against our solver; skipped without PyTorch. */
import { afterAll, describe, expect, it } from 'vitest';
import { runContest } from '../../bench/contest.ts';
import { findPeers } from '../../bench/peers.ts';
import { CONTESTS } from '../../bench/rows.ts';

const peers = await findPeers();
afterAll(() => peers.dispose());

describe.skipIf(!peers.has(['numpy', 'torch']))('successive over-relaxation', () => {
  it.each(['tau-spheres', 'tau-blobs'])('finds the tortuosity factor of %s', async (id) => {
    const contest = CONTESTS.find((each) => each.id === id);
    if (contest === undefined) throw new Error(`there is no contest ${id}`);
    const { own, sor } = contest.contestants;
    const small = { ...contest, contestants: { own: own!, sor: sor! } };
    const options = { edge: 32, rounds: 1, peers, report: () => undefined };
    const { standings } = await runContest(small, options);
    expect(standings['sor']).toMatchObject({ kind: 'measured', agreement: { agrees: true } });
  });
});
