/**
 * `npm run new:operation denoise-median`: writes the folder of a new operation and its test, and
 * prints the registry line. What it writes runs (it multiplies grey values); replace declaration
 * and loop.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Operation } from '../src/operations/operation.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const FAMILIES: Readonly<Record<Operation['family'], true>> = {
  crop: true,
  resample: true,
  convert: true,
  denoise: true,
  sharpen: true,
  smooth: true,
  gradient: true,
  segment: true,
  label: true,
  correct: true,
  measure: true,
};

function declaration(id: string, family: string, title: string): string {
  return `/** ${title}: what it does to a volume, in one sentence. */
import { createVolume, toFloat32, voxelCount } from '../../volume/volume.ts';
import { defineOperation } from '../operation.ts';

const parameters = {
  factor: {
    kind: 'number',
    title: 'Factor',
    help: 'Grey values are multiplied by it.',
    unit: '',
    min: 0,
    max: 1000,
    step: 0.1,
    default: 1,
  },
} as const;

export const operation = defineOperation({
  id: '${id}',
  version: 1,
  title: '${title}',
  family: '${family}',
  summary: 'Multiplies every grey value.',
  equation: 'V′[x, y, z] = f · V[x, y, z]',
  details:
    'State the border rule, the treatment of empty and constant input, the convention and the cost in voxels.',
  methods: 'Grey values were multiplied by {factor}',
  citations: [],
  input: 'grey',
  output: 'grey',
  parameters,
  tables: {},

  reach: { kind: 'local', halo: () => 0, words: '' },

  estimate(input) {
    const voxels = voxelCount(input.size);
    return { bytes: 4 * voxels, work: voxels };
  },

  async run(input, { factor }, context) {
    const data = toFloat32(input.data);
    const sliceVoxels = input.size[0] * input.size[1];
    for (let z = 0; z < input.size[2]; z++) {
      for (let i = z * sliceVoxels; i < (z + 1) * sliceVoxels; i++) {
        data[i] = Math.fround((data[i] as number) * factor);
      }
      context.progress((z + 1) / input.size[2]);
      await context.breathe();
    }
    return { volume: createVolume({ ...input, data }) };
  },

  examples: [
    {
      title: 'A numbered volume, doubled',
      input: () =>
        createVolume({
          kind: 'grey',
          name: 'numbered',
          size: [4, 3, 2],
          data: Uint8Array.from({ length: 24 }, (_, i) => i),
        }),
      params: { factor: 2 },
      // The contract test prints the digest to put here.
      voxelDigest: '',
    },
  ],
});
`;
}

function test(id: string): string {
  return `import { describe, expect, it } from 'vitest';
import { defaultParameters } from '../../declaration/parameters.ts';
import { createVolume } from '../../volume/volume.ts';
import type { OperationContext } from '../operation.ts';
import { operation } from './index.ts';

const context: OperationContext = {
  signal: new AbortController().signal,
  progress: () => undefined,
  breathe: () => Promise.resolve(),
  withKernels: () => Promise.reject(new Error('${id} uses no kernel')),
};

describe('${id}', () => {
  it('keeps a volume at its default parameters', async () => {
    const input = createVolume({
      kind: 'grey',
      size: [2, 2, 1],
      data: Float32Array.from([1, 2, 3, 4]),
    });
    const result = await operation.run(input, defaultParameters(operation.parameters), context);
    expect('volume' in result ? result.volume.data : null).toEqual(input.data);
  });
});
`;
}

/** The problem with the id as one sentence, or null. */
function refusal(id: string | undefined): string | null {
  const usage = 'Usage: npm run new:operation <family-name>, for example denoise-median.';
  if (id === undefined) return usage;
  if (!/^[a-z]+(-[a-z0-9]+)+$/.test(id))
    return `"${id}" is not lower-case words with dashes. ${usage}`;
  const family = id.split('-', 1)[0] ?? '';
  if (!Object.hasOwn(FAMILIES, family)) {
    return `"${family}" is no family; the families are ${Object.keys(FAMILIES).join(', ')}.`;
  }
  return existsSync(resolve(root, 'src/operations', id)) ? `src/operations/${id} exists.` : null;
}

const id = process.argv[2];
const problem = refusal(id);
if (problem !== null || id === undefined) {
  console.error(problem);
  process.exitCode = 2;
} else {
  const [family = '', ...words] = id.split('-');
  const phrase = words.join(' ');
  const title = phrase.charAt(0).toUpperCase() + phrase.slice(1);
  const folder = resolve(root, 'src/operations', id);
  mkdirSync(folder);
  const files = {
    'index.ts': declaration(id, family, title),
    [`${phrase.replaceAll(' ', '-')}.test.ts`]: test(id),
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    console.log(`wrote ${relative(root, join(folder, name))}`);
  }
  console.log(
    `Add to LOADERS in src/operations/registry.ts:\n  '${id}': () => import('./${id}/index.ts'),`,
  );
  console.log('Then: npx vitest run --project node tests/contract, npm run docs, npm run check.');
}
