/** An action as an icon with its title, its shortcut or the reason against it as a tooltip. */
import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAction } from './use-action.ts';

export function ActionButton(props: { readonly id: string; readonly children: ReactNode }) {
  const { label, obstacle, isOn, run } = useAction(props.id);
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        data-action={props.id}
        {...(isOn === null ? {} : { 'aria-pressed': isOn })}
        // A disabled button takes no focus, so its tooltip could not be read.
        {...(obstacle === null ? {} : { 'aria-disabled': true, 'data-disabled': true })}
        onClick={run}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}
