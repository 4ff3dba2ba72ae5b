/** Surfaces that were made: the last ones of each volume, until they take too much memory. */
import type {
  PhaseArea,
  PhaseSurface,
  SurfaceJob,
  SurfaceOptions,
} from '../src/engine/surfaces.ts';
import type { Volume } from '../src/volume/volume.ts';

/** Fetched with the first surface: what makes surfaces is no part of the worker's start. */
const loadSurfaces = () => import('../src/engine/surfaces.ts');

const MOST_BYTES = 128 * 2 ** 20;

interface Named {
  readonly handle: string;
  readonly volume: Volume;
}

export interface SurfaceCache {
  /** Arrays are the cache's own: copy them before they are handed on. */
  surface(
    of: Named,
    label: number,
    options: SurfaceOptions,
    job: SurfaceJob,
  ): Promise<PhaseSurface>;
  areas(of: Named, job: SurfaceJob): Promise<readonly PhaseArea[]>;
  forget(handle: string): void;
}

function bytesOf({ positions, normals, triangles }: PhaseSurface): number {
  return positions.byteLength + normals.byteLength + triangles.byteLength;
}

export function createSurfaceCache(): SurfaceCache {
  const surfaces = new Map<string, PhaseSurface>();
  const areas = new Map<string, readonly PhaseArea[]>();

  function keep(key: string, surface: PhaseSurface): void {
    surfaces.set(key, surface);
    let bytes = [...surfaces.values()].reduce((sum, each) => sum + bytesOf(each), 0);
    for (const [oldest, each] of surfaces) {
      if (bytes <= MOST_BYTES) return;
      surfaces.delete(oldest);
      bytes -= bytesOf(each);
    }
  }

  return {
    async surface({ handle, volume }, label, options, job) {
      const key = `${handle} ${label} ${options.triangles}`;
      const known = surfaces.get(key);
      surfaces.delete(key);
      const surface =
        known ?? (await (await loadSurfaces()).phaseSurface(volume, label, options, job));
      keep(key, surface);
      return surface;
    },
    async areas({ handle, volume }, job) {
      const found = areas.get(handle) ?? (await (await loadSurfaces()).phaseAreas(volume, job));
      areas.set(handle, found);
      return found;
    },
    forget(handle) {
      areas.delete(handle);
      for (const key of surfaces.keys()) {
        if (key.startsWith(`${handle} `)) surfaces.delete(key);
      }
    },
  };
}
