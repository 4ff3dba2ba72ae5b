/** Actions as the items of a menu. */
import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type Action, type ActionGroup, actionTitle, shortcutText } from './action.ts';
import { actionsOf } from './actions.ts';
import { Icon } from './components/Icon.tsx';
import { runAction, useFollowing } from './use-action.ts';
import { useWorkbench } from './workbench-context.tsx';
import styles from './app.module.css';

/** The items of a group, in the order of their declaration. */
export function ActionItems({ group }: { readonly group: ActionGroup }) {
  const workbench = useWorkbench();
  useFollowing();
  return actionsOf(workbench)
    .filter((action) => action.group === group)
    .map((action) => <ActionItem key={action.id} action={action} />);
}

export function ActionItem({ action }: { readonly action: Action }) {
  const workbench = useWorkbench();
  const obstacle = action.obstacle(workbench);
  const isOn = action.isOn?.(workbench);
  const common = {
    'data-action': action.id,
    disabled: obstacle !== null,
    ...(obstacle === null ? {} : { title: obstacle }),
    rightSection: action.shortcut === null ? null : <kbd>{shortcutText(action.shortcut)}</kbd>,
    onClick: () => runAction(action, workbench),
    children: (
      <>
        {action.shortTitle ?? actionTitle(action, workbench)}
        {action.summary === '' ? null : <small className={styles['note']}>{action.summary}</small>}
      </>
    ),
  };
  const icon = action.icon === null ? null : <Icon name={action.icon} />;
  return isOn === undefined ? (
    <Menu.Item {...common} leftSection={icon} />
  ) : (
    <Menu.CheckboxItem
      {...common}
      closeMenuOnClick
      checked={isOn}
      checkIcon={<IconCheck size={15} aria-hidden />}
    />
  );
}
