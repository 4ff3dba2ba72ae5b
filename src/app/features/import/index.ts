export { DropTarget } from './DropTarget.tsx';
export { PhantomDialog } from './PhantomDialog.tsx';
export { StartScreen } from './StartScreen.tsx';
export { VoxelSizeDialog } from './VoxelSizeDialog.tsx';
