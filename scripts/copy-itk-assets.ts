/**
 * Copies the itk-wasm pipelines that the readers use into `public/pipelines/image-io-<version>`, so
 * that the workbench serves them itself. Files that are there already are left alone; folders of
 * other versions are removed. The result is not kept in git.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  ITK_ASSETS_FOLDER,
  ITK_IMAGE_IO_VERSION,
  ITK_PIPELINES,
} from '../src/io/formats/itk/assets.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const installed = resolve(root, 'node_modules/@itk-wasm/image-io');

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function assertVersion(): void {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  if (version !== ITK_IMAGE_IO_VERSION) {
    throw new Error(
      `@itk-wasm/image-io ${version} is installed and src/io/formats/itk/assets.ts says ${ITK_IMAGE_IO_VERSION}: change both together.`,
    );
  }
}

/** Names of the files of every pipeline in use. */
function itkAssetNames(): readonly string[] {
  return ITK_PIPELINES.flatMap((pipeline) => [`${pipeline}.js`, `${pipeline}.wasm.zst`]);
}

/** Returns the names that were copied. */
export function copyItkAssets(publicFolder: string): readonly string[] {
  assertVersion();
  const target = resolve(publicFolder, ITK_ASSETS_FOLDER);
  const parent = resolve(target, '..');
  mkdirSync(target, { recursive: true });
  for (const folder of readdirSync(parent)) {
    const stale = folder.startsWith('image-io-') && resolve(parent, folder) !== target;
    if (stale) rmSync(resolve(parent, folder), { recursive: true });
  }
  const copied: string[] = [];
  for (const name of itkAssetNames()) {
    const from = join(installed, 'dist/pipelines', name);
    const to = join(target, name);
    if (existsSync(to) && digest(to) === digest(from)) continue;
    copyFileSync(from, to);
    copied.push(name);
  }
  return copied;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const copied = copyItkAssets(resolve(root, 'public'));
  if (copied.length > 0) console.log(`public/${ITK_ASSETS_FOLDER}: ${copied.length} files copied`);
}
