/** A small segmented volume with a voxel size, measured by its preset and slice by slice. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { writeVolume } from '../../src/io/registry.ts';
import { createSpacing } from '../../src/volume/length.ts';
import { createVolume } from '../../src/volume/volume.ts';
import { WorkbenchPage } from '../pages/workbench-page.ts';

const SIZE = [12, 8, 6] as const;
const VOXEL_UM = 0.5;

/** Half pore, half solid in every slice along y: columns of two voxels in turn along x. */
function labelAt(x: number, _y: number, z: number): number {
  return z === 5 ? (x < 6 ? 0 : 1) : Math.floor(x / 2) % 2;
}

const STEPS = [
  ['measure-volume-fraction', { slices: true }],
  ['measure-percolation', {}],
  ['measure-tortuosity-factor', { phase: [0], directions: 'y' }],
] as const;

/** The path of the volume's file, which has the name. */
export async function saveTwoPhases(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tauscope-two-'));
  const [nx, ny, nz] = SIZE;
  const data = Uint8Array.from({ length: nx * ny * nz }, (_, i) =>
    labelAt(i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))),
  );
  const volume = createVolume({
    kind: 'labels',
    name,
    size: SIZE,
    data,
    spacing: createSpacing([VOXEL_UM, VOXEL_UM, VOXEL_UM], 'µm'),
    phases: [
      { label: 0, name: 'pore', colour: '#0072b2', pore: true },
      { label: 1, name: 'solid', colour: '#e69f00', pore: false },
    ],
  });
  const path = join(folder, name);
  await writeFile(path, Buffer.from(await (await writeVolume(volume, 'nrrd')).arrayBuffer()));
  return path;
}

/** Opens the volume, loads the recipe and runs it. `name` is the volume's file name. */
export async function openTwoPhases(page: Page, name = 'two.nrrd'): Promise<WorkbenchPage> {
  const path = await saveTwoPhases(name);
  const recipe = join(dirname(path), 'recipe.json');
  await writeFile(
    recipe,
    JSON.stringify({
      format: 'tauscope-recipe',
      version: 1,
      title: 'Two phases',
      steps: STEPS.map(([operation, params], i) => ({
        id: `step-${i}`,
        operation,
        version: 1,
        enabled: true,
        params,
      })),
    }),
  );
  await page.addInitScript(() => localStorage.setItem('tauscope.show-volume', 'no'));
  const workbench = new WorkbenchPage(page);
  await workbench.start();
  await workbench.drop(path);
  await workbench.drop(recipe);
  await workbench.run();
  return workbench;
}
