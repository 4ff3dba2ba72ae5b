/** How solid each grey value is in 3-D: points over the histogram, by pointer, keys and numbers. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconPlus, IconRestore, IconTrash } from '@tabler/icons-react';
import { scaleLinear } from 'd3-scale';
import { type PointerEvent, useId, useMemo, useRef, useState } from 'react';
import type { Histogram, VolumeInfo } from '../../../../workers/engine-api.ts';
import { NumberInput } from '../../components/parameter-form/NumberInput.tsx';
import type { EngineClient } from '../../engine-client.ts';
import { colourStops } from '../../rendering/colour-maps.ts';
import {
  addPoint,
  CURVE_PRESETS,
  movePoint,
  opacityAt,
  type OpacityCurve,
  type OpacityPoint,
  presetCurve,
  removePoint,
  solidCurve,
  widestGap,
} from '../../rendering/transfer-function.ts';
import { useHistogram } from '../../use-histogram.ts';
import { chosenCurve, withCurve } from '../../stores/display-3d.ts';
import { type GreyWindow, useViewer } from '../../stores/viewer.ts';
import {
  areaPath,
  chartDomain,
  chartTop,
  columnHeights,
  columnShares,
  formatGrey,
  snapped,
  totalCount,
} from './bars.ts';
import styles from './opacity.module.css';

const WIDTH = 308;
const HEIGHT = 148;
const MARGIN = { left: 8, right: 8, top: 8, bottom: 18 };
const INNER = {
  width: WIDTH - MARGIN.left - MARGIN.right,
  height: HEIGHT - MARGIN.top - MARGIN.bottom,
};
const OPACITY_STEP = 0.05;
/** Fields are solid wherever there is a value. */
const ALL_SOLID: OpacityCurve = [{ value: 0, opacity: 1 }];

interface OpacityEditorProps {
  readonly client: EngineClient;
  /** The grey volume that is drawn. */
  readonly image: VolumeInfo;
}

