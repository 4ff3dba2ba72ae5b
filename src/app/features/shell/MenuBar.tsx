/** All actions by menu, as in a desktop program: arrow keys go from menu to menu. */
import { Menu, UnstyledButton } from '@mantine/core';
import { Fragment, type KeyboardEvent, useRef, useState } from 'react';
import type { ActionGroup } from '../../action.ts';
import { ActionItems } from '../../ActionItems.tsx';
import styles from './shell.module.css';

interface MenuParts {
  readonly title: string;
  readonly groups: readonly ActionGroup[];
  /** Groups that open beside the menu, under their own names. */
  readonly beside?: readonly ActionGroup[];
}

const MENUS: readonly MenuParts[] = [
  { title: 'File', groups: ['File'], beside: ['Volumes', 'Export', 'Export surface'] },
  { title: 'Edit', groups: ['Edit'], beside: ['Correct labels'] },
  { title: 'Recipe', groups: ['Recipe', 'Step', 'Preset'], beside: ['Add step'] },
  {
    title: 'View',
    groups: ['Views', 'Theme', 'Layout'],
    beside: ['3-D', 'Window', 'Colour map', 'Slab', 'Compare', 'Measure'],
  },
  { title: 'Help', groups: ['Help'] },
];

export function MenuBar() {
  const [opened, setOpened] = useState<number | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  /** The menu that the pointer opened on its way over the title: its click does not close it. */
  const hovered = useRef<number | null>(null);

  const goTo = (index: number): void => {
    const next = (index + MENUS.length) % MENUS.length;
    bar.current?.querySelectorAll<HTMLElement>('[data-menu]')[next]?.focus();
    if (opened !== null) setOpened(next);
  };
  const onKeyDown =
    (index: number) =>
    (event: KeyboardEvent): void => {
      const isSub = (event.target as HTMLElement).closest('[data-beside]') !== null;
      if (event.key === 'ArrowLeft' && !isSub) goTo(index - 1);
      else if (event.key === 'ArrowRight' && !isSub) goTo(index + 1);
      else if (event.key === 'Escape' && opened !== null) {
        event.stopPropagation();
        setOpened(null);
      }
    };

  return (
    <div ref={bar} className={styles['menuBar']} role="group" aria-label="Menus">
      {MENUS.map(({ title, groups, beside = [] }, index) => (
        <Menu
          key={title}
          position="bottom-start"
          width={300}
          offset={4}
          opened={opened === index}
          onChange={(isOpen) => {
            if (isOpen || hovered.current !== index) setOpened(isOpen ? index : null);
            hovered.current = null;
          }}
        >
          <Menu.Target>
            <UnstyledButton
              data-menu
              className={styles['menuTitle']}
              onKeyDown={onKeyDown(index)}
              onPointerEnter={() => {
                if (opened === null || opened === index) return;
                hovered.current = index;
                setOpened(index);
              }}
              onPointerLeave={() => {
                hovered.current = null;
              }}
            >
              {title}
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown className={styles['menuDropdown']} onKeyDown={onKeyDown(index)}>
            {groups.map((group, place) => (
              <Fragment key={group}>
                {place === 0 ? null : <Menu.Divider role="separator" />}
                <ActionItems group={group} />
              </Fragment>
            ))}
            {beside.map((group) => (
              <Menu.Sub key={group} position="right-start">
                <Menu.Sub.Target>
                  <Menu.Sub.Item data-beside>{group}</Menu.Sub.Item>
                </Menu.Sub.Target>
                <Menu.Sub.Dropdown className={styles['menuDropdown']} data-beside>
                  <ActionItems group={group} />
                </Menu.Sub.Dropdown>
              </Menu.Sub>
            ))}
          </Menu.Dropdown>
        </Menu>
      ))}
    </div>
  );
}
