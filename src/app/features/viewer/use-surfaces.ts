/** The surfaces that the 3-D view shows: asked for one phase after the other, as they are needed. */
import { useEffect, useState } from 'react';
import type { PhaseArea, PhaseSurface, VolumeInfo } from '../../../../workers/engine-api.ts';
import { isUserError } from '../../../errors/errors.ts';
import { type EngineClient, isReplacement } from '../../engine-client.ts';
import { trianglesOfEach } from '../../rendering/render-budget.ts';
import { useViewer } from '../../stores/viewer.ts';

export interface SurfaceWork {
  /** Of the phase whose surface is being made. */
  readonly phase: string;
  /** 0 to 1. */
  readonly fraction: number;
}

export interface ShownSurfaces {
  readonly surfaces: readonly PhaseSurface[];
  readonly areas: readonly PhaseArea[];
  readonly work: SurfaceWork | null;
  /** One sentence where a surface could not be made. */
  readonly problem: string | null;
}

interface Made extends Pick<ShownSurfaces, 'surfaces' | 'areas'> {
  readonly handle: string;
}

const NONE: readonly never[] = [];

let jobs = 0;

/** Surfaces of the phases of `labels` that are not hidden; none where `labels` is null. */
export function useSurfaces(
  client: EngineClient,
  labels: VolumeInfo | null,
  rendering: 'software' | 'hardware' | null,
): ShownSurfaces {
  const [made, setMade] = useState<Made | null>(null);
  const [work, setWork] = useState<SurfaceWork | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const hidden = useViewer((state) => state.hiddenLabels);
  const own = made !== null && made.handle === labels?.handle ? made : null;

  const missing =
    labels?.phases.find(
      ({ label }) =>
        !hidden.includes(label) &&
        own?.surfaces.every((each) => each.phase.label !== label) !== false,
    ) ?? null;
  const label = missing?.label ?? null;
  const name = missing?.name ?? '';
  const count = labels?.phases.length ?? 0;
  const handle = labels?.handle ?? null;
  useEffect(() => {
    if (handle === null || label === null || rendering === null) return;
    let current = true;
    const jobId = `surface-${++jobs}`;
    const make = async (): Promise<void> => {
      const areas = await client.surfaceAreas(`${jobId}-areas`, handle);
      if (!current) return;
      const options = { triangles: trianglesOfEach(count, rendering) };
      const surface = await client.surface(jobId, handle, label, options, (fraction) => {
        if (current) setWork({ phase: name, fraction });
      });
      if (!current) return;
      setMade((before) => ({
        handle,
        areas,
        surfaces: [...(before?.handle === handle ? before.surfaces : []), surface],
      }));
      setWork(null);
    };
    setWork({ phase: name, fraction: 0 });
    setProblem(null);
    make().catch((error: unknown) => {
      if (!current || isReplacement(error)) return;
      setWork(null);
      setProblem(
        isUserError(error) ? error.message : `The surface of ${name} could not be made: try again.`,
      );
    });
    return () => {
      current = false;
      setWork(null);
      void client.cancel(jobId).catch(() => undefined);
      void client.cancel(`${jobId}-areas`).catch(() => undefined);
    };
  }, [client, handle, label, name, count, rendering]);

  return { surfaces: own?.surfaces ?? NONE, areas: own?.areas ?? NONE, work, problem };
}
