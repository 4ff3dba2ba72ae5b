/**
 * A plot on the screen: the figure that is exported, in the page's colours, with a read-out of the
 * point under the pointer or chosen by keys.
 */
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react';
import { describeFigure, type PlotFigure, pointText } from '../../../figures/plot-figure.ts';
import {
  layoutPlot,
  nearestPoint,
  type PlotLook,
  type PlotPlace,
  pointAt,
} from '../../../figures/plot-layout.ts';
import { drawPlot } from '../../../figures/plot-svg.ts';
import { InlineSvg } from '../InlineSvg.tsx';
import { useSize } from '../use-size.ts';
import { movedPlace } from './moved-place.ts';
import styles from './plot.module.css';

/** So that seven points of print are eleven pixels of screen. */
const MM_PER_PIXEL = 0.22;
const LEAST_HEIGHT = 150;

export function Plot({ figure }: { readonly figure: PlotFigure }) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const [place, setPlace] = useState<PlotPlace | null>(null);
  const described = useId();
  const look = useMemo<PlotLook>(
    () => ({
      width: MM_PER_PIXEL * Math.max(120, width),
      height: MM_PER_PIXEL * Math.max(LEAST_HEIGHT, height),
      ink: 'currentColor',
      paper: 'none',
    }),
    [width, height],
  );
  const layout = useMemo(() => layoutPlot(figure, look), [figure, look]);
  const svg = useMemo(() => drawPlot(figure, layout, look), [figure, layout, look]);
  const read = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (10 * MM_PER_PIXEL * (event.clientX - box.left) * width) / box.width;
    const y = 10 * MM_PER_PIXEL * (event.clientY - box.top + event.currentTarget.scrollTop);
    setPlace(nearestPoint(layout, x, y));
  };
  const turn = (event: KeyboardEvent): void => {
    const moved = movedPlace(figure, place, event.key);
    if (moved === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setPlace(moved);
  };
  const text = place === null ? '' : placeText(figure, place);
  const [x, y] = place === null ? [0, 0] : pointAt(layout, place);
  return (
    <div
      ref={frame}
      className={styles['plot']}
      role="application"
      aria-roledescription="plot"
      aria-label={`${figure.title}. Arrow keys read its points.`}
      aria-describedby={described}
      tabIndex={0}
      data-testid="plot"
      onPointerMove={read}
      onPointerLeave={() => setPlace(null)}
      onKeyDown={turn}
      onBlur={() => setPlace(null)}
    >
      {width > 0 && (
        <div className={styles['sheet']} style={{ height: layout.height / (10 * MM_PER_PIXEL) }}>
          <InlineSvg svg={svg} className={styles['figure']} />
          {place !== null && (
            <span
              className={styles['mark']}
              style={{ left: x / (10 * MM_PER_PIXEL), top: y / (10 * MM_PER_PIXEL) }}
            />
          )}
        </div>
      )}
      <span id={described} className={styles['hidden']}>
        {describeFigure(figure)}
      </span>
      <span className={styles['reading']} aria-live="polite" data-empty={text === '' || undefined}>
        {text}
      </span>
    </div>
  );
}

/** "pore, Direction z, 3.5 µm: 0.42" */
function placeText(figure: PlotFigure, { panel, series, point }: PlotPlace): string {
  const where = figure.panels[panel];
  const curve = where?.series[series];
  const found = curve?.points[point];
  if (where === undefined || curve === undefined || found === undefined) return '';
  return [curve.name, where.title, pointText(figure, found)]
    .filter((part) => part !== '')
    .join(', ');
}
