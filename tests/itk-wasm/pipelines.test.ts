/**
 * Every operation through itk-wasm's own runner in Node, and images of every kind through its
 * runtime on one module.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Image,
  ImageType,
  Image as ItkImage,
  InterfaceTypes,
  runPipelineNode,
} from 'itk-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAllOperations } from '../../src/operations/registry.ts';
import type { PipelineModule } from '../../src/pipelines/itk-module.ts';
import { digestBytes } from '../../src/volume/digest.ts';
import { createSpacing } from '../../src/volume/length.ts';
import { itkImage, pipelineArguments } from '../support/itk-image.ts';
import { runOperation, volumeOf } from '../support/run-operation.ts';

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
        const volume = example.input();
        // The image names neither unit nor phases; the pipeline takes millimetres.
        const spacing = createSpacing(volume.spacing?.values ?? [1, 1, 1], 'mm');
        const bare = { ...volume, spacing, phases: [] };
        const expected = await runOperation(operation, bare, example.params);
        if (makesImage) {
          const image = outputs[0]?.data as Image;
          const { buffer, byteOffset, byteLength } = image.data as Uint8Array;
          const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
          expect(digestBytes(bytes)).toBe(example.voxelDigest);
          expect(image.spacing).toEqual(volumeOf(expected).spacing?.values);
        } else {
          expect(outputs[0]?.data).toEqual(JSON.parse(JSON.stringify(expected.tables)));
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

interface Ran {
  readonly returnValue: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: readonly { readonly data: unknown }[];
}

type Runtime = (
  module: PipelineModule,
  args: readonly string[],
  outputs: readonly object[],
  inputs: readonly object[],
) => Ran;

const modules = new Map<string, PipelineModule>();
let runtime: Runtime;

beforeAll(async () => {
  // itk-wasm's own runtime, which is the same in Node and in its browser worker.
  const path = 'node_modules/itk-wasm/dist/pipeline/internal/run-pipeline-emscripten.js';
  runtime = (
    (await import(/* @vite-ignore */ resolve(root, path))) as { readonly default: Runtime }
  ).default;
});

async function load(id: string): Promise<PipelineModule> {
  const known = modules.get(id);
  if (known !== undefined) return known;
  const loaded = (await import(/* @vite-ignore */ resolve(folder, `${id}.js`))) as {
    readonly default: (options: { readonly wasmBinary: Uint8Array }) => PipelineModule;
  };
  const wasmBinary = readFileSync(resolve(root, 'wasm/dist/kernels.wasm'));
  const module = loaded.default({ wasmBinary });
  modules.set(id, module);
  return module;
}

/** Runs a pipeline on its one module, which the browser's runtime keeps too. */
async function run(id: string, image: Image, ...flags: readonly string[]): Promise<Ran> {
  const type = id.startsWith('measure-') ? InterfaceTypes.JsonCompatible : InterfaceTypes.Image;
  return runtime(
    await load(id),
    ['0', '0', '--memory-io', ...flags],
    [{ type }],
    [{ type: InterfaceTypes.Image, data: image }],
  );
}

function imageOf(data: NonNullable<Image['data']>, size: readonly number[], type: string): Image {
  const image = new ItkImage(new ImageType(size.length, type as 'uint8', 'Scalar', 1));
  image.size = [...size];
  image.data = data;
  return image;
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37) % 251);
}

function outputOf({ outputs, returnValue, stderr }: Ran): Image {
  expect([returnValue, stderr]).toEqual([0, '']);
  return outputs[0]?.data as Image;
}

