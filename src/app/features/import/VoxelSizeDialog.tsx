/** Asks for the voxel size where the file does not state it; "unknown" is an answer. */
import { Button, Checkbox, Modal, NativeSelect } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { UserError } from '../../../errors/errors.ts';
import { createSpacing, LENGTH_UNITS, type LengthUnit } from '../../../volume/length.ts';
import { NumberInput } from '../../components/parameter-form/NumberInput.tsx';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { voxelSizeHints } from './voxel-size-hints.ts';
import styles from './import.module.css';

type Edges = readonly [number | null, number | null, number | null];

export function VoxelSizeDialog() {
  const { source, asks } = useWorkspaceState((state) => ({
    source: state.source,
    asks: state.asksVoxelSize,
  }));
  const workspace = useWorkspace();
  return (
    <Modal
      opened={asks && source !== null}
      onClose={() => workspace.askVoxelSize(false)}
      title="Voxel size"
      size={440}
    >
      {source === null ? null : <VoxelSizeForm key={source.handle} source={source} />}
    </Modal>
  );
}

function VoxelSizeForm({ source }: { readonly source: VolumeInfo }) {
  const workspace = useWorkspace();
  const known = source.spacing;
  const [edges, setEdges] = useState<Edges>(known?.values ?? [null, null, null]);
  const [unit, setUnit] = useState<LengthUnit>(known?.unit ?? 'µm');
  const [cubic, setCubic] = useState(
    known === null || known.values.every((edge) => edge === known.values[0]),
  );
  const [problem, setProblem] = useState<string | null>(null);
  const hints = voxelSizeHints(source.tags);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const [x, y, z] = cubic ? [edges[0], edges[0], edges[0]] : edges;
    if (x === null || y === null || z === null) {
      setProblem('Enter a number greater than 0, or leave the voxel size unknown.');
      return;
    }
    try {
      void workspace.setVoxelSize(createSpacing([x, y, z], unit));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      setProblem(error.message);
    }
  }

  const setEdge = (axis: number, value: number | null): void => {
    setProblem(null);
    setEdges(edges.map((edge, i) => (i === axis ? value : edge)) as unknown as Edges);
  };

  return (
    <form onSubmit={submit} className={styles['voxelForm']}>
      <p>
        {known === null
          ? `${source.name} does not state a voxel size with its unit. Fractions and tortuosity factors do not need it where voxels are cubes; lengths and areas do.`
          : `From: ${source.spacingSource || 'the file'}.`}
      </p>
      {known === null
        ? source.warnings
            .filter((warning) => /voxel size/i.test(warning))
            .map((warning) => (
              <p key={warning} className={styles['warning']}>
                {warning}
              </p>
            ))
        : null}
      <div className={styles['edges']}>
        {(cubic ? ['edge'] : ['x', 'y', 'z']).map((name, axis) => (
          <div key={name} className={styles['edge']}>
            <label htmlFor={`voxel-${name}`}>{cubic ? 'Edge length' : `Along ${name}`}</label>
            <NumberInput
              id={`voxel-${name}`}
              value={edges[axis] ?? null}
              nullable
              takesFocus={axis === 0}
              step={0.01}
              invalid={problem !== null}
              describedBy={problem === null ? undefined : 'voxel-problem'}
              onChange={(value) => setEdge(axis, value)}
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
            onChange={(event) => setUnit(event.currentTarget.value as LengthUnit)}
          />
        </div>
      </div>
      <Checkbox
        size="xs"
        label="Cubic voxels"
        checked={cubic}
        onChange={(event) => {
          const isCubic = event.currentTarget.checked;
          setCubic(isCubic);
          if (!isCubic) setEdges([edges[0], edges[1] ?? edges[0], edges[2] ?? edges[0]]);
        }}
      />
      {problem === null ? null : (
        <p id="voxel-problem" className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
      {hints.length === 0 ? null : (
        <details className={styles['hints']}>
          <summary>What the file says</summary>
          <dl>
            {hints.map(({ key, text }) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <div className={styles['formActions']}>
        <Button variant="default" onClick={() => void workspace.setVoxelSize(null)}>
          {known === null ? 'Unknown for now' : 'Set to unknown'}
        </Button>
        <Button type="submit">Use this size</Button>
      </div>
    </form>
  );
}
