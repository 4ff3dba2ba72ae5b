/** What a slice view says about its own colours and thickness. */
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { type Slab, slabLayers } from '../../../volume/slab.ts';
import { AXIS_NAMES, formatLength, type Plane } from '../../rendering/slice-geometry.ts';
import { seenFrom } from '../../stores/previews.ts';
import { scaleOf, useViewer } from '../../stores/viewer.ts';
import { usePreviewState } from '../../workbench-context.tsx';
import { ColourBar } from './ColourBar.tsx';
import { differenceWindow } from './slice-picture.ts';
import styles from './viewer.module.css';

interface GreyColourBarProps {
  readonly image: VolumeInfo;
  readonly isDifference: boolean;
  readonly width: number;
  readonly height: number;
}

export function GreyColourBar({ image, isDifference, ...size }: GreyColourBarProps) {
  const window = useViewer((state) => state.window);
  const colourMap = useViewer((state) => state.colourMap);
  const scale = useViewer((state) => scaleOf(image, state.fieldScale));
  const isShown = useViewer((state) => state.colourBarShown);
  if (!isShown || window === null) return null;
  return isDifference ? (
    <ColourBar
      window={differenceWindow(window)}
      colourMap="blue-red"
      title="difference"
      {...size}
    />
  ) : (
    <ColourBar
      window={window}
      colourMap={colourMap}
      scale={scale}
      title={image.quantity?.symbol ?? 'grey value'}
      unit={image.quantity?.unit ?? ''}
      {...size}
    />
  );
}

/** That no run made what is shown, and how far it can be trusted. */
export function PreviewBadge({ isSlab }: { readonly isSlab: boolean }) {
  const seenSlices = usePreviewState((state) => state.seenSlices);
  const isBusy = usePreviewState((state) => state.isBusy);
  return (
    <>
      <span className={styles['badge']} data-testid="preview-badge" aria-busy={isBusy}>
        {isBusy ? 'Preview, computing …' : 'Preview, not run'}
      </span>
      {seenSlices === null || isBusy ? null : (
        <span className={styles['doubt']} data-over-slab={isSlab || undefined}>
          {seenFrom(seenSlices)}
        </span>
      )}
    </>
  );
}

/** What the picture is made of, where that is more than a slice. Labels are those of the slice. */
export function SlabNote(props: {
  readonly slab: Slab;
  readonly image: VolumeInfo;
  readonly plane: Plane;
  readonly index: number;
}) {
  const { slab, image, plane, index } = props;
  const [first, last] = slabLayers(image.size[plane.normal], index, slab.thickness);
  const slices = last - first + 1;
  const length =
    image.spacing === null
      ? 'voxel size unknown'
      : `${formatLength(slices * image.spacing.values[plane.normal])} ${image.spacing.unit}`;
  return (
    <span className={styles['slabBadge']} data-testid="slab">
      {slab.projection} of {slices} slices, {AXIS_NAMES[plane.normal]} {first} to {last} ({length})
    </span>
  );
}
