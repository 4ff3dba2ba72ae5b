/** The pane of the 3-D view: the volume with the crosshair's planes, turned by pointer and keys. */
import { ActionIcon, Button, Loader, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconAngle,
  IconBoxModel2,
  IconCubeOff,
  IconHome,
  IconRotate360,
  type TablerIcon,
} from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { PreviewVolume, VolumeInfo } from '../../../../workers/engine-api.ts';
import { useSize } from '../../components/use-size.ts';
import type { EngineClient } from '../../engine-client.ts';
import { facing, VIEW_DIRECTIONS } from '../../rendering/orbit-camera.ts';
import { previewEdge } from '../../rendering/render-budget.ts';
import { PLANE_COLOURS } from '../../rendering/view-colours.ts';
import type { VolumeLook } from '../../rendering/volume-scene.ts';
import {
  acquireVolumeView,
  forgetVolumeView,
  releaseVolumeView,
  type VolumeView,
} from '../../rendering/volume-view.ts';
import type { ValueScale } from '../../../volume/value-scale.ts';
import { CONTENTS_3D, scaleOf, useViewer } from '../../stores/viewer.ts';
import { relativeExtent } from '../../rendering/volume-outline.ts';
import { clipPlanes } from '../../rendering/clipping.ts';
import { solidCurve } from '../../rendering/transfer-function.ts';
import { chosenCurve, crosshairShares } from '../../stores/display-3d.ts';
import { useClipBox } from './use-clip-box.ts';
import { VolumeOverlay } from './VolumeOverlay.tsx';
import { useAction } from '../../use-action.ts';
import { useOrbit } from './use-orbit.ts';
import { VolumeSettings } from './VolumeSettings.tsx';
import { SurfaceNotes } from './SurfaceNotes.tsx';
import { useOrbitGestures } from './use-orbit-gestures.ts';
import { useSurfaces } from './use-surfaces.ts';
import { ViewTitle } from './ViewTitle.tsx';
import styles from './viewer.module.css';

/** The first slices come first. */
const START_TIMEOUT_MS = 600;

interface VolumePaneProps {
  readonly client: EngineClient;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}

export function VolumePane(props: VolumePaneProps) {
  const showVolume = useViewer((state) => state.showVolume);
  const { setShowVolume } = useViewer.getState();
  const [attempt, setAttempt] = useState(0);
  return (
    <div className={styles['pane']} data-view="3d">
      {showVolume ? (
        <LiveVolume key={attempt} {...props} onRestart={() => setAttempt(attempt + 1)} />
      ) : (
        <Empty text="The 3-D view is off.">
          <Button variant="default" onClick={() => setShowVolume(true)}>
            Show the 3-D view
          </Button>
        </Empty>
      )}
    </div>
  );
}

