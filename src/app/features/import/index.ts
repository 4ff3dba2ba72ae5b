export { DropTarget } from './DropTarget.tsx';
export { PhantomDialog } from './lazy-dialogs.ts';
export { StartScreen } from './StartScreen.tsx';
export { VoxelSizeDialog } from './VoxelSizeDialog.tsx';
