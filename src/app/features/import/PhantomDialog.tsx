/** Generates a volume whose true numbers are known. */
import { Button, Modal, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import {
  defaultParameters,
  parseParameters,
  type RawParameters,
} from '../../../declaration/parameters.ts';
import { isUserError } from '../../../errors/errors.ts';
import type { PhantomDescriptor } from '../../../../workers/engine-api.ts';
import { ParameterForm } from '../../components/parameter-form/ParameterForm.tsx';
import { useDialog, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './import.module.css';

export function PhantomDialog() {
  const { opened, close } = useDialog('phantom');
  const phantoms = useWorkspaceState((state) => state.engine?.phantoms ?? null);
  return (
    <Modal opened={opened} onClose={close} title="Generate a phantom" size={480}>
      {phantoms === null || phantoms.length === 0 ? null : (
        <PhantomForm phantoms={phantoms} onDone={close} />
      )}
    </Modal>
  );
}

function isComplete(phantom: PhantomDescriptor, values: RawParameters): boolean {
  try {
    parseParameters(phantom.parameters, values, phantom.title);
    return true;
  } catch (error) {
    if (isUserError(error)) return false;
    throw error;
  }
}

function PhantomForm(props: {
  readonly phantoms: readonly PhantomDescriptor[];
  readonly onDone: () => void;
}) {
  const workspace = useWorkspace();
  const [id, setId] = useState(props.phantoms[0]?.id ?? '');
  const [changes, setChanges] = useState<RawParameters>({});
  const phantom = props.phantoms.find((each) => each.id === id);
  if (phantom === undefined) return null;
  const values: RawParameters = { ...defaultParameters(phantom.parameters), ...changes };
  return (
    <form
      className={styles['phantomForm']}
      onSubmit={(event) => {
        event.preventDefault();
        props.onDone();
        void workspace.generate(phantom.id, values);
      }}
    >
      <NativeSelect
        size="xs"
        label="Phantom"
        data-autofocus
        data={props.phantoms.map((each) => ({ value: each.id, label: each.title }))}
        value={id}
        onChange={(event) => {
          setId(event.currentTarget.value);
          setChanges({});
        }}
      />
      <p className={styles['summary']}>{phantom.summary}</p>
      <ParameterForm
        id={`phantom.${phantom.id}`}
        fields={phantom.parameters}
        values={values}
        onChange={(name, value) => setChanges({ ...changes, [name]: value })}
      />
      <div className={styles['formActions']}>
        <Button variant="default" onClick={() => setChanges({})}>
          Defaults
        </Button>
        <Button type="submit" disabled={!isComplete(phantom, values)}>
          Generate
        </Button>
      </div>
    </form>
  );
}
