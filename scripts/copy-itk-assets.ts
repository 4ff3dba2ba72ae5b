/**
 * Copies the itk-wasm pipelines in use into `public/pipelines/<package>-<version>`, so that the
 * workbench serves them itself. Files that are there already are left alone; folders of other
 * versions are removed. The result is not kept in git.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ITK_PACKAGES, itkFolder, type ItkPackage } from '../src/io/formats/itk/assets.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function installedFolder(name: ItkPackage): string {
  return resolve(root, 'node_modules/@itk-wasm', name);
}

function assertVersion(name: ItkPackage): void {
  const { version } = JSON.parse(
    readFileSync(join(installedFolder(name), 'package.json'), 'utf8'),
  ) as { version: string };
  if (version !== ITK_PACKAGES[name].version) {
    throw new Error(
      `@itk-wasm/${name} ${version} is installed and src/io/formats/itk/assets.ts says ${ITK_PACKAGES[name].version}: change both together.`,
    );
  }
}

/** Names of the files of every pipeline of a package in use. */
function itkAssetNames(name: ItkPackage): readonly string[] {
  return ITK_PACKAGES[name].pipelines.flatMap((pipeline) => [
    `${pipeline}.js`,
    `${pipeline}.wasm.zst`,
  ]);
}

function copyPackage(pipelines: string, name: ItkPackage): readonly string[] {
  assertVersion(name);
  const target = resolve(pipelines, itkFolder(name));
  mkdirSync(target, { recursive: true });
  for (const folder of readdirSync(pipelines)) {
    const stale = folder.startsWith(`${name}-`) && resolve(pipelines, folder) !== target;
    if (stale) rmSync(resolve(pipelines, folder), { recursive: true });
  }
  const copied: string[] = [];
  for (const file of itkAssetNames(name)) {
    const from = join(installedFolder(name), 'dist/pipelines', file);
    const to = join(target, file);
    if (existsSync(to) && digest(to) === digest(from)) continue;
    copyFileSync(from, to);
    copied.push(file);
  }
  return copied;
}

/** Returns the names that were copied. */
export function copyItkAssets(publicFolder: string): readonly string[] {
  const names = Object.keys(ITK_PACKAGES) as ItkPackage[];
  return names.flatMap((name) => copyPackage(resolve(publicFolder, 'pipelines'), name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const copied = copyItkAssets(resolve(root, 'public'));
  if (copied.length > 0) console.log(`public/pipelines: ${copied.length} files copied`);
}
