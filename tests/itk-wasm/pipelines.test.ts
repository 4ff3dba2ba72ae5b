/** Every operation through itk-wasm's own runner in Node. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Image, InterfaceTypes, runPipelineNode } from 'itk-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAllOperations } from '../../src/operations/registry.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { itkImage, pipelineArguments } from '../support/itk-image.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(root, 'dist/itk-pipelines');
const operations = await loadAllOperations();

beforeAll(() => {
  execFileSync(
    process.execPath,
    [resolve(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/build-itk-pipelines.ts'],
    { cwd: root, stdio: 'pipe' },
  );
}, 240_000);

describe.each(operations.map((operation) => [operation.id, operation] as const))(
  'itk-wasm pipeline %s',
  (id, operation) => {
    it('gives the same results as the engine', async () => {
      for (const example of operation.examples) {
        const makesImage = operation.output !== 'none';
        const output = makesImage ? InterfaceTypes.Image : InterfaceTypes.JsonCompatible;
        const input = itkImage(example.input());
        const { returnValue, stderr, outputs } = await runPipelineNode(
          resolve(folder, id),
          pipelineArguments(operation, example),
          [{ type: output }],
          [{ type: InterfaceTypes.Image, data: input }],
        );
        expect([returnValue, stderr]).toEqual([0, '']);
        if (makesImage) {
          const image = outputs[0]?.data as Image;
          const { buffer, byteOffset, byteLength } = image.data as Uint8Array;
          const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
          expect(digestBytes(bytes)).toBe(example.voxelDigest);
          expect(image.spacing).toEqual(input.spacing);
        } else {
          const tables = outputs[0]?.data as unknown as readonly {
            readonly id: string;
            readonly rows: unknown;
          }[];
          expect(tables.map((table) => table.id).sort()).toEqual(
            Object.keys(operation.tables).sort(),
          );
        }
      }
    });

    it('tells an unknown flag on stderr and returns 1', async () => {
      const example = operation.examples[0];
      if (example === undefined) throw new Error('no example');
      const { returnValue, stderr } = await runPipelineNode(
        resolve(folder, id),
        ['0', '0', '--memory-io', '--nonsense', '1'],
        [],
        [{ type: InterfaceTypes.Image, data: itkImage(example.input()) }],
      );
      expect(returnValue).toBe(1);
      expect(stderr).toBe(`${id} has no flag --nonsense; see --help.\n`);
    });
  },
);
