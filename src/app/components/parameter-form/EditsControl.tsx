/** What was corrected by hand: a list from which single edits can be removed. */
import { ActionIcon } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { editTitle, type LabelEdit } from '../../../declaration/edits.ts';
import type { EditsField } from '../../../declaration/parameters.ts';
import type { FieldProps } from './context.ts';
import styles from './parameter-form.module.css';

/** The latest ones; a person who wants an older one away undoes up to it. */
const SHOWN = 100;

export function EditsControl(props: FieldProps<EditsField, readonly LabelEdit[]>) {
  const { id, value, context, onChange } = props;
  const first = Math.max(0, value.length - SHOWN);
  if (value.length === 0) {
    return <p className={styles['hint']}>Nothing is drawn yet: press K and paint in a slice.</p>;
  }
  return (
    <div className={styles['edits']} role="group" aria-labelledby={`${id}-title`} tabIndex={0}>
      {first > 0 && <p className={styles['hint']}>{first} older edits are not listed.</p>}
      <ol className={styles['editList']} start={first + 1}>
        {value.slice(first).map((edit, i) => {
          const phase = context.phases.find(({ label }) => label === edit.label);
          const title = `${editTitle(edit)}: ${phase?.name ?? `label ${edit.label}`}`;
          return (
            // The same stroke can be there twice, so the place in the list is the key.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={first + i}>
              <span
                className={styles['swatch']}
                style={{ background: phase?.colour ?? 'transparent' }}
              />
              <span className={styles['valueTitle']}>{title}</span>
              <ActionIcon
                aria-label={`Remove edit ${first + i + 1}: ${title}`}
                onClick={() => onChange(value.toSpliced(first + i, 1), null)}
              >
                <IconTrash size={14} aria-hidden />
              </ActionIcon>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
