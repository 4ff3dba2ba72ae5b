/** Three linked slices and the 3-D view of a volume, with window, colours and legend. */
import { useEffect, useMemo, useRef } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { ColourMapId } from '../../rendering/colour-maps.ts';
import type { EngineClient } from '../../engine-client.ts';
import { type SliceViewId, useViewer, type ViewId } from '../../stores/viewer.ts';
import { unrecorded } from '../../stores/view-history.ts';
import { isPreview, withPreviews } from '../../stores/previews.ts';
import { usePreviewState, useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { CorrectBar } from '../correct/index.ts';
import { beforeOf } from './before.ts';
import {
  useCompared,
  useComparedStates,
  useComparedVolumes,
  useOtherWindow,
} from './comparison.ts';
import { Legend } from './Legend.tsx';
import { PreviewLegend, useIntervalPreview } from './IntervalPreview.tsx';
import { SliceSource } from './slice-source.ts';
import { SliceView } from './SliceView.tsx';
import { useViewerKeys } from './use-viewer-keys.ts';
import { ViewerToolbar } from './ViewerToolbar.tsx';
import { VolumePane } from './VolumePane.tsx';
import { WindowMemory } from './window-memory.ts';
import styles from './viewer.module.css';

interface ViewerProps {
  readonly client: EngineClient;
  /** Grey volume to show; null while only labels are there. */
  readonly image: VolumeInfo | null;
  /** Labels drawn over it; null for none. */
  readonly overlay: VolumeInfo | null;
}

const SLICE_VIEWS: readonly SliceViewId[] = ['xy', 'yz', 'xz'];

export function Viewer({ client, ...results }: ViewerProps) {
  const { slices } = useWorkbench().previews;
  const source = useMemo(
    () => new SliceSource({ slice: slices.slice, profile: client.profile }),
    [slices, client],
  );
  const volumes = usePreviewState((state) => state.volumes);
  const { image, overlay } = useWorkspaceState((state) => withPreviews(state, volumes));
  const maximised = useViewer((state) => state.maximised);
  const opened = useWorkspaceState((state) => state.source);
  const volume = image ?? overlay;
  const before = useMemo(() => beforeOf(opened, volume), [opened, volume]);
  useCentredCrosshair(volume);
  useDefaultWindow(slices, image);
  useColourMapOfFields(image);
  useViewerKeys();
  const isShown = (view: ViewId) => maximised === null || maximised === view;
  const mode = useViewer((state) => state.compareMode);
  const active = useViewer((state) => state.active);
  const ofRecipe = useComparedStates({ image, overlay });
  const others = useComparedVolumes({ image, overlay });
  const states = useMemo(() => [...ofRecipe, ...others.states], [ofRecipe, others]);
  const compared = useCompared(states);
  const comparedWindow = useOtherWindow(slices, image, compared?.image ?? null);
  const isPreviewed = isPreview(image) || isPreview(overlay);
  const parts = { source, image, overlay, before };
  // The step's own preview shows more than its intervals do.
  const preview = useIntervalPreview(isPreview(overlay) ? null : image);
  const second = { compared, comparedWindow, isPreviewed, preview: preview.drawn };
  const isBeside = compared !== null && mode === 'side';
  const besides = active === '3d' ? 'xy' : active;
  const within = mode === 'side' || compared === null ? 'off' : mode;
  return (
    <section className={styles['viewer']} aria-label="Views">
      <ViewerToolbar
        client={client}
        results={results}
        states={states}
        refused={others.refused}
        compared={compared}
        {...parts}
      />
      <CorrectBar overlay={overlay} />
      {isBeside ? (
        <div className={styles['grid']} data-beside="true">
          {(['beside', 'off'] as const).map((side) => (
            <SliceView
              key={`${besides} ${side}`}
              id={besides}
              hasColourBar={side === 'off'}
              compareMode={side}
              {...second}
              {...parts}
            />
          ))}
        </div>
      ) : (
        <div className={styles['grid']} data-maximised={maximised !== null}>
          {SLICE_VIEWS.filter(isShown).map((view, i) => (
            <SliceView
              key={view}
              id={view}
              hasColourBar={i === 0}
              compareMode={within}
              {...second}
              {...parts}
            />
          ))}
          {isShown('3d') && <VolumePane client={client} {...results} />}
        </div>
      )}
      {preview.drawn === null && overlay !== null && overlay.phases.length > 0 ? (
        <Legend overlay={overlay} image={image} />
      ) : (
        preview.offered !== null && <PreviewLegend client={client} preview={preview.offered} />
      )}
    </section>
  );
}

/** Fields have a colour map of their own; grey values get theirs back. */
function useColourMapOfFields(image: VolumeInfo | null): void {
  const ofFields = useRef<ColourMapId>('viridis');
  const isField = image?.quantity !== undefined;
  useEffect(() => {
    if (!isField) return;
    const { colourMap: ofGrey, setColourMap } = useViewer.getState();
    unrecorded(() => setColourMap(ofFields.current));
    return () => {
      ofFields.current = useViewer.getState().colourMap;
      unrecorded(() => setColourMap(ofGrey));
    };
  }, [isField]);
}

/**
 * Puts the crosshair into the middle when a volume of another size comes, or where it was before the
 * page was left.
 */
function useCentredCrosshair(volume: VolumeInfo | null): void {
  const [nx, ny, nz] = volume?.size ?? [0, 0, 0];
  useEffect(() => {
    if (nx === 0) return;
    const { setCrosshair, fitAll, keptPlace } = useViewer.getState();
    if (keptPlace !== null && keptPlace.size.every((edge, axis) => edge === [nx, ny, nz][axis])) {
      const { crosshair, frames, camera } = keptPlace;
      useViewer.setState({ crosshair, frames, camera, keptPlace: null });
      return;
    }
    setCrosshair([Math.floor(nx / 2), Math.floor(ny / 2), Math.floor(nz / 2)]);
    fitAll();
  }, [nx, ny, nz]);
}

/** The window follows the image; images on the same grey scale share one. */
function useDefaultWindow(client: Pick<EngineClient, 'histogram'>, image: VolumeInfo | null): void {
  const memory = useRef(new WindowMemory());
  const handle = image?.handle ?? null;
  const range = useRef(image?.range);
  range.current = image?.range;
  useEffect(() => {
    if (handle === null) return;
    const { setWindow } = useViewer.getState();
    let current = true;
    let stop = (): void => undefined;
    client.histogram(handle).then(
      ({ window: [low, high] }) => {
        if (!current) return;
        const usual = memory.current.recall(handle, { low, high });
        const { keptWindow: kept } = useViewer.getState();
        const isOfThis = kept !== null && kept.range.every((end, i) => end === range.current?.[i]);
        unrecorded(() => setWindow(isOfThis ? { low: kept.low, high: kept.high } : usual));
        if (isOfThis) {
          memory.current.keep(handle, { low: kept.low, high: kept.high });
          useViewer.setState({ keptWindow: null });
        }
        stop = useViewer.subscribe(({ window }) => {
          if (window !== null) memory.current.keep(handle, window);
        });
      },
      () => undefined,
    );
    return () => {
      current = false;
      stop();
    };
  }, [client, handle]);
}
