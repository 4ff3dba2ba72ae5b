/** What lies over the 3-D picture: edges, slice planes, directions and the volume's size. */
import { useSyncExternalStore } from 'react';
import type { PreviewVolume, VolumeInfo } from '../../../../workers/engine-api.ts';
import { cameraAxes, type OrbitCamera } from '../../rendering/orbit-camera.ts';
import { AXIS_NAMES, formatLength } from '../../rendering/slice-geometry.ts';
import { PLANE_COLOURS } from '../../rendering/view-colours.ts';
import { relativeExtent, volumeOutline } from '../../rendering/volume-outline.ts';
import type { VolumeView } from '../../rendering/volume-view.ts';
import { useViewer } from '../../stores/viewer.ts';
import { crosshairShares } from '../../stores/display-3d.ts';
import { GreyColourBar } from './SliceNotes.tsx';
import { ClipHandles } from './ClipHandles.tsx';
import styles from './viewer.module.css';

interface VolumeOverlayProps {
  readonly view: VolumeView;
  readonly loaded: { readonly info: VolumeInfo; readonly preview: PreviewVolume };
  readonly width: number;
  readonly height: number;
}

export function VolumeOverlay({ view, loaded, width, height }: VolumeOverlayProps) {
  // The camera of the picture on screen, which comes a little after the wanted one.
  const camera = useSyncExternalStore(view.subscribe, () => {
    const status = view.status();
    return status.kind === 'ready' ? (status.last?.camera ?? null) : null;
  });
  const crosshair = useViewer((state) => state.crosshair);
  const planes = useViewer((state) => state.crosshairShown);
  const cut = useViewer((state) => state.cut);
  if (camera === null || width === 0 || height === 0) return null;
  const { info, preview } = loaded;
  const extent = relativeExtent(preview.size, preview.spacing);
  const segments = volumeOutline({
    camera,
    extent,
    at: crosshairShares(crosshair, info.size),
    planes,
    cut,
    width,
    height,
  });
  return (
    <>
      <svg className={styles['overlay']} width={width} height={height} aria-hidden="true">
        <g className={styles['outline']}>
          {segments.map(({ kind, from, to }, i) => (
            <line
              // oxlint-disable-next-line react/no-array-index-key -- lines have no identity
              key={i}
              data-kind={kind}
              x1={from[0]}
              y1={from[1]}
              x2={to[0]}
              y2={to[1]}
              {...(kind === 'edge' || kind === 'notch' ? {} : { stroke: PLANE_COLOURS[kind] })}
            />
          ))}
        </g>
        <Directions camera={camera} height={height} />
      </svg>
      <ClipHandles info={info} projected={{ camera, extent, width, height }} />
      {info.kind === 'grey' && <ColourBar3d image={info} width={width} height={height} />}
      <span className={styles['extent']}>{extentText(info)}</span>
    </>
  );
}

/** Where colours stand for values: light and shade change greys more than they tell. */
function ColourBar3d(props: {
  readonly image: VolumeInfo;
  readonly width: number;
  readonly height: number;
}) {
  const colourMap = useViewer((state) => state.colourMap);
  const isColoured = colourMap !== 'grey' && colourMap !== 'inverted';
  if (!isColoured && props.image.quantity === undefined) return null;
  return <GreyColourBar {...props} isDifference={false} />;
}

const LENGTH = 18;
const CORNER = 31;

function Directions({ camera, height }: { readonly camera: OrbitCamera; readonly height: number }) {
  const { right, down, forward } = cameraAxes(camera);
  // Axes that point away are drawn first, so that nearer ones cover them.
  const axes = ([0, 1, 2] as const)
    .map((axis) => ({ axis, x: right[axis], y: down[axis], away: forward[axis] }))
    .sort((a, b) => b.away - a.away);
  return (
    <g className={styles['triad']} transform={`translate(${CORNER} ${height - CORNER})`}>
      {axes.map(({ axis, x, y, away }) => (
        <g key={axis} opacity={away > 0.5 ? 0.7 : 1}>
          <line x2={LENGTH * x} y2={LENGTH * y} />
          {/* Straight on, a letter would lie on the middle. */}
          {Math.hypot(x, y) > 0.2 && (
            <text x={(LENGTH + 7) * x} y={(LENGTH + 7) * y + 3.5} textAnchor="middle">
              {AXIS_NAMES[axis]}
            </text>
          )}
        </g>
      ))}
      <circle r={1.8} />
    </g>
  );
}

function extentText({ size, spacing }: VolumeInfo): string {
  if (spacing === null) return `${size.join(' × ')} voxels`;
  const lengths = size.map((n, axis) =>
    formatLength(Number((n * (spacing.values[axis] as number)).toPrecision(3))),
  );
  return `${lengths.join(' × ')} ${spacing.unit}`;
}
