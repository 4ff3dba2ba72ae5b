/** Asks where a further volume goes: beside what is open, or into the place of the shown one. */
import { Button, Modal } from '@mantine/core';
import { formatSize, formatSpacing } from '../../components/format.ts';
import type { ListedVolume } from '../../stores/listed-volumes.ts';
import type { PlaceQuestion } from '../../stores/workspace.ts';
import { useWorkspace, useWorkspaceState } from '../../workbench-context.tsx';
import styles from './import.module.css';

export function PlaceDialog() {
  const workspace = useWorkspace();
  const { question, shown } = useWorkspaceState((state) => ({
    question: state.question,
    shown: state.volumes.find(({ id }) => id === state.shownVolume) ?? null,
  }));
  return (
    <Modal
      opened={question !== null && shown !== null}
      onClose={() => workspace.answer(null)}
      title={`Open ${question?.name ?? ''}`}
      size={460}
    >
      {question === null || shown === null ? null : <Choice question={question} shown={shown} />}
    </Modal>
  );
}

function Choice(props: { readonly question: PlaceQuestion; readonly shown: ListedVolume }) {
  const { info, more, obstacle } = props.question;
  const { name } = props.shown;
  const workspace = useWorkspace();
  return (
    <div className={styles['place']}>
      {obstacle === null ? (
        <p>
          Added beside {name}, it shares the recipe, and all results stand in one table. Replaced,{' '}
          {name} leaves the list; it can be brought back.
        </p>
      ) : (
        <p role="alert">{obstacle}</p>
      )}
      {info === null ? null : (
        <p className={styles['placeFacts']}>
          {formatSize(info.size)} voxels,{' '}
          {info.spacing === null ? 'voxel size unknown' : formatSpacing(info.spacing)}:{' '}
          {describeAgainst(info, props.shown)}
        </p>
      )}
      {more === 0 ? null : (
        <p className={styles['placeFacts']}>
          {more === 1 ? 'One more volume' : `${more} more volumes`} will be added after it.
        </p>
      )}
      <div className={styles['formActions']}>
        <Button
          variant="default"
          data-autofocus={obstacle === null ? undefined : true}
          onClick={() => workspace.answer('replace')}
        >
          Replace {name}
        </Button>
        {obstacle === null ? (
          <Button data-autofocus onClick={() => workspace.answer('beside')}>
            Add beside it
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function describeAgainst(
  { kind, size, spacing }: ListedVolume['info'],
  { name, info }: ListedVolume,
): string {
  if (kind !== info.kind) {
    return `${kind === 'grey' ? 'grey values' : 'labels'}, which need another recipe than ${name}.`;
  }
  if (size.some((edge, axis) => edge !== info.size[axis])) return `another size than ${name}.`;
  const isSameEdge = info.spacing?.values.every((edge, axis) => edge === spacing?.values[axis]);
  return `the size of ${name}${isSameEdge === true ? ' and its voxel size' : ''}.`;
}
