export { MeasureTab } from './MeasureTab.tsx';
export { VIEWER_KEYS } from './use-viewer-keys.ts';
export { Viewer } from './Viewer.tsx';
