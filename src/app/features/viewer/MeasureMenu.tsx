/** The measuring tools; the one in hand is marked. */
import { Menu, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconRuler2 } from '@tabler/icons-react';
import { MEASURE_TOOLS, useMeasures } from '../../stores/measures.ts';
import styles from './viewer.module.css';

export function MeasureMenu({ disabled }: { readonly disabled: boolean }) {
  const tool = useMeasures((state) => state.tool);
  const { toggleTool, addWhole } = useMeasures.getState();
  const title = MEASURE_TOOLS.find(({ id }) => id === tool)?.title;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Tooltip label="Measure: two clicks, or a drag; Esc takes back">
          <UnstyledButton
            className={styles['menu']}
            disabled={disabled}
            data-on={tool !== null}
            aria-label={title === undefined ? 'Measure' : `Measure: ${title}`}
          >
            <IconRuler2 size={16} stroke={1.6} aria-hidden />
            {title !== undefined && <span className={styles['toolName']}>{title}</span>}
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {MEASURE_TOOLS.map(({ id, title: name, key }) => (
          <Menu.Item
            key={id}
            rightSection={id === tool ? <IconCheck size={14} aria-label="in hand" /> : key}
            onClick={() => toggleTool(id)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={addWhole}>Statistics of the volume</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
