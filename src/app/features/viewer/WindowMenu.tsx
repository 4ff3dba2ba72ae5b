/** Windows to choose from, also by phase. */
import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { VolumeInfo } from '../../../../workers/engine-api.ts';
import type { EngineClient } from '../../engine-client.ts';
import {
  applyWindowPreset,
  WINDOW_PRESETS,
  type WindowPreset,
} from '../../stores/window-presets.ts';
import { useWorkspace } from '../../workbench-context.tsx';
import styles from './viewer.module.css';

interface WindowMenuProps {
  readonly client: EngineClient;
  readonly image: VolumeInfo | null;
  readonly overlay: VolumeInfo | null;
}

export function WindowMenu({ client, image, overlay }: WindowMenuProps) {
  const workspace = useWorkspace();
  const choose = (preset: WindowPreset): void => {
    if (image === null) return;
    applyWindowPreset(client, image, overlay, preset).catch((error: unknown) =>
      workspace.report('The window could not be set', error),
    );
  };
  const phases = image === null ? [] : (overlay?.phases ?? []);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={styles['menu']} disabled={image === null}>
          Window
          <IconChevronDown size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {WINDOW_PRESETS.map(({ title, preset }) => (
          <Menu.Item key={title} onClick={() => choose(preset)}>
            {title}
          </Menu.Item>
        ))}
        {phases.length > 0 && <Menu.Label>Grey values of one phase (0.5 % to 99.5 %)</Menu.Label>}
        {phases.map(({ label, name, colour }) => (
          <Menu.Item
            key={label}
            leftSection={<span className={styles['swatch']} style={{ background: colour }} />}
            onClick={() => choose({ kind: 'phase', label })}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
