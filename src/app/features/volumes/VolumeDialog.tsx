/** What the shown volume is called, and where it stands on the axis of states. */
import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { NumberInput } from '../../components/parameter-form/NumberInput.tsx';
import type { ListedVolume } from '../../stores/listed-volumes.ts';
import { useDialog, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './volumes.module.css';

export function VolumeDialog() {
  const { opened, close } = useDialog('volume');
  const { volume, label } = useWorkspaceState((state) => ({
    volume: state.volumes.find(({ id }) => id === state.shownVolume) ?? null,
    label: state.stateLabel,
  }));
  return (
    <Modal opened={opened && volume !== null} onClose={close} title="Volume" size={420}>
      {volume === null ? null : (
        <VolumeForm key={volume.id} volume={volume} label={label} onDone={close} />
      )}
    </Modal>
  );
}

function VolumeForm(props: {
  readonly volume: ListedVolume;
  readonly label: string;
  readonly onDone: () => void;
}) {
  const { volume, onDone } = props;
  const workspace = useWorkspace();
  const [name, setName] = useState(volume.name);
  const [value, setValue] = useState(volume.value);
  const [label, setLabel] = useState(props.label);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    workspace.renameVolume(volume.id, name);
    workspace.setVolumeValue(volume.id, value);
    workspace.setStateLabel(label.trim());
    onDone();
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextInput
        size="xs"
        label="Name"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={styles['formField']}>
        <label htmlFor="volume-value">State, a number for the plot’s axis</label>
        <NumberInput
          id="volume-value"
          value={value}
          nullable
          placeholder="none: its place in the list"
          onChange={setValue}
        />
      </div>
      <TextInput
        size="xs"
        label="What the numbers of all volumes are, with the unit"
        placeholder="State of charge (%)"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <div className={styles['formActions']}>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" disabled={name.trim() === ''}>
          Save
        </Button>
      </div>
    </form>
  );
}
