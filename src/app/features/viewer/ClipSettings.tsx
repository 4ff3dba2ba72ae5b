/** The clip box by sliders and numbers, and planes that follow the crosshair. */
import { Button, RangeSlider, SegmentedControl, Switch } from '@mantine/core';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { NumberInput } from '../../components/parameter-form/NumberInput.tsx';
import {
  type ClipBox,
  type FollowedSides,
  isWhole,
  type KeptSide,
  moveSide,
  NOT_FOLLOWING,
  voxelsOf,
  WHOLE_BOX,
} from '../../rendering/clipping.ts';
import { AXIS_NAMES, formatLength } from '../../rendering/slice-geometry.ts';
import { useViewer } from '../../stores/viewer.ts';
import { useAction } from '../../use-action.ts';
import styles from './volume-settings.module.css';

const AXES = [0, 1, 2] as const;

const FOLLOWING: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'off', label: 'Off' },
  { value: 'low', label: 'Keep before' },
  { value: 'high', label: 'Keep behind' },
];

export function ClipSettings({ info }: { readonly info: VolumeInfo }) {
  const { clips, clipBox, clipFollows } = useViewer((state) => state.display3d);
  const { setDisplay3d } = useViewer.getState();
  const toBox = useAction('zoom-to-clip-box');
  const isUntouched = isWhole(clipBox) && clipFollows.every((side) => side === null);
  return (
    <>
      <Switch
        size="xs"
        label="Clip by a box"
        checked={clips}
        onChange={(event) => setDisplay3d({ clips: event.currentTarget.checked })}
      />
      <div className={styles['axes']}>
        {AXES.map((axis) => (
          <AxisRow
            key={axis}
            axis={axis}
            info={info}
            box={clipBox}
            onChange={(box) => setDisplay3d({ clipBox: box, clips: true })}
          />
        ))}
      </div>
      <div className={styles['follow']} role="group" aria-label="Cut at the crosshair’s slices">
        <span className={styles['heading']}>Cut at the crosshair’s slice</span>
        {AXES.map((axis) => (
          <div key={axis} className={styles['followRow']}>
            <span className={styles['axis']}>{AXIS_NAMES[axis]}</span>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={`At the slice across ${AXIS_NAMES[axis]}`}
              value={clipFollows[axis] ?? 'off'}
              onChange={(value) => {
                const side: KeptSide | null = value === 'low' || value === 'high' ? value : null;
                setDisplay3d({
                  clipFollows: clipFollows.with(axis, side) as unknown as FollowedSides,
                  clips: true,
                });
              }}
              data={[...FOLLOWING]}
            />
          </div>
        ))}
      </div>
      <div className={styles['buttons']}>
        <Button variant="default" disabled={toBox.obstacle !== null} onClick={toBox.run}>
          Zoom to the box
        </Button>
        <Button
          variant="default"
          {...(isUntouched ? { 'aria-disabled': true, 'data-disabled': true } : {})}
          onClick={() => setDisplay3d({ clipBox: WHOLE_BOX, clipFollows: NOT_FOLLOWING })}
        >
          Reset
        </Button>
      </div>
    </>
  );
}

function AxisRow(props: {
  readonly axis: 0 | 1 | 2;
  readonly info: VolumeInfo;
  readonly box: ClipBox;
  readonly onChange: (box: ClipBox) => void;
}) {
  const { axis, info, box, onChange } = props;
  const name = AXIS_NAMES[axis];
  const count = info.size[axis];
  const [first, last] = voxelsOf(box, axis, count);
  const move = (side: 'low' | 'high', edge: number): void =>
    onChange(moveSide(box, axis, side, edge / count, 1 / count));
  const length =
    info.spacing === null
      ? `${last - first + 1} voxels`
      : `${formatLength(Number(((last - first + 1) * info.spacing.values[axis]).toPrecision(4)))} ${info.spacing.unit}`;
  return (
    <div className={styles['axisRow']} role="group" aria-label={`Clip along ${name}`}>
      <span className={styles['axis']}>{name}</span>
      <RangeSlider
        size={3}
        thumbSize={12}
        label={null}
        min={0}
        max={count}
        minRange={1}
        value={[first, last + 1]}
        thumbFromLabel={`First voxel along ${name}, by slider`}
        thumbToLabel={`Last voxel along ${name}, by slider`}
        onChange={([from, to]) => {
          if (from !== first) move('low', from);
          else if (to !== last + 1) move('high', to);
        }}
      />
      <NumberInput
        label={`First voxel along ${name}`}
        value={first}
        min={0}
        max={last}
        integer
        onChange={(value) => {
          if (value !== null && Number.isInteger(value)) move('low', value);
        }}
      />
      <NumberInput
        label={`Last voxel along ${name}`}
        value={last}
        min={first}
        max={count - 1}
        integer
        onChange={(value) => {
          if (value !== null && Number.isInteger(value)) move('high', value + 1);
        }}
      />
      <span className={styles['length']}>{length}</span>
    </div>
  );
}
