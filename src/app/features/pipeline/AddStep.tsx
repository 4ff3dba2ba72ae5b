/** Adds an operation: those that fit somewhere in the recipe, by family. */
import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Fragment } from 'react';
import { shortcutText } from '../../action.ts';
import { ActionItem } from '../../ActionItems.tsx';
import { addActionId, findAction } from '../../actions.ts';
import { useSteps, useWorkbench, useWorkspaceState } from '../../workbench-context.tsx';
import { FAMILIES } from './families.ts';
import styles from './pipeline.module.css';

export function AddStep() {
  const workbench = useWorkbench();
  // Read so that the items follow the recipe: what fits depends on it.
  useSteps();
  const operations = useWorkspaceState(
    (state) => (state.selected, state.engine?.operations ?? null),
  );
  if (operations === null) return null;
  const { shortcut } = findAction('add-step', workbench);
  return (
    <div className={styles['add']}>
      <Menu position="right-end" width={300}>
        <Menu.Target>
          <Button
            fullWidth
            variant="subtle"
            justify="flex-start"
            leftSection={<IconPlus size={15} aria-hidden />}
            rightSection={shortcut === null ? null : <kbd>{shortcutText(shortcut)}</kbd>}
            classNames={{ label: styles['addLabel'] ?? '' }}
          >
            Add step
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="60vh" className={styles['addMenu']}>
          {FAMILIES.map(([family, title]) => {
            const fitting = operations
              .filter((operation) => operation.family === family)
              .map(({ id }) => findAction(addActionId(id), workbench))
              .filter((action) => action.obstacle(workbench) === null);
            if (fitting.length === 0) return null;
            return (
              <Fragment key={family}>
                <Menu.Label>{title}</Menu.Label>
                {fitting.map((action) => (
                  <ActionItem key={action.id} action={action} />
                ))}
              </Fragment>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
