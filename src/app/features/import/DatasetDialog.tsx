/** Asks which volume of a file that holds several is meant. */
import { Button, Modal, Radio } from '@mantine/core';
import { useState } from 'react';
import { formatSize } from '../../components/format.ts';
import type { DatasetQuestion, OfferedDataset } from '../../stores/workspace.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './import.module.css';

export function DatasetDialog() {
  const workspace = useWorkspace();
  const question = useWorkspaceState((state) => state.datasetQuestion);
  return (
    <Modal
      opened={question !== null}
      onClose={() => workspace.answerDataset(null)}
      title={`Which volume of ${question?.name ?? ''}?`}
      size={460}
    >
      {question === null ? null : <Choice key={question.name} question={question} />}
    </Modal>
  );
}

function voxels({ size }: OfferedDataset): number {
  return size[0] * size[1] * size[2];
}

function Choice({ question }: { readonly question: DatasetQuestion }) {
  const workspace = useWorkspace();
  const { datasets } = question;
  // The image is most often the largest of them.
  const [path, setPath] = useState(
    datasets.toSorted((a, b) => voxels(b) - voxels(a))[0]?.path ?? '',
  );
  return (
    <form
      className={styles['place']}
      onSubmit={(event) => {
        event.preventDefault();
        workspace.answerDataset(path);
      }}
    >
      <p>The file holds {datasets.length} volumes; one is opened at a time.</p>
      <Radio.Group
        value={path}
        onChange={setPath}
        label="Volume"
        className={styles['datasets'] ?? ''}
      >
        {datasets.map((dataset, i) => (
          <Radio
            key={dataset.path}
            value={dataset.path}
            data-autofocus={i === 0 ? true : undefined}
            label={dataset.path}
            description={`${formatSize(dataset.size)} voxels, ${dataset.type}`}
          />
        ))}
      </Radio.Group>
      <div className={styles['formActions']}>
        <Button variant="default" onClick={() => workspace.answerDataset(null)}>
          Cancel
        </Button>
        <Button type="submit">Open</Button>
      </div>
    </form>
  );
}
