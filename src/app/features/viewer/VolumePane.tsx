/** The pane of the 3-D view: loads vtk.js when first shown, orbits by mouse and keyboard. */
import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowUp,
  IconHome,
  IconMinus,
  IconPlus,
} from '@tabler/icons-react';
import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { PreviewVolume, VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import { parseColour } from '../../rendering/colour-maps.ts';
import { greyTransfer, phaseTransfer } from '../../rendering/transfer.ts';
import type { VolumeView } from '../../rendering/volume-view.ts';
import { useViewer } from '../../stores/viewer.ts';
import { PLANE_COLOURS } from './SliceView.tsx';
import { useSize } from '../../components/use-size.ts';
import styles from './viewer.module.css';

const PREVIEW_EDGE = { software: 96, hardware: 256 } as const;
const DEGREES_PER_PIXEL = 0.5;
const KEY_DEGREES = 15;

interface VolumePaneProps {
  readonly client: EngineClient;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}

export function VolumePane({ client, image, overlay }: VolumePaneProps) {
  const showVolume = useViewer((state) => state.showVolume);
  const { setShowVolume } = useViewer.getState();
  return (
    <div className={styles['pane']} data-view="3d">
      {showVolume ? (
        <LiveVolume client={client} image={image} overlay={overlay} />
      ) : (
        <div className={styles['empty']}>
          <p>The 3-D view is off.</p>
          <Button variant="default" onClick={() => setShowVolume(true)}>
            Show the 3-D view
          </Button>
        </div>
      )}
    </div>
  );
}

function LiveVolume({ client, image, overlay }: VolumePaneProps) {
  const stage = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(stage);
  const { view, failure } = useSharedView(stage);
  const [wanted, setWanted] = useState<'phases' | 'grey'>('phases');
  const shown = wanted === 'phases' && overlay !== null ? overlay : (image ?? overlay);
  const preview = usePreview(client, view, shown);
  useLook(view, shown, preview);
  useEffect(() => {
    if (view !== null && width > 0) view.resize(width, height);
  }, [view, width, height]);

  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (view === null || event.buttons === 0) return;
    view.rotate(-event.movementX * DEGREES_PER_PIXEL, event.movementY * DEGREES_PER_PIXEL);
  };
  useEffect(() => {
    const element = stage.current;
    const zoom = (event: WheelEvent): void => {
      event.preventDefault();
      view?.zoom(Math.exp(-event.deltaY / 800));
    };
    element?.addEventListener('wheel', zoom, { passive: false });
    return () => element?.removeEventListener('wheel', zoom);
  }, [view]);

  if (failure !== null) return <div className={styles['empty']}>{failure}</div>;
  return (
    <>
      <div
        ref={stage}
        className={styles['stage']}
        style={{ cursor: 'grab' }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onDoubleClick={() => useViewer.getState().toggleMaximised('3d')}
      />
      <div className={styles['caption']}>
        <span className={styles['title']}>3-D</span>
        {image !== null && overlay !== null && (
          <SegmentedControl
            size="xs"
            className={styles['switch'] ?? ''}
            aria-label="What the 3-D view shows"
            value={wanted}
            onChange={(value) => setWanted(value === 'grey' ? 'grey' : 'phases')}
            data={[
              { value: 'phases', label: 'Phases' },
              { value: 'grey', label: 'Grey' },
            ]}
          />
        )}
        <span className={styles['spring']} />
        <Turn label="Turn left" onClick={() => view?.rotate(KEY_DEGREES, 0)}>
          <IconArrowLeft size={13} />
        </Turn>
        <Turn label="Turn right" onClick={() => view?.rotate(-KEY_DEGREES, 0)}>
          <IconArrowRight size={13} />
        </Turn>
        <Turn label="Turn up" onClick={() => view?.rotate(0, -KEY_DEGREES)}>
          <IconArrowUp size={13} />
        </Turn>
        <Turn label="Turn down" onClick={() => view?.rotate(0, KEY_DEGREES)}>
          <IconArrowDown size={13} />
        </Turn>
        <Turn label="Closer" onClick={() => view?.zoom(1.2)}>
          <IconPlus size={13} />
        </Turn>
        <Turn label="Further" onClick={() => view?.zoom(1 / 1.2)}>
          <IconMinus size={13} />
        </Turn>
        <Turn label="Reset the 3-D view" onClick={() => view?.resetCamera()}>
          <IconHome size={13} />
        </Turn>
      </div>
    </>
  );
}

function Turn(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        size={20}
        className={styles['turn'] ?? ''}
        aria-label={props.label}
        onClick={props.onClick}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

/** The page's 3-D view inside `stage`, once vtk.js is loaded and the page has painted. */
function useSharedView(stage: React.RefObject<HTMLDivElement | null>): {
  readonly view: VolumeView | null;
  readonly failure: string | null;
} {
  const [view, setView] = useState<VolumeView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    const host = stage.current;
    let current = true;
    let mine: VolumeView | null = null;
    const start = async (): Promise<void> => {
      const { sharedVolumeView } = await import('../../rendering/volume-view.ts');
      if (!current || host === null) return;
      mine = sharedVolumeView();
      host.append(mine.element);
      setView(mine);
    };
    const timer = setTimeout(() => {
      start().catch((error: unknown) => setFailure((error as Error).message));
    }, 150);
    return () => {
      current = false;
      clearTimeout(timer);
      mine?.element.remove();
    };
  }, [stage]);
  return { view, failure };
}

