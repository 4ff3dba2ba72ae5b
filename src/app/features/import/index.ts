export { DropTarget } from './DropTarget.tsx';
export {
  AddressDialog,
  ChoicesDialog,
  DatasetDialog,
  PhantomDialog,
  PlaceDialog,
  RawDialog,
  VoxelSizeDialog,
} from './lazy-dialogs.ts';
export { StartScreen } from './StartScreen.tsx';
