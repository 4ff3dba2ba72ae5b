/** The bodies with known numbers as entries of the phantom registry. */
import type { ParameterFields, ParameterValues } from '../declaration/parameters.ts';
import { MAX_SEED } from '../kernels/random.ts';
import { createSpacing } from '../volume/length.ts';
import { type PhantomHooks, StagedRun } from './hooks.ts';
import { definePhantom, type Phantom, type PhantomResult } from './phantom.ts';
import {
  type Axis,
  checkerboard,
  cubicSpheres,
  type ExactBody,
  type ExpectedNumbers,
  flatLayers,
  labelVolume,
  overlappingSpheres,
  straightChannels,
} from './simple.ts';

const cubeFields = {
  size: {
    kind: 'integer',
    title: 'Edge',
    help: 'Number of voxels along each edge of the cube.',
    unit: 'voxels',
    min: 4,
    max: 512,
    step: 4,
    default: 64,
  },
  voxelSizeUm: {
    kind: 'number',
    title: 'Voxel size',
    help: 'Edge of one voxel.',
    unit: 'µm',
    min: 0.001,
    max: 1000,
    step: 0.1,
    default: 1,
  },
} as const satisfies ParameterFields;

const axisField = {
  kind: 'choice',
  title: 'Axis',
  options: [
    { value: 'x', title: 'x' },
    { value: 'y', title: 'y' },
    { value: 'z', title: 'z' },
  ],
  default: 'z',
} as const;

function lengthField(title: string, help: string, standard: number, min = 1) {
  return {
    kind: 'integer',
    title,
    help,
    unit: 'voxels',
    min,
    max: 512,
    step: 1,
    default: standard,
  } as const;
}

/** A registry entry for a body of one label volume, painted slice by slice. */
function bodyPhantom<const F extends ParameterFields & typeof cubeFields>(
  declaration: Pick<Phantom<F>, 'id' | 'title' | 'summary' | 'parameters'>,
  build: (params: ParameterValues<F>) => ExactBody,
): Phantom<F> {
  return definePhantom<F>({
    ...declaration,
    estimateBytes: (params) => voxelsOf(params.size as number) + 1024 * 1024,
    generate: async (params, hooks) => {
      const body = build(params);
      const data = await paintBody(body, hooks);
      const edge = params.voxelSizeUm as number;
      return describeBody(body, data, edge, { ...params } as PhantomResult['facts']);
    },
  });
}

function voxelsOf(size: number): number {
  return size * size * size;
}

async function paintBody(body: ExactBody, hooks: PhantomHooks): Promise<Uint8Array> {
  const { size } = body;
  const stage = new StagedRun(hooks, 1).stage(1);
  const data = new Uint8Array(voxelsOf(size));
  for (let z = 0; z < size; z++) {
    body.paintSlice(z, data.subarray(z * size * size, (z + 1) * size * size));
    await stage.pause((z + 1) / size);
  }
  return data;
}

function describeBody(
  body: ExactBody,
  data: Uint8Array,
  edge: number,
  parameters: PhantomResult['facts'],
): PhantomResult {
  const volume = labelVolume(body, data, createSpacing([edge, edge, edge], 'µm'));
  return {
    volumes: [{ stem: 'truth', volume }],
    notes: describeExpected(body.expected),
    facts: { parameters, expected: { ...body.expected } },
  };
}

function describeExpected(expected: ExpectedNumbers): string[] {
  const meaning = {
    exact: 'of these voxels, exactly',
    continuous: 'of the smooth body, which the voxels approach',
    mean: 'averaged over seeds',
  }[expected.porosityKind];
  const notes = [
    `Porosity ${expected.porosity.toPrecision(6)} (${meaning}).`,
    `Specific surface ${expected.specificSurface.toPrecision(6)} per voxel edge.`,
  ];
  const factor = expected.tortuosityFactor;
  if (factor !== null) {
    const each = factor.map((value, axis) => {
      return `${'xyz'[axis]} ${value === null ? 'no path' : value.toPrecision(6)}`;
    });
    notes.push(`Tortuosity factor of the pore: ${each.join(', ')}.`);
  }
  return notes;
}