/** The preview of a volume, put into the view when it arrives. */
function usePreview(
  client: EngineClient,
  view: VolumeView | null,
  shown: VolumeInfo | null,
): PreviewVolume | null {
  const [preview, setPreview] = useState<PreviewVolume | null>(null);
  const handle = shown?.handle ?? null;
  const isGrey = shown?.kind === 'grey';
  useEffect(() => {
    if (view === null || handle === null) return;
    let current = true;
    const edge = view.isSoftware ? PREVIEW_EDGE.software : PREVIEW_EDGE.hardware;
    client.preview(handle, edge).then(
      (made) => {
        if (!current) return;
        view.setPreview(made, isGrey);
        setPreview(made);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [client, view, handle, isGrey]);
  return preview;
}

/** Applies colours, opacities and the crosshair's planes. */
function useLook(
  view: VolumeView | null,
  shown: VolumeInfo | null,
  preview: PreviewVolume | null,
): void {
  const window = useViewer((state) => state.window);
  const colourMap = useViewer((state) => state.colourMap);
  const hidden = useViewer((state) => state.hiddenLabels);
  const crosshair = useViewer((state) => state.crosshair);
  const crosshairShown = useViewer((state) => state.crosshairShown);
  useEffect(() => {
    if (view === null || shown === null || preview === null) return;
    const [low, high] = preview.range;
    view.setTransfer(
      shown.kind === 'labels'
        ? phaseTransfer(shown.phases, hidden)
        : greyTransfer(window ?? { low, high }, preview.range, colourMap),
    );
  }, [view, shown, preview, window, colourMap, hidden]);
  const size = shown?.size ?? null;
  useEffect(() => {
    if (view === null || size === null || preview === null) return;
    const line = (axis: 0 | 1 | 2, colour: string) => {
      const [red, green, blue] = parseColour(colour);
      return {
        axis,
        at: (crosshair[axis] + 0.5) / size[axis],
        colour: [red / 255, green / 255, blue / 255] as const,
      };
    };
    view.setPlanes(
      crosshairShown
        ? [line(0, PLANE_COLOURS.yz), line(1, PLANE_COLOURS.xz), line(2, PLANE_COLOURS.xy)]
        : [],
    );
  }, [view, size, preview, crosshair, crosshairShown]);
}
