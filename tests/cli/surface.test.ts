/** `tauscope surface`: meshes of a phase, the same with any number of threads. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCommandLine, createWorkplace, type Workplace } from './tauscope.ts';
import { fileBytes, slabs } from './volumes.ts';

let place: Workplace;
beforeAll(async () => {
  await buildCommandLine();
  place = createWorkplace();
  place.write('slabs.tif', await fileBytes(slabs({ values: [0.4, 0.4, 0.8], unit: 'µm' })));
});
afterAll(() => place.remove());

it('writes the same mesh with any number of threads and tells the measured area', async () => {
  const areas = JSON.parse(
    (await place.run(['apply', 'measure-surface-area', 'slabs.tif', '--json'])).stdout,
  ) as readonly [{ readonly rows: readonly { readonly label: number; readonly area: number }[] }];
  const row = areas[0].rows[0] as { readonly label: number; readonly area: number };
  for (const format of ['stl', 'ply', 'vtk']) {
    const digests = new Set<string>();
    for (const threads of ['1', '3']) {
      const name = `${threads}.${format}`;
      const { code, stdout, stderr } = await place.run(
        ['surface', 'slabs.tif', '--label', String(row.label), '-o', name],
        { environment: { TAUSCOPE_THREADS: threads } },
      );
      expect([code, stderr]).toEqual([0, expect.stringContaining(`wrote ${name}`)]);
      expect(stdout).toContain(`surface area ${row.area} µm²`);
      const bytes = readFileSync(place.path(name));
      expect(bytes.toString('latin1', 0, 300)).toContain('unit of length: um');
      digests.add(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(digests.size).toBe(1);
  }
});

it('refuses a label that does not occur, and writes nothing', async () => {
  const { code, stderr } = await place.run([
    'surface',
    'slabs.tif',
    '--label',
    '99',
    '-o',
    'none.stl',
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/has no voxel with label 99; its labels are/);
  expect(place.list()).not.toContain('none.stl');
});