describe('itk-wasm pipelines on one module', () => {
  it('give images of other sizes one after the other, the heap growing and shrinking', async () => {
    for (const edge of [4, 80, 3, 120, 5]) {
      const data = bytes(edge ** 3);
      const image = imageOf(data, [edge, edge, edge], 'uint8');
      const output = outputOf(await run('crop-box', image));
      expect(output.size).toEqual([edge, edge, edge]);
      expect(Buffer.compare(output.data as Uint8Array, data)).toBe(0);
    }
  });

  it('work after a run that failed', async () => {
    const image = imageOf(bytes(8), [2, 2, 2], 'uint8');
    expect((await run('crop-box', image, '--box', '0,9,0,2,0,2')).stderr).toMatch(
      /^The crop box ends at 9 along x/,
    );
    expect(outputOf(await run('crop-box', image)).size).toEqual([2, 2, 2]);
  });

  it('keep 64-bit integers', async () => {
    const data = BigInt64Array.of(-(2n ** 59n) - 1n, 5n, 2n ** 59n + 1n, 0n, -1n, 7n);
    const output = outputOf(await run('crop-box', imageOf(data, [3, 2, 1], 'int64')));
    expect(output.imageType.componentType).toBe('int64');
    expect(output.data).toEqual(data);
    const smooth = outputOf(await run('smooth-gaussian', imageOf(data, [3, 2, 1], 'int64')));
    expect(smooth.imageType.componentType).toBe('float32');
  });

  it('give a slice for a slice, with its own direction', async () => {
    const image = imageOf(bytes(12), [4, 3], 'uint8');
    image.direction = Float64Array.of(0, 1, -1, 0);
    image.spacing = [0.5, 2];
    image.origin = [7, 8];
    const output = outputOf(await run('smooth-gaussian', image));
    expect(output.imageType.dimension).toBe(2);
    expect([output.size, output.spacing, output.origin]).toEqual([
      [4, 3],
      [0.5, 2],
      [7, 8],
    ]);
    expect(output.direction).toEqual(image.direction);
  });

  it('take a fourth axis of one entry and refuse a longer one', async () => {
    const one = imageOf(bytes(8), [2, 2, 2, 1], 'uint8');
    expect(outputOf(await run('crop-box', one)).size).toEqual([2, 2, 2, 1]);
    const two = imageOf(bytes(16), [2, 2, 2, 2], 'uint8');
    const refused = await run('crop-box', two);
    expect(refused.returnValue).toBe(1);
    expect(refused.stderr).toMatch(/4-dimensional array \(2 × 2 × 2 × 2\)/);
  });

  it('take the axes as they are where an image has no direction', async () => {
    const image = imageOf(bytes(8), [2, 2, 2], 'uint8');
    const { direction } = outputOf(
      await run('crop-box', Object.assign(image, { direction: null }) as unknown as Image),
    );
    expect(direction).toEqual(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
  });

  it.each([
    ['a voxel size of zero', { spacing: [1, 0, 1] }, 'The voxel size along y is 0'],
    ['a voxel size that is none', { spacing: [1, 1, Number.NaN] }, 'The voxel size along z is'],
    ['an empty axis', { size: [2, 0, 4], data: new Uint8Array(0) }, 'has no voxels'],
    ['colours', { imageType: new ImageType(3, 'uint8', 'RGB', 3) }, 'has 8 values for a size'],
    ['a view into a larger buffer', { data: bytes(20).subarray(4, 12) }, 'data.slice()'],
    ['too few voxels', { data: bytes(7) }, 'has 7 values for a size of 2 × 2 × 2'],
  ])('refuse %s with one sentence on stderr', async (_what, change, sentence) => {
    const image = Object.assign(imageOf(bytes(8), [2, 2, 2], 'uint8'), change) as Image;
    const { returnValue, stderr } = await run('crop-box', image);
    expect(returnValue).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each(['--constructor', '--__proto__', '--no-sigma', '-s'])('know no flag %s', async (flag) => {
    const image = imageOf(bytes(8), [2, 2, 2], 'uint8');
    const { returnValue, stderr } = await run('smooth-gaussian', image, flag, '1');
    expect([returnValue, stderr]).toEqual([
      1,
      `smooth-gaussian has no flag ${flag}; see --help.\n`,
    ]);
  });

  it('hand names of phases, kind and unit from one pipeline to the next', async () => {
    const data = Uint8Array.from({ length: 64 }, (_, i) => (i < 16 ? 0 : 1));
    const image = imageOf(data, [4, 4, 4], 'uint8');
    image.metadata = new Map([
      ['tauscope kind', 'labels'],
      ['tauscope length unit', 'nm'],
    ]);
    const named = outputOf(await run('label-phases', image, '--phases', '0:void:pore,1:solid'));
    expect(named.metadata.get('tauscope length unit')).toBe('nm');
    const { outputs, stderr } = await run('measure-volume-fraction', named);
    expect(stderr).toBe('');
    const tables = outputs[0]?.data as readonly { readonly id: string; readonly rows: unknown }[];
    expect(tables.find(({ id }) => id === 'porosity')?.rows).toEqual([
      { porosity: 0.25, phases: 'void', poreVoxels: 16, voxels: 64 },
    ]);
  });

  it('explain themselves', async () => {
    const module = await load('smooth-gaussian');
    const { returnValue, stdout } = runtime(module, ['--help'], [], []);
    expect(returnValue).toBe(0);
    expect(stdout).toMatch(/^Gaussian smoothing: .*\n[^]*--sigma <number>/);
  });
});
