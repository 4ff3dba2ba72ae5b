export { Header } from './Header.tsx';
export { AboutDialog, Palette, ShortcutsSheet } from './lazy-dialogs.ts';
export { Messages } from './Messages.tsx';
export { useShortcuts } from './use-shortcuts.ts';
