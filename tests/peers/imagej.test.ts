import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeVolume } from '../../src/io/registry.ts';
import { createSpacing } from '../../src/volume/length.ts';
import { createVolume, type VoxelArray } from '../../src/volume/volume.ts';

/** Debian's `imagej`; `java` must be able to run a source file. */
const JAR = '/usr/share/java/ij.jar';
const READER = fileURLToPath(new URL('ReadWithImageJ.java', import.meta.url));

const JAVA = 'java';
const java = (...args: string[]) =>
  spawnSync(JAVA, ['-Djava.awt.headless=true', '-cp', JAR, ...args], { encoding: 'utf8' });
const isThere = existsSync(JAR) && java(READER).status === 0;

test.skipIf(!isThere)('ImageJ opens written TIFFs with voxels, voxel size and unit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tauscope-imagej-'));
  const count = { length: 24 };
  const values: readonly VoxelArray[] = [
    Uint8Array.from(count, (_, i) => i * 10),
    Uint16Array.from(count, (_, i) => i * 2700),
    Int16Array.from(count, (_, i) => i * 2700 - 32_000),
    Float32Array.from(count, (_, i) => i / 3 - 2),
  ];
  const units = ['µm', 'nm', 'mm', 'cm'] as const;
  const paths: string[] = [];
  for (const [i, data] of values.entries()) {
    const spacing = createSpacing([0.398, 0.4, 1.25], units[i] ?? 'm');
    const blob = await writeVolume(
      createVolume({ kind: 'grey', size: [4, 3, 2], data, spacing }),
      'tiff',
    );
    paths.push(join(folder, `${i}.tif`));
    writeFileSync(paths[i] ?? '', new Uint8Array(await blob.arrayBuffer()));
  }
  const { stdout } = java(READER, ...paths);
  rmSync(folder, { recursive: true });
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(values.length);
  for (const [i, line] of lines.entries()) {
    const [nx, ny, nz, dx, dy, dz, unit, voxels = ''] = line.split('\t');
    expect([nx, ny, nz].map(Number)).toEqual([4, 3, 2]);
    [dx, dy, dz].forEach((edge, axis) => {
      expect(Number(edge)).toBeCloseTo([0.398, 0.4, 1.25][axis] ?? 0, 12);
    });
    expect(unit).toBe(units[i]);
    expect(Float32Array.from(voxels.trim().split(' '), Number)).toEqual(
      Float32Array.from(values[i] as Float32Array),
    );
  }
});
