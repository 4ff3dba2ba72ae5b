export { DropTarget } from './DropTarget.tsx';
export {
  AddressDialog,
  DatasetDialog,
  PhantomDialog,
  PlaceDialog,
  RawDialog,
  VoxelSizeDialog,
} from './lazy-dialogs.ts';
export { StartScreen } from './StartScreen.tsx';
