export { encodeParity, rebuildPiece } from './reed-solomon.ts';
