export { CorrectBar } from './CorrectBar.tsx';
