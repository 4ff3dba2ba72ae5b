/** Asks for the voxel size where the file does not state it; "unknown" is an answer. */
import { Button, Modal } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import { UserError } from '../../../errors/errors.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { enteredSpacing, VoxelSizeFields, voxelSizeEntry } from './VoxelSizeFields.tsx';
import { voxelSizeHints } from './voxel-size-hints.ts';
import styles from './import.module.css';

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
  const [entry, setEntry] = useState(voxelSizeEntry(known));
  const [problem, setProblem] = useState<string | null>(null);
  const hints = voxelSizeHints(source.tags);

  function submit(event: FormEvent): void {
    event.preventDefault();
    try {
      const spacing = enteredSpacing(entry);
      if (spacing === null) {
        setProblem('Enter a number greater than 0, or leave the voxel size unknown.');
        return;
      }
      void workspace.setVoxelSize(spacing);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      setProblem(error.message);
    }
  }

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
      <VoxelSizeFields
        value={entry}
        takesFocus
        problemId={problem === null ? null : 'voxel-problem'}
        onChange={(next) => {
          setProblem(null);
          setEntry(next);
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
