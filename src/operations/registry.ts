/**
 * Every operation, loaded when first used. `tests/architecture` compares this list with the
 * folders, and prints the line to add for a folder that is missing here.
 */
import { UserError } from '../errors/errors.ts';
import type { GpuImplementation, Operation } from './operation.ts';

type Loader = () => Promise<{ readonly operation: Operation }>;

const LOADERS = {
  'convert-type': () => import('./convert-type/index.ts'),
  'correct-labels': () => import('./correct-labels/index.ts'),
  'crop-box': () => import('./crop-box/index.ts'),
  'denoise-median': () => import('./denoise-median/index.ts'),
  'denoise-nl-means': () => import('./denoise-nl-means/index.ts'),
  'gradient-magnitude': () => import('./gradient-magnitude/index.ts'),
  'label-components': () => import('./label-components/index.ts'),
  'label-phases': () => import('./label-phases/index.ts'),
  'measure-diffusion-field': () => import('./measure-diffusion-field/index.ts'),
  'measure-distance': () => import('./measure-distance/index.ts'),
  'measure-effective-conductivity': () => import('./measure-effective-conductivity/index.ts'),
  'measure-electrode-tortuosity-factor': () =>
    import('./measure-electrode-tortuosity-factor/index.ts'),
  'measure-local-thickness': () => import('./measure-local-thickness/index.ts'),
  'measure-percolation': () => import('./measure-percolation/index.ts'),
  'measure-surface-area': () => import('./measure-surface-area/index.ts'),
  'measure-tortuosity-factor': () => import('./measure-tortuosity-factor/index.ts'),
  'measure-volume-fraction': () => import('./measure-volume-fraction/index.ts'),
  'resample-bin': () => import('./resample-bin/index.ts'),
  'segment-threshold': () => import('./segment-threshold/index.ts'),
  'segment-watershed': () => import('./segment-watershed/index.ts'),
  'sharpen-unsharp-mask': () => import('./sharpen-unsharp-mask/index.ts'),
  'smooth-gaussian': () => import('./smooth-gaussian/index.ts'),
} as const satisfies Record<string, Loader>;

export type OperationId = keyof typeof LOADERS;

export const OPERATION_IDS = Object.keys(LOADERS) as readonly OperationId[];

export function isOperationId(id: string): id is OperationId {
  return Object.hasOwn(LOADERS, id);
}

export async function loadOperation(id: string): Promise<Operation> {
  if (!isOperationId(id)) {
    throw new UserError(
      'recipe/unknown-operation',
      `There is no operation "${id}"; the operations are ${OPERATION_IDS.join(', ')}.`,
      { operation: id },
    );
  }
  return (await LOADERS[id]()).operation;
}

export async function loadAllOperations(): Promise<readonly Operation[]> {
  return Promise.all(OPERATION_IDS.map(loadOperation));
}

type GpuLoader = () => Promise<{ readonly implementation: GpuImplementation }>;

/** The operations that declare `gpu`, loaded when a run first asks for the GPU. */
const GPU_LOADERS: Readonly<Partial<Record<string, GpuLoader>>> = {
  'denoise-nl-means': () => import('./denoise-nl-means/gpu.ts'),
  'measure-tortuosity-factor': () => import('./measure-tortuosity-factor/gpu.ts'),
};

/** An operation's implementation for a GPU, or null where it has none. */
export async function loadGpuImplementation(id: string): Promise<GpuImplementation | null> {
  return (await GPU_LOADERS[id]?.())?.implementation ?? null;
}
