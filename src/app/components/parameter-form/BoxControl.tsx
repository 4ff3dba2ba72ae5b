/** A box of voxels: start and end along x, y and z, or the whole volume. */
import { Checkbox } from '@mantine/core';
import type { Box, BoxField } from '../../../declaration/parameters.ts';
import type { Size3 } from '../../../volume/volume.ts';
import { formatSize } from '../format.ts';
import type { FieldProps } from './context.ts';
import { NumberInput } from './NumberInput.tsx';
import styles from './parameter-form.module.css';

const AXES = ['x', 'y', 'z'] as const;

function wholeBox([nx, ny, nz]: Size3): Box {
  return [0, nx, 0, ny, 0, nz];
}

export function BoxControl(props: FieldProps<BoxField, Box | null>) {
  const { id, value, context, problem, onChange } = props;
  const { size } = context;
  const shown = value ?? (size === null ? null : wholeBox(size));
  const change = (position: number, next: number | null, gesture: string): void => {
    if (next === null || shown === null) return;
    onChange(shown.toSpliced(position, 1, next) as unknown as Box, gesture);
  };
  return (
    <fieldset className={styles['group']} aria-labelledby={`${id}-title`}>
      <Checkbox
        size="xs"
        label={size === null ? 'Whole volume' : `Whole volume (${formatSize(size)})`}
        checked={value === null}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? null : wholeBox(size ?? [1, 1, 1]), null)
        }
      />
      {value === null || shown === null ? null : (
        <div className={styles['box']}>
          <span />
          <span className={styles['columnTitle']}>from</span>
          <span className={styles['columnTitle']}>to (excluded)</span>
          <span className={styles['columnTitle']}>voxels</span>
          {AXES.map((axis, i) => {
            const from = shown[2 * i] as number;
            const to = shown[2 * i + 1] as number;
            return (
              <BoxRow
                key={axis}
                axis={axis}
                from={from}
                to={to}
                edge={size?.[i]}
                invalid={problem !== null}
                onFrom={(next, gesture) => change(2 * i, next, gesture)}
                onTo={(next, gesture) => change(2 * i + 1, next, gesture)}
              />
            );
          })}
        </div>
      )}
    </fieldset>
  );
}

function BoxRow(props: {
  readonly axis: string;
  readonly from: number;
  readonly to: number;
  readonly edge: number | undefined;
  readonly invalid: boolean;
  readonly onFrom: (value: number | null, gesture: string) => void;
  readonly onTo: (value: number | null, gesture: string) => void;
}) {
  const { axis, from, to, edge } = props;
  const beyond = edge !== undefined && to > edge;
  return (
    <>
      <span className={styles['axis']}>{axis}</span>
      <NumberInput
        label={`${axis} from`}
        integer
        min={0}
        max={edge === undefined ? undefined : edge - 1}
        value={from}
        invalid={props.invalid && from >= to}
        onChange={props.onFrom}
      />
      <NumberInput
        label={`${axis} to, excluded`}
        integer
        min={1}
        max={edge}
        value={to}
        invalid={beyond || (props.invalid && from >= to)}
        onChange={props.onTo}
      />
      <span className={styles['count']}>{Math.max(0, to - from)}</span>
    </>
  );
}