export function OpacityEditor({ client, image }: OpacityEditorProps) {
  const histogram = useHistogram(client, image)?.histogram ?? null;
  const window = useViewer((state) => state.window);
  const curves = useViewer((state) => state.display3d.curves);
  const [selected, setSelected] = useState(0);
  if (histogram === null || window === null) {
    return <div className={styles['chart']} style={{ width: WIDTH, height: HEIGHT }} />;
  }
  const chosen = chosenCurve(curves, image.range);
  const curve = chosen ?? (image.quantity === undefined ? solidCurve(window) : ALL_SOLID);
  const index = Math.min(selected, curve.length - 1);
  const change = (points: OpacityCurve | null): void => {
    const { display3d, setDisplay3d } = useViewer.getState();
    setDisplay3d({ curves: withCurve(display3d.curves, image.range, points) });
  };
  return (
    <div className={styles['editor']}>
      <Chart
        histogram={histogram}
        window={window}
        curve={curve}
        selected={index}
        onSelect={setSelected}
        onChange={change}
      />
      <PointFields
        curve={curve}
        index={index}
        step={snapped(
          (image.range[1] - image.range[0]) / 200,
          (image.range[1] - image.range[0]) / 400,
        )}
        onChange={change}
      />
      <div className={styles['row']} role="group" aria-label="Opacity presets">
        {CURVE_PRESETS.map(({ id, title }) => (
          <Button
            key={id}
            variant="default"
            className={styles['preset'] ?? ''}
            onClick={() => {
              setSelected(0);
              change(presetCurve(id, window, histogram.peaks));
            }}
          >
            {title}
          </Button>
        ))}
        <Tooltip label="Reset: solid, as first shown">
          <ActionIcon
            aria-label="Reset the opacities"
            // A disabled button would drop the focus that the popover's keys need.
            {...(chosen === null ? { 'aria-disabled': true, 'data-disabled': true } : {})}
            onClick={() => change(null)}
          >
            <IconRestore size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

interface ChartProps {
  readonly histogram: Histogram;
  readonly window: GreyWindow;
  readonly curve: OpacityCurve;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly onChange: (curve: OpacityCurve) => void;
}

function Chart({ histogram, window, curve, selected, onSelect, onChange }: ChartProps) {
  const chart = useRef<SVGSVGElement>(null);
  const gradient = useId();
  const colourMap = useViewer((state) => state.colourMap);
  const [low, high] = useMemo(
    () => chartDomain(histogram, [window.low, window.high]),
    [histogram, window],
  );
  const x = scaleLinear([low, high], [0, INNER.width]).clamp(true);
  const y = scaleLinear([0, 1], [INNER.height, 0]).clamp(true);
  const area = useMemo(() => {
    const shares = columnShares(histogram, low, high, INNER.width);
    const heights = {
      scale: 'linear',
      most: chartTop(shares),
      total: totalCount(histogram),
    } as const;
    return areaPath(columnHeights(shares, heights), INNER.width, INNER.height);
  }, [histogram, low, high]);
  const perPixel = (high - low) / INNER.width;
  const pointAt = (event: PointerEvent): OpacityPoint => {
    const box = chart.current?.getBoundingClientRect();
    return {
      value: snapped(x.invert(event.clientX - (box?.left ?? 0) - MARGIN.left), perPixel),
      opacity: Number(y.invert(event.clientY - (box?.top ?? 0) - MARGIN.top).toFixed(2)),
    };
  };
  const focusPoint = (index: number): void =>
    chart.current?.querySelectorAll<SVGElement>('[role="slider"]')[index]?.focus();
  const add = (point: OpacityPoint): void => {
    const added = addPoint(curve, point);
    onChange(added.curve);
    onSelect(added.index);
    requestAnimationFrame(() => focusPoint(added.index));
  };
  /** Half-way to the next point, or to the end of the chart. */
  const addAfter = (index: number): void => {
    const from = (curve[index] as OpacityPoint).value;
    const value = snapped((from + (curve[index + 1]?.value ?? high)) / 2, perPixel);
    add({ value, opacity: opacityAt(curve, value) });
  };
  const remove = (index: number): void => {
    // The focus must not go with the point.
    focusPoint(Math.max(0, index - 1));
    onChange(removePoint(curve, index));
  };
  const line = [
    `M0 ${y(opacityAt(curve, low))}`,
    ...curve.map(({ value, opacity }) => `L${x(value)} ${y(opacity)}`),
    `L${INNER.width} ${y(opacityAt(curve, high))}`,
  ].join('');
  return (
    <div className={styles['chart']}>
      <svg
        ref={chart}
        width={WIDTH}
        height={HEIGHT}
        role="group"
        aria-label="Opacity of grey values"
        data-testid="opacity-chart"
      >
        <linearGradient
          id={gradient}
          gradientUnits="userSpaceOnUse"
          x1={x(window.low)}
          x2={Math.max(x(window.low) + 0.01, x(window.high))}
        >
          {colourStops(colourMap).map(({ at, colour }) => (
            <stop key={at} offset={at} stopColor={colour} />
          ))}
        </linearGradient>
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          <rect
            className={styles['ground']}
            width={INNER.width}
            height={INNER.height}
            onPointerDown={(event) => {
              if (event.button === 0) add(pointAt(event));
            }}
          />
          <path className={styles['area']} d={area} fill={`url(#${gradient})`} />
          <path className={styles['under']} d={`${line}V${INNER.height}H0Z`} />
          <path className={styles['curve']} d={line} />
          {x.ticks(4).map((tick) => (
            <text
              key={tick}
              className={styles['tick']}
              x={x(tick)}
              y={INNER.height + 14}
              textAnchor={x(tick) < 20 ? 'start' : x(tick) > INNER.width - 20 ? 'end' : 'middle'}
            >
              {formatGrey(tick)}
            </text>
          ))}
          {curve.map((point, i) => (
            <Point
              // Points have no identity but their place.
              // oxlint-disable-next-line react/no-array-index-key
              key={i}
              point={point}
              range={[low, high]}
              x={x(point.value)}
              y={y(point.opacity)}
              isSelected={i === selected}
              keyStep={snapped((high - low) / 100, perPixel) || (high - low) / 100}
              onSelect={() => onSelect(i)}
              onMove={(to) => onChange(movePoint(curve, i, to))}
              onAdd={() => addAfter(i)}
              onRemove={() => remove(i)}
              pointAt={pointAt}
            />
          ))}
        </g>
      </svg>
      <Tooltip label="Add a point; a click into the chart does as well">
        <ActionIcon
          className={styles['add'] ?? ''}
          size={22}
          aria-label="Add a point"
          onClick={() => {
            const value = snapped(widestGap(curve, { low, high }), perPixel);
            add({ value, opacity: opacityAt(curve, value) });
          }}
        >
          <IconPlus size={14} stroke={1.8} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Point(props: {
  readonly point: OpacityPoint;
  readonly range: readonly [number, number];
  readonly x: number;
  readonly y: number;
  readonly isSelected: boolean;
  readonly keyStep: number;
  readonly onSelect: () => void;
  readonly onMove: (to: OpacityPoint) => void;
  readonly onAdd: () => void;
  readonly onRemove: () => void;
  readonly pointAt: (event: PointerEvent) => OpacityPoint;
}) {
  const { point, range, x, y, isSelected, keyStep, pointAt } = props;
  const { onSelect, onMove, onAdd, onRemove } = props;
  const dragging = useRef(false);
  return (
    <circle
      className={styles['point']}
      cx={x}
      cy={y}
      r={5}
      data-selected={isSelected}
      role="slider"
      tabIndex={0}
      aria-label="Opacity point: arrow keys move it, Enter adds one after it, Delete removes it"
      aria-valuemin={range[0]}
      aria-valuemax={range[1]}
      aria-valuenow={Math.max(range[0], Math.min(range[1], point.value))}
      aria-valuetext={`grey value ${formatGrey(point.value)}, opacity ${percent(point)} %`}
      onFocus={onSelect}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus({ preventScroll: true });
        dragging.current = true;
      }}
      onPointerMove={(event) => {
        if (dragging.current) onMove(pointAt(event));
      }}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onPointerCancel={() => {
        dragging.current = false;
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const times = event.shiftKey ? 10 : 1;
        const { value, opacity } = point;
        const to = (by: number, thicker: number): OpacityPoint => ({
          value: value + by * keyStep * times,
          opacity: Number((opacity + thicker * OPACITY_STEP * Math.min(4, times)).toFixed(4)),
        });
        const moves: Readonly<Record<string, () => void>> = {
          ArrowLeft: () => onMove(to(-1, 0)),
          ArrowRight: () => onMove(to(1, 0)),
          ArrowUp: () => onMove(to(0, 1)),
          ArrowDown: () => onMove(to(0, -1)),
          Enter: onAdd,
          Delete: onRemove,
          Backspace: onRemove,
        };
        const move = moves[event.key];
        if (move === undefined) return;
        event.preventDefault();
        move();
      }}
    />
  );
}

function percent({ opacity }: OpacityPoint): number {
  return Math.round(1000 * opacity) / 10;
}

/** The selected point as numbers. */
function PointFields(props: {
  readonly curve: OpacityCurve;
  readonly index: number;
  readonly step: number;
  readonly onChange: (curve: OpacityCurve) => void;
}) {
  const { curve, index, step, onChange } = props;
  const point = curve[index] as OpacityPoint;
  const move = (to: Partial<OpacityPoint>): void =>
    onChange(movePoint(curve, index, { ...point, ...to }));
  return (
    <div
      className={styles['row']}
      role="group"
      aria-label={`Point ${index + 1} of ${curve.length}`}
    >
      <span className={styles['dim']}>
        Point {index + 1} of {curve.length}
      </span>
      <NumberInput
        label="Grey value of the point"
        value={Number(point.value.toPrecision(6))}
        step={step > 0 ? step : 1}
        onChange={(value) => {
          if (value !== null) move({ value });
        }}
      />
      <NumberInput
        label="Opacity of the point"
        value={percent(point)}
        unit="%"
        min={0}
        max={100}
        step={5}
        onChange={(value) => {
          if (value !== null) move({ opacity: value / 100 });
        }}
      />
      <Tooltip label="Remove the point (Delete)">
        <ActionIcon
          aria-label="Remove the point"
          {...(curve.length === 1 ? { 'aria-disabled': true, 'data-disabled': true } : {})}
          onClick={() => onChange(removePoint(curve, index))}
        >
          <IconTrash size={15} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
