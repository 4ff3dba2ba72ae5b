/** Asks for a web address and whether its host may be asked; before the answer nothing is fetched. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { AddressFacts } from '../../../../workers/engine-api.ts';
import { isUserError } from '../../../errors/errors.ts';
import type { AddressQuestion } from '../../stores/workspace.ts';
import { useWorkbench, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './import.module.css';
import own from './opening.module.css';

export function AddressDialog() {
  const workspace = useWorkspace();
  const question = useWorkspaceState((state) => state.addressQuestion);
  return (
    <Modal
      opened={question !== null}
      onClose={() => workspace.answerAddress(null)}
      title={
        question?.redirectedBy == null ? 'Open from a web address' : 'Follow to another address'
      }
      size={560}
    >
      {question === null ? null : question.redirectedBy === null ? (
        <AddressForm question={question} />
      ) : (
        <RedirectForm question={question} from={question.redirectedBy} />
      )}
    </Modal>
  );
}

/** What is known of an address, or one sentence on why it cannot be read. */
function useFacts(text: string): AddressFacts | string | null {
  const { client } = useWorkbench();
  const [facts, setFacts] = useState<AddressFacts | string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    if (text.trim() === '') {
      setFacts(null);
      return;
    }
    client.describeAddress(text).then(
      (found) => {
        if (isCurrent) setFacts(found);
      },
      (error: unknown) => {
        if (isCurrent) setFacts(isUserError(error) ? error.message : String(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [client, text]);
  return facts;
}

function AddressForm({ question }: { readonly question: AddressQuestion }) {
  const workspace = useWorkspace();
  const [text, setText] = useState(question.text);
  const facts = useFacts(text);
  const address = typeof facts === 'object' ? facts : null;
  const isLinked = question.text !== '';
  return (
    <form
      className={styles['place']}
      onSubmit={(event) => {
        event.preventDefault();
        if (address !== null) workspace.answerAddress(address);
      }}
    >
      {isLinked ? <p>The link that opened this page asks to read a file from the web.</p> : null}
      <TextInput
        size="xs"
        label="Address"
        placeholder="https://example.org/scan.tif"
        data-autofocus
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        value={text}
        error={typeof facts === 'string' && text.length > 8 ? facts : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {address === null ? (
        <p className={styles['placeFacts']}>
          A file of any format that can be dropped, or the folder of a Zarr store (….zarr).
        </p>
      ) : (
        <dl className={own['facts']}>
          <div>
            <dt>Host</dt>
            <dd>{address.host}</dd>
          </div>
          <div>
            <dt>File</dt>
            <dd>{address.name}</dd>
          </div>
          <div>
            <dt>Connection</dt>
            <dd>
              {address.isEncrypted ? 'encrypted (https)' : 'this machine or this site (http)'}
            </dd>
          </div>
          <div>
            <dt>Size</dt>
            <dd>known once the host is asked</dd>
          </div>
        </dl>
      )}
      <p className={styles['placeFacts']}>
        Nothing is fetched before you agree. The host then sees this machine’s network address and
        which file is read, as for any page; no cookies, passwords or page addresses are sent.
      </p>
      <div className={styles['formActions']}>
        <Button variant="default" onClick={() => workspace.answerAddress(null)}>
          Cancel
        </Button>
        <Button type="submit" disabled={address === null}>
          {address === null ? 'Fetch' : `Fetch from ${address.host}`}
        </Button>
      </div>
    </form>
  );
}

function RedirectForm(props: { readonly question: AddressQuestion; readonly from: string }) {
  const workspace = useWorkspace();
  const facts = useFacts(props.question.text);
  const address = typeof facts === 'object' ? facts : null;
  return (
    <form
      className={styles['place']}
      onSubmit={(event) => {
        event.preventDefault();
        if (address !== null) workspace.answerAddress(address);
      }}
    >
      <p>
        {props.from} sends the request on to another address, which a browser does not tell
        beforehand. It is read only where it is encrypted or on this machine.
      </p>
      <div className={styles['formActions']}>
        <Button variant="default" data-autofocus onClick={() => workspace.answerAddress(null)}>
          Cancel
        </Button>
        <Button type="submit" disabled={address === null}>
          Follow
        </Button>
      </div>
    </form>
  );
}
