import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ITK_ASSETS_FOLDER, ITK_PIPELINES } from '../src/io/formats/itk/assets.ts';
import { copyItkAssets } from './copy-itk-assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'itk-assets-'));
const target = join(folder, ITK_ASSETS_FOLDER);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('both files of every pipeline in use are copied, once', () => {
  const names = ITK_PIPELINES.flatMap((pipeline) => [`${pipeline}.js`, `${pipeline}.wasm.zst`]);
  expect(copyItkAssets(folder)).toEqual(names);
  expect(readdirSync(target).sort()).toEqual([...names].sort());
  expect(copyItkAssets(folder)).toEqual([]);
});

test('damaged files are replaced and other versions removed', () => {
  writeFileSync(join(target, 'meta-read-image.js'), 'damaged');
  const old = join(folder, 'pipelines', 'image-io-0.0.1');
  const kernels = join(folder, 'pipelines', 'kernels');
  mkdirSync(old);
  mkdirSync(kernels);
  expect(copyItkAssets(folder)).toEqual(['meta-read-image.js']);
  expect(existsSync(old)).toBe(false);
  expect(existsSync(kernels)).toBe(true);
});
