/** How two states of the recipe, or two volumes, are seen at once, and which the other one is. */
import { Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconColumns2 } from '@tabler/icons-react';
import { COMPARE_MODES, useViewer } from '../../stores/viewer.ts';
import { type ComparedState, type RefusedVolume, useCompared } from './comparison.ts';
import styles from './viewer.module.css';

interface CompareMenuProps {
  readonly states: readonly ComparedState[];
  /** Other volumes that cannot lie over the shown one. */
  readonly refused: readonly RefusedVolume[];
}

export function CompareMenu({ states, refused }: CompareMenuProps) {
  const mode = useViewer((state) => state.compareMode);
  const compared = useCompared(states);
  const { setCompareMode, setComparedId } = useViewer.getState();
  const inUse = <IconCheck size={14} aria-label="in use" />;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Tooltip
          label={
            states.length === 0
              ? 'Compare: there is no other state at this place yet'
              : 'Compare two states of the recipe, or two volumes'
          }
        >
          <UnstyledButton
            className={styles['menu']}
            disabled={states.length + refused.length === 0}
            data-on={compared !== null}
            aria-label="Compare"
          >
            <IconColumns2 size={16} stroke={1.6} aria-hidden />
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {COMPARE_MODES.map(({ id, title }) => (
          <Menu.Item
            key={id}
            rightSection={id === mode ? inUse : null}
            onClick={() => setCompareMode(id)}
          >
            {title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Compared with</Menu.Label>
        {states.map(({ id, title }) => (
          <Menu.Item
            key={id}
            rightSection={id === compared?.id ? inUse : null}
            onClick={() => setComparedId(id)}
          >
            {title}
          </Menu.Item>
        ))}
        {refused.map(({ id, title, obstacle }) => (
          <Menu.Item key={id} disabled>
            {title}
            <small className={styles['refused']}>{obstacle}</small>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
