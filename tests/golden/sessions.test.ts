/** Session documents of every version open for ever, and what they claim holds. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { verifyDataset } from '../../src/engine/verify.ts';
import { host } from '../../src/host/node.ts';
import { loadPhantom } from '../../src/phantoms/registry.ts';
import { parseSessionText, SESSION_VERSION } from '../../src/session/session.ts';
import { createKernelHost } from '../../src/wasm/kernel-host.ts';

const FOLDER = new URL('./sessions/', import.meta.url);
const files = readdirSync(FOLDER);
const kernels = createKernelHost(host, 1);
afterAll(() => kernels.dispose());

it('there is one of each version', () => {
  expect(files.toSorted()).toEqual(
    Array.from({ length: SESSION_VERSION }, (_, i) => `${i + 1}.json`),
  );
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');

  it('opens as a session of the present version', () => {
    expect(parseSessionText(text, file).version).toBe(SESSION_VERSION);
  });

  it('claims what the same phantom gives today', async () => {
    const session = parseSessionText(text, file);
    const [dataset] = session.datasets;
    if (dataset === undefined) throw new Error('no dataset');
    const phantom = await loadPhantom('cathode');
    const { volumes } = await phantom.generate({ size: 48, seed: 1 });
    const volume = volumes.find(({ stem }) => stem === 'truth')?.volume;
    if (volume === undefined) throw new Error('no truth');
    const turn = (): Promise<void> => Promise.resolve();
    const { signal } = new AbortController();
    const engine = createEngine(host, kernels, 2 ** 24);
    const check = await verifyDataset(engine, session, dataset, volume, [], turn, { signal });
    expect(check.firstDifference).toBeNull();
    expect(check.verdict).toBe('equal');
    expect(check.steps.flatMap(({ numbers }) => numbers).length).toBeGreaterThan(10);
  });
});
