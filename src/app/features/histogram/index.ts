export { HistogramPanel } from './HistogramPanel.tsx';
