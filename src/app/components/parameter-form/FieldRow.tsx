/** A parameter's title, its help, its control and what is wrong with its value. */
import { Popover, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './parameter-form.module.css';

export interface FieldRowProps {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  /** What the field accepts, after the help. */
  readonly range?: string | undefined;
  readonly problem: string | null;
  /** Whether the control takes the row below the title. */
  readonly wide?: boolean;
  /** False where the control is a group with its own labels. */
  readonly labels?: boolean;
  readonly children: ReactNode;
}

export function FieldRow(props: FieldRowProps) {
  const { id, title, help, range, problem, wide = false, labels = true } = props;
  return (
    <div className={styles['row']} data-wide={wide || undefined}>
      <div className={styles['title']}>
        {labels ? <label htmlFor={id}>{title}</label> : <span id={`${id}-title`}>{title}</span>}
        <Popover width={280} position="left" withArrow shadow="md" trapFocus={false}>
          <Popover.Target>
            <UnstyledButton className={styles['help']} aria-label={`Help: ${title}`}>
              <IconInfoCircle size={14} aria-hidden />
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown className={styles['helpText']}>
            <p>{help}</p>
            {range === undefined ? null : <p className={styles['range']}>{range}</p>}
          </Popover.Dropdown>
        </Popover>
      </div>
      <div className={styles['control']}>{props.children}</div>
      <VisuallyHidden id={`${id}-help`}>{help}</VisuallyHidden>
      {problem === null ? null : (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
