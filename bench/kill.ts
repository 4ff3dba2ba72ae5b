/**
 * Kills the page's process at random moments while labels are corrected by keys, and says how much of
 * the work came back: `npx tsx bench/kill.ts [--rounds 20] [--seed 1]`, after `npm run build`. Fails
 * where anything but a state of the work came back, or more than a second of it was lost.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { killRounds, saveBlankLabels } from '../e2e/support/kill-rounds.ts';
import { chromiumOptions } from '../scripts/chromium.ts';
import { startServer } from '../scripts/serve.ts';

const MOST_LOST_MS = 1000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});

/** Numerical Recipes' congruential generator: the same moments for the same seed. */
let state = Number(values.seed) >>> 0;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const server = await startServer({
  folder: fileURLToPath(new URL('../dist/app', import.meta.url)),
  port: 0,
  base: '/',
  strictPort: true,
  headers: true,
});
const folder = await mkdtemp(join(tmpdir(), 'tauscope-kill-'));
const browser = await chromium.launch(chromiumOptions());
try {
  const file = join(folder, 'blank.nrrd');
  await saveBlankLabels(file);
  const context = await browser.newContext({ serviceWorkers: 'block', reducedMotion: 'reduce' });
  await context.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  console.log(
    'killed by    after ms  edits made  came back  lost ms  back after ms  a state of the work',
  );
  const rounds = await killRounds(context, {
    url: server.url,
    file,
    rounds: Number(values.rounds),
    random,
    onRound: ({ how, afterMs, made, recovered, lostMs, backMs, isPrefix }) =>
      console.log(
        [
          how.padEnd(12),
          afterMs.toFixed(0).padStart(8),
          String(made).padStart(11),
          String(recovered).padStart(10),
          lostMs.toFixed(0).padStart(8),
          backMs.toFixed(0).padStart(14),
          (isPrefix ? 'yes' : 'NO').padStart(20),
        ].join(' '),
      ),
  });
  const lost = rounds.map(({ lostMs }) => lostMs).toSorted((a, b) => a - b);
  console.log(
    `${rounds.length} kills: at most ${lost.at(-1)?.toFixed(0)} ms of edits lost, median ${lost[lost.length >> 1]?.toFixed(0)} ms.`,
  );
  const isGood = rounds.every(({ isPrefix, lostMs }) => isPrefix && lostMs <= MOST_LOST_MS);
  process.exitCode = isGood ? 0 : 1;
} finally {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
