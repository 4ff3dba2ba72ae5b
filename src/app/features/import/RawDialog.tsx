/** Asks how a file without a header is laid out, and shows its middle slices as they would be. */
import { Button, Modal, NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { RawPictures } from '../../../../workers/engine-api.ts';
import { isUserError } from '../../../errors/errors.ts';
import {
  RAW_FIELDS,
  type RawLayout,
  rawBytes,
  rawLayoutProblem,
  rawLayoutText,
} from '../../../volume/raw-layout.ts';
import { formatBytes } from '../../components/format.ts';
import { ParameterForm } from '../../components/parameter-form/ParameterForm.tsx';
import { SlicePreview } from './SlicePreview.tsx';
import type { RawQuestion } from '../../stores/workspace.ts';
import { useWorkbench, useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import { enteredSpacing, VoxelSizeFields, voxelSizeEntry } from './VoxelSizeFields.tsx';
import styles from './import.module.css';
import own from './opening.module.css';

export function RawDialog() {
  const workspace = useWorkspace();
  const question = useWorkspaceState((state) => state.rawQuestion);
  const name = question?.offer.name ?? '';
  return (
    <Modal
      opened={question !== null}
      onClose={() => workspace.answerRaw(null)}
      title={`Open ${name} as raw voxels`}
      size={860}
    >
      {question === null ? null : <RawForm key={name} question={question} />}
    </Modal>
  );
}

/** How long a field rests before the pictures follow it. */
const REST_MS = 120;

function usePictures({ files }: RawQuestion, layout: RawLayout, fits: boolean): RawPictures | null {
  const { client } = useWorkbench();
  const [pictures, setPictures] = useState<RawPictures | null>(null);
  useEffect(() => {
    if (!fits) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      client.rawPictures(files, layout).then(
        (made) => {
          if (isCurrent) setPictures(made);
        },
        // Opening tells what cannot be read.
        () => undefined,
      );
    }, REST_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, files, layout, fits]);
  return fits ? pictures : null;
}

function noteOf(layout: RawLayout, bytes: number): string {
  const left = bytes - rawBytes(layout);
  if (left === 0 || left === layout.gap) return 'Takes the file to its last byte.';
  return `${left} of ${bytes} bytes (${formatBytes(left)}) are left over at the end.`;
}

const OWN = 'own';

function RawForm({ question }: { readonly question: RawQuestion }) {
  const workspace = useWorkspace();
  const { offer } = question;
  const [layout, setLayout] = useState(offer.guesses[0]?.layout as RawLayout);
  const [voxel, setVoxel] = useState(voxelSizeEntry(offer.spacing));
  const [voxelProblem, setVoxelProblem] = useState<string | null>(null);
  const problem = rawLayoutProblem(layout, offer.bytes);
  const pictures = usePictures(question, layout, problem === null);
  const text = rawLayoutText(layout);
  const guessed = offer.guesses.findIndex((guess) => rawLayoutText(guess.layout) === text);

  function open(): void {
    try {
      workspace.answerRaw({ raw: layout, spacing: enteredSpacing(voxel) });
    } catch (error) {
      if (!isUserError(error)) throw error;
      setVoxelProblem(error.message);
    }
  }

  return (
    <form
      className={own['rawForm']}
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) open();
      }}
    >
      <div className={own['rawColumns']}>
        <div className={own['rawFields']}>
          <p className={styles['placeFacts']}>
            The file has no header that is known: {formatBytes(offer.bytes)} of voxels. The layout
            is guessed from its name, its size and its bytes; the pictures show whether it is right.
          </p>
          <NativeSelect
            size="xs"
            label={`Guesses (${offer.guesses.length})`}
            data-autofocus
            value={guessed < 0 ? OWN : String(guessed)}
            data={[
              ...offer.guesses.map((guess, i) => ({
                value: String(i),
                label: `${rawLayoutText(guess.layout)} · ${guess.reason}`,
              })),
              ...(guessed < 0 ? [{ value: OWN, label: `${text} · as entered` }] : []),
            ]}
            onChange={({ currentTarget }) => {
              const guess = offer.guesses[Number(currentTarget.value)];
              if (guess !== undefined) setLayout(guess.layout);
            }}
          />
          <ParameterForm
            id="raw"
            fields={RAW_FIELDS}
            values={layout}
            onChange={(name, value) => setLayout({ ...layout, [name]: value } as RawLayout)}
          />
          <fieldset className={own['rawVoxel']}>
            <legend>Voxel size, left empty where it is not known</legend>
            <VoxelSizeFields
              value={voxel}
              problemId={voxelProblem === null ? null : 'raw-voxel-problem'}
              onChange={(next) => {
                setVoxelProblem(null);
                setVoxel(next);
              }}
            />
            {voxelProblem === null ? null : (
              <p id="raw-voxel-problem" className={styles['problem']} role="alert">
                {voxelProblem}
              </p>
            )}
          </fieldset>
        </div>
        <div className={own['rawPictures']}>
          <SlicePreview
            slice={pictures?.xy ?? null}
            title={`XY, slice ${layout.depth >> 1} of ${layout.depth}`}
          />
          <SlicePreview
            slice={pictures?.xz ?? null}
            title={`XZ, row ${layout.height >> 1} of ${layout.height}`}
          />
        </div>
      </div>
      {problem === null ? (
        <p className={styles['placeFacts']} role="status">
          {noteOf(layout, offer.bytes)}
        </p>
      ) : (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
      <div className={styles['formActions']}>
        <Button variant="default" onClick={() => workspace.answerRaw(null)}>
          Cancel
        </Button>
        <Button type="submit" disabled={problem !== null}>
          Open
        </Button>
      </div>
    </form>
  );
}
