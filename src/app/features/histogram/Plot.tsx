/**
 * The plane of the chart: reads grey value and voxels under the pointer, and zooms and moves by
 * wheel, drag, double click and keys.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Histogram } from '../../../../workers/engine-api.ts';
import { useHistogramView } from '../../stores/histogram-view.ts';
import { formatGrey, totalCount } from './bars.ts';
import styles from './histogram.module.css';
import { type GreySpan, panBy, zoomBy } from './zoom.ts';

interface PlotProps {
  readonly histogram: Histogram;
  /** All grey values of the chart, and those that are shown now. */
  readonly full: GreySpan;
  readonly shown: GreySpan;
  readonly width: number;
  readonly height: number;
  /** Shares of all voxels, one for each column of pixels. */
  readonly shares: Float64Array;
}

/** Of the length that is shown, for one key press or one notch of a wheel. */
const ZOOM_STEP = 1.25;
const PAN_STEP = 0.1;
/** Pixels of a wheel's notch. */
const NOTCH = 100;
/** The fewest bins that are shown. */
const LEAST_BINS = 8;

function setZoom(zoom: GreySpan | null): void {
  useHistogramView.setState({ zoom });
}

export function Plot(props: PlotProps) {
  const { histogram, full, shown, width, height, shares } = props;
  const plane = useRef<SVGRectElement>(null);
  const drag = useRef<{ readonly pointer: number; readonly from: GreySpan } | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const length = shown[1] - shown[0];
  const isPart = length < full[1] - full[0];

  const toValue = (pixels: number): number => shown[0] + (pixels / width) * length;
  const zoomAt = (factor: number, about: number): void =>
    setZoom(zoomBy(shown, full, factor, about, LEAST_BINS * histogram.binWidth));
  useWheel(plane, (event) => {
    const box = plane.current?.getBoundingClientRect();
    if (box === undefined || event.altKey) return;
    event.preventDefault();
    const [along, across] = [event.deltaX, event.deltaY].map((pixels) => pixels / NOTCH);
    const sideways = event.shiftKey ? (across ?? 0) : (along ?? 0);
    if (sideways !== 0) {
      if (isPart) setZoom(panBy(shown, full, sideways * PAN_STEP * length));
    } else zoomAt(ZOOM_STEP ** (across ?? 0), toValue(event.clientX - box.left));
  });

  const onPointerDown = (event: PointerEvent<SVGRectElement>): void => {
    if (event.button !== 0 || !isPart) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { pointer: event.clientX, from: shown };
  };
  const onPointerMove = (event: PointerEvent<SVGRectElement>): void => {
    const left = event.currentTarget.getBoundingClientRect().left;
    setAt(Math.max(0, Math.min(width - 1, Math.floor(event.clientX - left))));
    const start = drag.current;
    if (start === null) return;
    setZoom(panBy(start.from, full, ((start.pointer - event.clientX) / width) * length));
  };
  const endDrag = (): void => {
    drag.current = null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const zoom = { '+': 1 / ZOOM_STEP, '=': 1 / ZOOM_STEP, '-': ZOOM_STEP }[event.key];
    if (by !== undefined && isPart) setZoom(panBy(shown, full, by * PAN_STEP * length));
    else if (zoom !== undefined) zoomAt(zoom, (shown[0] + shown[1]) / 2);
    else if (event.key === '0') setZoom(null);
    else return;
    event.preventDefault();
  };

  const count = Math.round((shares[at ?? 0] ?? 0) * totalCount(histogram));
  const isRight = (at ?? 0) > width / 2;
  return (
    <g
      className={styles['plot']}
      role="application"
      aria-roledescription="chart"
      aria-label={`Grey values from ${formatGrey(shown[0])} to ${formatGrey(shown[1])}. Plus and minus zoom, left and right move, 0 shows all.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <rect
        ref={plane}
        width={width}
        height={height}
        className={styles['plane']}
        data-part={isPart}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={endDrag}
        onPointerCancel={endDrag}
        onPointerLeave={() => setAt(null)}
        onDoubleClick={() => setZoom(null)}
      />
      {at !== null && (
        <g className={styles['probe']} transform={`translate(${at + 0.5} 0)`}>
          <line y2={height} />
          <text x={isRight ? -6 : 6} y={height / 2} textAnchor={isRight ? 'end' : 'start'}>
            {formatGrey(toValue(at))}: {count.toLocaleString('en').replaceAll(',', '\u2009')} voxels
          </text>
        </g>
      )}
    </g>
  );
}

/** React listens to wheels passively, where the page cannot be kept from scrolling. */
function useWheel(
  target: { readonly current: SVGElement | null },
  onWheel: (event: WheelEvent) => void,
): void {
  const latest = useRef(onWheel);
  useEffect(() => {
    latest.current = onWheel;
  });
  useEffect(() => {
    const element = target.current;
    const listen = (event: Event): void => latest.current(event as WheelEvent);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [target]);
}
