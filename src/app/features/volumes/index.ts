export { VolumeDialog } from './lazy-dialogs.ts';
export { VolumesPanel } from './VolumesPanel.tsx';
