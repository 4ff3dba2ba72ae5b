import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defaultParameters } from '../declaration/parameters.ts';
import { type UserError } from '../errors/errors.ts';
import { loadAllPhantoms, loadPhantom, PHANTOM_IDS } from './registry.ts';

const phantoms = await loadAllPhantoms();

test('lists each phantom under its own id', () => {
  expect(phantoms.map(({ id }) => id)).toEqual(PHANTOM_IDS);
});

test('names the phantoms there are when asked for another', async () => {
  const error = await loadPhantom('anode').catch((thrown: UserError) => thrown);
  expect(error).toMatchObject({
    code: 'usage',
    message: `There is no phantom "anode"; the phantoms are ${PHANTOM_IDS.join(', ')}.`,
  });
});

describe.each(phantoms.map((phantom) => [phantom.id, phantom] as const))('%s', (id, phantom) => {
  // Smaller than the defaults where they are large, to be quick.
  const raw = { size: id === 'cathode' ? 24 : 32 };

  test('has defaults that its own declaration accepts', () => {
    expect(() => phantom.estimateBytes(defaultParameters(phantom.parameters))).not.toThrow();
  });

  test('gives the same volumes and facts twice, with stems, phases and spacing', async () => {
    const first = await phantom.generate(raw);
    const second = await phantom.generate(raw);
    expect(second).toEqual(first);
    const stems = first.volumes.map(({ stem }) => stem);
    expect(new Set(stems).size).toBe(stems.length);
    expect(stems).toContain('truth');
    for (const { volume } of first.volumes) {
      expect(volume.spacing?.unit).toBe('µm');
      if (volume.kind !== 'labels') continue;
      const named = new Set(volume.phases.map(({ label }) => label));
      expect(new Set(volume.data as Uint8Array)).toEqual(named);
    }
    expect(JSON.parse(JSON.stringify(first.facts))).toEqual(first.facts);
    expect(first.notes.length).toBeGreaterThan(0);
  });

  test('estimates at least the bytes of its volumes', async () => {
    const { volumes } = await phantom.generate(raw);
    const bytes = volumes.reduce((sum, { volume }) => sum + volume.data.byteLength, 0);
    expect(phantom.estimateBytes(raw)).toBeGreaterThanOrEqual(bytes);
  });

  test('is cancelled by its signal', async () => {
    const signal = AbortSignal.abort();
    await expect(phantom.generate(raw, { signal })).rejects.toMatchObject({
      code: 'run/cancelled',
    });
  });

  test('refuses unknown and impossible parameters', async () => {
    await expect(phantom.generate({ edge: 3 })).rejects.toMatchObject({
      code: 'parameter/invalid',
    });
    await expect(phantom.generate({ size: 3 })).rejects.toThrow(`phantom ${id}: Edge (size) is 3`);
  });
});

test('uses no function whose last digits the engine may choose', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const sources = [...files.map((name) => folder + name), `${folder}../kernels/random.ts`];
  expect(sources.length).toBeGreaterThan(8);
  for (const path of sources) {
    const code = readFileSync(path, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
    expect(
      code.match(/Math\.(?!sqrt|floor|ceil|abs|min|max|imul|PI|round)\w+|\*\*/g) ?? [],
    ).toEqual([]);
  }
});
