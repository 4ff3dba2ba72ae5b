export { AboutDialog, Palette, ShortcutsSheet } from './Dialogs.tsx';
export { Header } from './Header.tsx';
export { Messages } from './Messages.tsx';
export { useShortcuts } from './use-shortcuts.ts';
