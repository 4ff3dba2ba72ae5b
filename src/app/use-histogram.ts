import { useEffect, useState } from 'react';
import type { Histogram, VolumeHandle, VolumeInfo } from '../../workers/engine-api.ts';
import type { EngineClient } from './engine-client.ts';

export interface KnownHistogram {
  /** The volume that it counts. */
  readonly handle: VolumeHandle;
  readonly histogram: Histogram;
}

/** The histogram of a volume; the one before it stays until the next has come. */
export function useHistogram(
  client: Pick<EngineClient, 'histogram'>,
  volume: Pick<VolumeInfo, 'handle'> | null,
): KnownHistogram | null {
  const [known, setKnown] = useState<KnownHistogram | null>(null);
  const handle = volume?.handle ?? null;
  useEffect(() => {
    if (handle === null) return;
    let current = true;
    client.histogram(handle).then(
      (histogram) => {
        if (current) setKnown({ handle, histogram });
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, handle]);
  return handle === null ? null : known;
}