function Empty(props: { readonly text: string; readonly children?: React.ReactNode }) {
  return (
    <div className={styles['empty']}>
      <IconCubeOff size={22} stroke={1.4} aria-hidden />
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}

function LiveVolume(props: VolumePaneProps & { readonly onRestart: () => void }) {
  const { client, image, overlay, onRestart } = props;
  const stage = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(stage);
  const view = useVolumeView(stage);
  const status = useViewStatus(view);
  const wanted = useViewer((state) => state.content3d);
  const shown = wanted !== 'grey' && overlay !== null ? overlay : (image ?? overlay);
  const rendering = status === 'software' || status === 'hardware' ? status : null;
  const scale = useViewer((state) => scaleOf(shown, state.fieldScale));
  const loaded = usePreview(client, rendering, shown, scale);
  useScene(view, loaded);
  const labels = wanted === 'surfaces' ? overlay : null;
  const meshes = useSurfaces(client, labels, rendering);
  const { surfaces } = meshes;
  useEffect(() => {
    view?.show({
      surfaces: surfaces.map(({ phase, ...mesh }) => ({ ...mesh, label: phase.label })),
    });
  }, [view, surfaces]);
  useEffect(() => {
    if (width > 0 && height > 0) {
      view?.show({ view: { width, height, devicePixelRatio: globalThis.devicePixelRatio } });
    }
  }, [view, width, height]);
  useCamera(view);
  const gestures = useOrbitGestures(stage, height);
  useOrbit();
  const isDrawn = useSyncExternalStore(view?.subscribe ?? subscribeToNothing, () => {
    const now = view?.status();
    return now?.kind === 'ready' && now.last !== null;
  });

  if (view !== null && status !== 'starting' && status !== 'software' && status !== 'hardware') {
    const restart = (): void => {
      forgetVolumeView();
      onRestart();
    };
    return (
      <Empty text={status}>
        <Button variant="default" onClick={restart}>
          Try again
        </Button>
      </Empty>
    );
  }
  return (
    <>
      <div
        ref={stage}
        className={styles['stage']}
        data-grab
        role="application"
        aria-roledescription="3-D view"
        aria-label="Volume in 3-D. Arrow keys turn it, plus and minus zoom, 0 resets."
        tabIndex={0}
        {...gestures}
      >
        {!isDrawn && (
          <span className={styles['waiting']} role="status">
            <Loader size={14} color="gray" aria-hidden />
            Preparing 3-D view…
          </span>
        )}
        {view !== null && loaded !== null && (
          <VolumeOverlay view={view} loaded={loaded} width={width} height={height} />
        )}
        {labels !== null && <SurfaceNotes labels={labels} shown={meshes} />}
      </div>
      <Caption
        client={client}
        info={loaded?.info ?? null}
        hasGrey={image !== null}
        hasLabels={overlay !== null}
      />
    </>
  );
}

interface CaptionProps {
  readonly client: EngineClient;
  /** What is drawn; null until it is there. */
  readonly info: VolumeInfo | null;
  readonly hasGrey: boolean;
  readonly hasLabels: boolean;
}

function Caption({ client, info, hasGrey, hasLabels }: CaptionProps) {
  const content = useViewer((state) => state.content3d);
  const cut = useViewer((state) => state.cut);
  const recording = useViewer((state) => state.recording);
  const { setContent3d, toggleCut, setCamera, fitAll, setRecording } = useViewer.getState();
  return (
    <div className={styles['caption']}>
      <ViewTitle view="3d" title="3-D" />
      {/* At the left, so that it opens over another view. */}
      <VolumeSettings client={client} info={info} />
      {hasLabels && (
        <SegmentedControl
          size="xs"
          className={styles['switch'] ?? ''}
          aria-label="What the 3-D view shows"
          value={content}
          onChange={setContent3d}
          data={CONTENTS_3D.filter(({ id }) => id !== 'grey' || hasGrey).map(({ id, title }) => ({
            value: id,
            label: title,
          }))}
        />
      )}
      <Tool label="Cut open at the crosshair" icon={IconAngle} pressed={cut} onClick={toggleCut} />
      <ActionTool id="clip-volume" icon={IconBoxModel2} />
      <span className={styles['spring']} />
      {recording !== null && (
        <button type="button" className={styles['face']} onClick={() => setRecording(null)}>
          Recording {Math.round(100 * recording)} %: stop
        </button>
      )}
      {(['xy', 'yz', 'xz'] as const).map((face) => (
        <Tooltip key={face} label={`Look straight at ${face.toUpperCase()}`}>
          <button
            type="button"
            className={styles['face']}
            data-direction={face}
            style={{ color: PLANE_COLOURS[face] }}
            aria-label={`Look straight at ${face.toUpperCase()}`}
            onClick={() => setCamera(facing(useViewer.getState().camera, VIEW_DIRECTIONS[face]))}
          >
            {face.toUpperCase()}
          </button>
        </Tooltip>
      ))}
      <ActionTool id="orbit" icon={IconRotate360} />
      <Tool label="Fit all views (F)" icon={IconHome} onClick={fitAll} />
    </div>
  );
}

/** An action that is switched on and off. */
function ActionTool({ id, icon }: { readonly id: string; readonly icon: TablerIcon }) {
  const { label, isOn, run } = useAction(id);
  return (
    <span data-orbit={id === 'orbit' || undefined}>
      <Tool label={label} icon={icon} pressed={isOn === true} onClick={run} />
    </span>
  );
}

function Tool(props: {
  readonly label: string;
  readonly icon: TablerIcon;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}) {
  const { label, icon: Icon, pressed, onClick } = props;
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={20}
        className={styles['turn'] ?? ''}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        onClick={onClick}
      >
        <Icon size={14} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** The page's 3-D view inside `stage`, started once the page has nothing more urgent to do. */
function useVolumeView(stage: React.RefObject<HTMLDivElement | null>): VolumeView | null {
  const [view, setView] = useState<VolumeView | null>(null);
  useEffect(() => {
    const host = stage.current;
    let mine: VolumeView | null = null;
    const start = (): void => {
      mine = acquireVolumeView();
      host?.prepend(mine.element);
      setView(mine);
    };
    // Safari has no idle callbacks.
    const canIdle = 'requestIdleCallback' in globalThis;
    const timer = canIdle
      ? requestIdleCallback(start, { timeout: START_TIMEOUT_MS })
      : setTimeout(start, START_TIMEOUT_MS / 2);
    return () => {
      if (canIdle) cancelIdleCallback(timer as number);
      else clearTimeout(timer);
      if (mine === null) return;
      mine.element.remove();
      releaseVolumeView();
      setView(null);
    };
  }, [stage]);
  return view;
}

/** Hands the camera on, past React: it changes with every frame of a drag. */
function useCamera(view: VolumeView | null): void {
  useEffect(() => {
    if (view === null) return;
    view.show({ camera: useViewer.getState().camera });
    return useViewer.subscribe(({ camera }, before) => {
      if (camera !== before.camera) view.show({ camera });
    });
  }, [view]);
}

/** 'starting', 'software', 'hardware', or the sentence of a failure. */
function useViewStatus(view: VolumeView | null): string {
  return useSyncExternalStore(view?.subscribe ?? subscribeToNothing, () => {
    const status = view?.status() ?? { kind: 'starting' as const };
    if (status.kind === 'failed') return status.message;
    if (status.kind === 'starting') return 'starting';
    return status.isSoftware ? 'software' : 'hardware';
  });
}

function subscribeToNothing(): () => void {
  return () => undefined;
}

export interface Loaded {
  readonly info: VolumeInfo;
  readonly preview: PreviewVolume;
}

/** The copy of a volume that is drawn; the one before it stays until the next has come. */
function usePreview(
  client: EngineClient,
  rendering: 'software' | 'hardware' | null,
  shown: VolumeInfo | null,
  scale: ValueScale,
): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const kept = useRef(new Map<string, PreviewVolume>());
  useEffect(() => {
    if (rendering === null || shown === null) return;
    let current = true;
    const use = (preview: PreviewVolume): void => {
      if (current) setLoaded({ info: shown, preview });
    };
    const key = `${shown.handle} ${scale}`;
    const known = kept.current.get(key);
    if (known !== undefined) {
      use(known);
    } else {
      client.preview(shown.handle, previewEdge(shown.size, rendering), scale).then(
        (preview) => {
          // Two are enough to go to and fro between grey values and phases.
          const oldest = [...kept.current.keys()].at(-2);
          kept.current = new Map([...kept.current].filter(([each]) => each !== oldest));
          kept.current.set(key, preview);
          use(preview);
        },
        () => undefined,
      );
    }
    return () => {
      current = false;
    };
  }, [client, rendering, shown, scale]);
  return loaded;
}

/** Hands the volume, its colours and the crosshair to the view. */
function useScene(view: VolumeView | null, loaded: Loaded | null): void {
  const window = useViewer((state) => state.window);
  const colourMap = useViewer((state) => state.colourMap);
  const hidden = useViewer((state) => state.hiddenLabels);
  const crosshair = useViewer((state) => state.crosshair);
  const cut = useViewer((state) => state.cut);
  const { lit, curves, gradient } = useViewer((state) => state.display3d);
  const isField = loaded?.preview.hasOutside === true;
  const isLabels = loaded?.info.kind === 'labels';
  const kind = useViewer(({ content3d }) => (content3d === 'surfaces' ? 'surfaces' : 'phases'));
  const phases = loaded?.info.phases;
  const scale = loaded?.preview.scale ?? 'linear';
  const range = loaded?.preview.range;
  const phaseLook = useMemo<VolumeLook | null>(
    () => (isLabels && phases !== undefined ? { kind, phases, hidden } : null),
    [isLabels, kind, phases, hidden],
  );
  const greyLook = useMemo<VolumeLook | null>(() => {
    if (isLabels || range === undefined) return null;
    const [low, high] = range;
    const shown = window ?? { low, high };
    const opacity = chosenCurve(curves, range) ?? (isField ? null : solidCurve(shown));
    return { kind: 'grey', ...shown, colourMap, lit, opacity, gradient, scale };
  }, [isLabels, range, window, colourMap, lit, curves, gradient, isField, scale]);
  const look = phaseLook ?? greyLook;

  const sent = useRef<{ view: VolumeView; preview: PreviewVolume } | null>(null);
  useEffect(() => {
    if (view === null || loaded === null || look === null) return;
    const { preview } = loaded;
    const isNew = sent.current?.view !== view || sent.current.preview !== preview;
    sent.current = { view, preview };
    view.show(isNew ? { preview, look } : { look });
  }, [view, loaded, look]);

  const size = loaded?.info.size;
  useEffect(() => {
    if (view === null || size === undefined) return;
    view.show({ crosshair: { at: crosshairShares(crosshair, size), cut } });
  }, [view, size, crosshair, cut]);

  const box = useClipBox(loaded?.info ?? null);
  const facesShown = useViewer((state) => state.display3d.facesShown);
  const preview = loaded?.preview;
  useEffect(() => {
    if (view === null || preview === undefined) return;
    const extent = relativeExtent(preview.size, preview.spacing);
    view.show({ clipping: clipPlanes(box, extent), facesShown });
  }, [view, preview, box, facesShown]);
}