export const channels = bodyPhantom(
  {
    id: 'channels',
    title: 'Straight channels',
    summary: 'Square pore channels along one axis: tortuosity factor 1 along it, no path across.',
    parameters: {
      ...cubeFields,
      period: lengthField('Period', 'Distance between neighbouring channels.', 16, 2),
      width: lengthField('Width', 'Edge of a channel’s square section.', 8),
      axis: { ...axisField, help: 'Direction of the channels.' },
    },
  },
  ({ size, period, width, axis }) => straightChannels({ size, period, width, axis: axis as Axis }),
);

export const layers = bodyPhantom(
  {
    id: 'layers',
    title: 'Flat layers',
    summary: 'Pore and solid layers in turn: tortuosity factor 1 in their plane, no path across.',
    parameters: {
      ...cubeFields,
      period: lengthField('Period', 'Thickness of a pore and a solid layer together.', 16, 2),
      width: lengthField('Width', 'Thickness of a pore layer.', 8),
      axis: { ...axisField, help: 'Normal of the layers.' },
    },
  },
  ({ size, period, width, axis }) => flatLayers({ size, period, width, axis: axis as Axis }),
);

export const spheresCubic = bodyPhantom(
  {
    id: 'spheres-cubic',
    title: 'Spheres on a lattice',
    summary: 'Solid spheres on a simple cubic lattice, with Rayleigh’s diffusivity.',
    parameters: {
      ...cubeFields,
      period: lengthField('Period', 'Distance between neighbouring sphere centres.', 32, 2),
      radius: {
        kind: 'number',
        title: 'Radius',
        help: 'Radius of the spheres, at most half the period.',
        unit: 'voxels',
        min: 0.5,
        max: 256,
        step: 0.5,
        default: 12,
      },
    },
  },
  ({ size, period, radius }) => cubicSpheres({ size, period, radius }),
);

export const spheresOverlapping = bodyPhantom(
  {
    id: 'spheres-overlapping',
    title: 'Overlapping spheres',
    summary: 'Independent random solid spheres in a periodic cube, whose mean porosity is known.',
    parameters: {
      ...cubeFields,
      seed: {
        kind: 'integer',
        title: 'Seed',
        help: 'Selects the realisation.',
        unit: '',
        min: 0,
        max: MAX_SEED,
        step: 1,
        default: 1,
      },
      radius: {
        kind: 'number',
        title: 'Radius',
        help: 'Radius of the spheres, at most half the edge.',
        unit: 'voxels',
        min: 0.5,
        max: 256,
        step: 0.5,
        default: 8,
      },
      count: {
        kind: 'integer',
        title: 'Spheres',
        help: 'Number of spheres.',
        unit: '',
        min: 1,
        max: 100_000,
        step: 1,
        default: 85,
      },
    },
  },
  ({ size, seed, radius, count }) => overlappingSpheres({ size, seed, radius, count }),
);

export const checkerboardPhantom = bodyPhantom(
  {
    id: 'checkerboard',
    title: 'Checkerboard',
    summary:
      'Pore and solid blocks in turn; as cubes they touch at edges only and nothing percolates.',
    parameters: {
      ...cubeFields,
      block: lengthField('Block', 'Edge of a block, at most half the cube.', 8),
      shape: {
        kind: 'choice',
        title: 'Shape',
        help: 'Cubes alternate in three directions; columns in two, and run along z.',
        options: [
          { value: 'cubes', title: 'Cubes' },
          { value: 'columns', title: 'Columns' },
        ],
        default: 'cubes',
      },
    },
  },
  ({ size, block, shape }) =>
    checkerboard({ size, block, shape: shape === 'columns' ? 'columns' : 'cubes' }),
);
