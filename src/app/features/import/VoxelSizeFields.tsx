/** The edges of a voxel with their unit; empty where they are not known. */
import { Checkbox, NativeSelect } from '@mantine/core';
import {
  createSpacing,
  LENGTH_UNITS,
  type LengthUnit,
  type VoxelSpacing,
} from '../../../volume/length.ts';
import { NumberInput } from '../../components/parameter-form/NumberInput.tsx';
import styles from './import.module.css';

type Edges = readonly [number | null, number | null, number | null];

export interface VoxelSizeEntry {
  readonly edges: Edges;
  readonly unit: LengthUnit;
  readonly cubic: boolean;
}

export function voxelSizeEntry(known: VoxelSpacing | null): VoxelSizeEntry {
  return {
    edges: known?.values ?? [null, null, null],
    unit: known?.unit ?? 'µm',
    cubic: known === null || known.values.every((edge) => edge === known.values[0]),
  };
}

/** null where a field is empty; throws a UserError for what no voxel size can be. */
export function enteredSpacing({ edges, unit, cubic }: VoxelSizeEntry): VoxelSpacing | null {
  const [x, y, z] = cubic ? [edges[0], edges[0], edges[0]] : edges;
  return x === null || y === null || z === null ? null : createSpacing([x, y, z], unit);
}

export function VoxelSizeFields(props: {
  readonly value: VoxelSizeEntry;
  /** Of the element that says what is wrong; null where nothing is. */
  readonly problemId: string | null;
  readonly takesFocus?: boolean;
  readonly onChange: (value: VoxelSizeEntry) => void;
}) {
  const { value, problemId, takesFocus = false, onChange } = props;
  const { edges, unit, cubic } = value;
  const setEdge = (axis: number, edge: number | null): void =>
    onChange({ ...value, edges: edges.toSpliced(axis, 1, edge) as unknown as Edges });
  return (
    <>
      <div className={styles['edges']}>
        {(cubic ? ['edge'] : ['x', 'y', 'z']).map((name, axis) => (
          <div key={name} className={styles['edge']}>
            <label htmlFor={`voxel-${name}`}>{cubic ? 'Edge length' : `Along ${name}`}</label>
            <NumberInput
              id={`voxel-${name}`}
              value={edges[axis] ?? null}
              nullable
              takesFocus={takesFocus && axis === 0}
              step={0.01}
              placeholder="unknown"
              invalid={problemId !== null}
              describedBy={problemId ?? undefined}
              onChange={(edge) => setEdge(axis, edge)}
            />
          </div>
        ))}
        <div className={styles['unitSelect']}>
          <label htmlFor="voxel-unit">Unit</label>
          <NativeSelect
            id="voxel-unit"
            size="xs"
            data={[...LENGTH_UNITS]}
            value={unit}
            onChange={(event) =>
              onChange({ ...value, unit: event.currentTarget.value as LengthUnit })
            }
          />
        </div>
      </div>
      <Checkbox
        size="xs"
        label="Cubic voxels"
        checked={cubic}
        onChange={(event) => {
          const [x, y, z] = edges;
          const isCubic = event.currentTarget.checked;
          onChange({ ...value, cubic: isCubic, edges: isCubic ? edges : [x, y ?? x, z ?? x] });
        }}
      />
    </>
  );
}
