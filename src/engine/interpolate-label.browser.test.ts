import { beforeAll, expect, test } from 'vitest';
import { disc, interpolated, radii, slab } from '../../tests/support/interpolation-cases.ts';
import { configureItkAssets } from '../io/formats/itk/assets.ts';

beforeAll(() => {
  configureItkAssets(
    new URL('/node_modules/@itk-wasm', location.href).href,
    (name) => `${name}/dist/pipelines`,
  );
});

const EDITS = [disc(0, 2, 6, 0), disc(0, 10, 14, 0)];

test('between two discs of label 0 lie discs whose radius changes evenly', async () => {
  const { slices, runs } = await interpolated(slab(0, 0), EDITS, 0, 0);
  const between = radii(runs, slices, 0).slice(3, 10);
  between.forEach((radius, i) => {
    expect(Math.abs(radius - (7 + i))).toBeLessThan(0.5);
  });
});

test('an abort settles an interpolation that is under way', async () => {
  const controller = new AbortController();
  const interpolation = interpolated(slab(0, 1), EDITS, 0, 0, controller.signal);
  setTimeout(() => controller.abort(), 30);
  await expect(interpolation).rejects.toMatchObject({ code: 'run/cancelled' });
});
