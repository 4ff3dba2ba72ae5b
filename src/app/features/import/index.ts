export { DropTarget } from './DropTarget.tsx';
export { PhantomDialog, VoxelSizeDialog } from './lazy-dialogs.ts';
export { StartScreen } from './StartScreen.tsx';
