import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ITK_PACKAGES, itkFolder, type ItkPackage } from '../src/io/formats/itk/assets.ts';
import { copyItkAssets } from './copy-itk-assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'itk-assets-'));
const packages = Object.keys(ITK_PACKAGES) as ItkPackage[];
const target = (name: ItkPackage): string => join(folder, 'pipelines', itkFolder(name));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('both files of every pipeline in use are copied, once', () => {
  const namesOf = (name: ItkPackage): readonly string[] =>
    ITK_PACKAGES[name].pipelines.flatMap((pipeline) => [`${pipeline}.js`, `${pipeline}.wasm.zst`]);
  expect(copyItkAssets(folder)).toEqual(packages.flatMap(namesOf));
  for (const name of packages) {
    expect(readdirSync(target(name)).sort()).toEqual([...namesOf(name)].sort());
  }
  expect(copyItkAssets(folder)).toEqual([]);
});

test('damaged files are replaced and other versions removed', () => {
  writeFileSync(join(target('image-io'), 'vtk-read-image.js'), 'damaged');
  const old = join(folder, 'pipelines', 'image-io-0.0.1');
  const kernels = join(folder, 'pipelines', 'kernels');
  mkdirSync(old);
  mkdirSync(kernels);
  expect(copyItkAssets(folder)).toEqual(['vtk-read-image.js']);
  expect(existsSync(old)).toBe(false);
  expect(existsSync(kernels)).toBe(true);
});
