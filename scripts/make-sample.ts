/**
 * Writes the sample electrode into `public/sample`: `cathode.tif`, the same bytes wherever it is
 * built, and `sample.json`, which says what it is. Skips the work when they are newer than every
 * source.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeVolume } from '../src/io/registry.ts';
import { generateCathode } from '../src/phantoms/cathode.ts';
import { SAMPLE_OPTIONS } from '../src/phantoms/sample.ts';
import { voxelBytes } from '../src/volume/volume.ts';
import { isStale } from './stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(root, 'public/sample');
const SOURCES = [
  'src/phantoms',
  'src/kernels/random.ts',
  'src/io/formats/tiff/writer.ts',
  'src/volume',
  'scripts/make-sample.ts',
].map((path) => resolve(root, path));

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A reader never sees half a file. */
function replaceFile(name: string, content: Uint8Array | string): void {
  const path = join(folder, name);
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function makeSample(): Promise<void> {
  const { grey, parameters, statistics } = await generateCathode(SAMPLE_OPTIONS);
  const file = Buffer.from(await (await writeVolume(grey, 'tiff')).arrayBuffer());
  const description = {
    file: 'cathode.tif',
    title: 'Synthetic lithium-ion cathode',
    bytes: file.length,
    sha256: sha256(file),
    voxelSha256: sha256(voxelBytes(grey.data)),
    size: grey.size,
    type: grey.type,
    voxelSize: parameters.voxelSizeUm,
    voxelSizeUnit: 'µm',
    phantom: 'cathode',
    seed: parameters.seed,
    parameters,
    trueFractions: statistics.fractions,
  };
  mkdirSync(folder, { recursive: true });
  replaceFile('cathode.tif', file);
  replaceFile('sample.json', `${JSON.stringify(description, null, 2)}\n`);
}

const outputs = ['cathode.tif', 'sample.json'].map((name) => join(folder, name));
if (outputs.some((output) => isStale(output, SOURCES))) {
  await makeSample();
  console.log('Wrote public/sample/cathode.tif.');
}
