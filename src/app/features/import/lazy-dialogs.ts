/** Dialogs that are fetched when they are first wanted. */
import { lazy } from 'react';

export const PhantomDialog = lazy(async () => ({
  default: (await import('./PhantomDialog.tsx')).PhantomDialog,
}));

export const VoxelSizeDialog = lazy(async () => ({
  default: (await import('./VoxelSizeDialog.tsx')).VoxelSizeDialog,
}));

export const PlaceDialog = lazy(async () => ({
  default: (await import('./PlaceDialog.tsx')).PlaceDialog,
}));

export const DatasetDialog = lazy(async () => ({
  default: (await import('./DatasetDialog.tsx')).DatasetDialog,
}));

export const RawDialog = lazy(async () => ({
  default: (await import('./RawDialog.tsx')).RawDialog,
}));

export const AddressDialog = lazy(async () => ({
  default: (await import('./AddressDialog.tsx')).AddressDialog,
}));

export const ChoicesDialog = lazy(async () => ({
  default: (await import('./ChoicesDialog.tsx')).ChoicesDialog,
}));
