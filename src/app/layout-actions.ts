/** Actions on the panels of the workbench. */
import type { Action } from './action.ts';
import { action, needsSource } from './declare-action.ts';
import { focusNextRegion } from './regions.ts';
import { hiddenPanels, SIDE_PANELS, type SidePanel, togglePanel } from './stores/preferences.ts';

const PANELS: Readonly<
  Record<SidePanel, Pick<Action, 'title' | 'icon' | 'shortcut'> & { readonly holds: string }>
> = {
  left: { title: 'Left panel', icon: 'panelLeft', shortcut: 'Ctrl+B', holds: 'recipe steps' },
  bottom: {
    title: 'Bottom panel',
    icon: 'panelBottom',
    shortcut: 'Ctrl+J',
    holds: 'results measures methods log',
  },
  right: {
    title: 'Right panel',
    icon: 'panelRight',
    shortcut: 'Ctrl+Alt+B',
    holds: 'histogram parameters inspector',
  },
};

export function panelActionId(panel: SidePanel): string {
  return `panel-${panel}`;
}

export const LAYOUT_ACTIONS: readonly Action[] = [
  ...SIDE_PANELS.map((panel) => {
    const { holds, ...parts } = PANELS[panel];
    return action({
      ...parts,
      id: panelActionId(panel),
      group: 'Layout',
      keywords: `show hide collapse side bar ${holds}`,
      obstacle: needsSource,
      isOn: ({ preferences }) => !hiddenPanels(preferences.getState()).includes(panel),
      run: ({ preferences }) => togglePanel(preferences, panel),
    });
  }),
  action({
    id: 'next-region',
    title: 'Go to the next panel',
    group: 'Layout',
    icon: 'layout',
    shortcut: 'F6',
    keywords: 'focus keyboard',
    obstacle: needsSource,
    run: () => focusNextRegion(1),
  }),
  action({
    id: 'previous-region',
    title: 'Go to the previous panel',
    group: 'Layout',
    icon: 'layout',
    shortcut: 'Shift+F6',
    keywords: 'focus keyboard',
    obstacle: needsSource,
    run: () => focusNextRegion(-1),
  }),
  action({
    id: 'reset-panels',
    title: 'Reset the panels',
    group: 'Layout',
    icon: 'layout',
    keywords: 'layout default sizes show all',
    run: ({ preferences }) => preferences.setState({ panels: {}, hidden: null }),
  }),
];
