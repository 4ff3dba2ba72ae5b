/** Every phantom, loaded when first used. */
import { UserError } from '../errors/errors.ts';
import type { Phantom } from './phantom.ts';

type Loader = () => Promise<Phantom>;

const LOADERS = {
  cathode: async () => (await import('./cathode-phantom.ts')).phantom,
  channels: async () => (await import('./simple-phantoms.ts')).channels,
  layers: async () => (await import('./simple-phantoms.ts')).layers,
  'spheres-cubic': async () => (await import('./simple-phantoms.ts')).spheresCubic,
  'spheres-overlapping': async () => (await import('./simple-phantoms.ts')).spheresOverlapping,
  checkerboard: async () => (await import('./simple-phantoms.ts')).checkerboardPhantom,
} as const satisfies Record<string, Loader>;

export type PhantomId = keyof typeof LOADERS;

export const PHANTOM_IDS = Object.keys(LOADERS) as readonly PhantomId[];

function isPhantomId(id: string): id is PhantomId {
  return Object.hasOwn(LOADERS, id);
}

/** Throws UserError `usage` for a name that is not in the list. */
export async function loadPhantom(id: string): Promise<Phantom> {
  if (!isPhantomId(id)) {
    throw new UserError(
      'usage',
      `There is no phantom "${id}"; the phantoms are ${PHANTOM_IDS.join(', ')}.`,
      { phantom: id },
    );
  }
  return LOADERS[id]();
}

export async function loadAllPhantoms(): Promise<readonly Phantom[]> {
  return Promise.all(PHANTOM_IDS.map(loadPhantom));
}
