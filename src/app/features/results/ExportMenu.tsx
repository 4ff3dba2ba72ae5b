/** Everything that can be written to a file: numbers, labels, images, the recipe. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { ActionItem, ActionItems } from '../../ActionItems.tsx';
import { findAction } from '../../actions.ts';
import { useWorkbench } from '../../workbench-context.tsx';

export function ExportMenu() {
  const workbench = useWorkbench();
  return (
    <Menu position="top-end" width={320}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={14} aria-hidden />}
          rightSection={<IconChevronDown size={12} aria-hidden />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ActionItems group="Export" />
        <ActionItem action={findAction('save-recipe', workbench)} />
      </Menu.Dropdown>
    </Menu>
  );
}
