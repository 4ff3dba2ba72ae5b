import { useEffect, useState } from 'react';
import type { Histogram, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';

/** The histogram of a volume; the one before it stays until the next has come. */
export function useHistogram(client: EngineClient, volume: VolumeInfo | null): Histogram | null {
  const [known, setKnown] = useState<Histogram | null>(null);
  const handle = volume?.handle ?? null;
  useEffect(() => {
    if (handle === null) return;
    let current = true;
    client.histogram(handle).then(
      (histogram) => {
        if (current) setKnown(histogram);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, handle]);
  return handle === null ? null : known;
}
