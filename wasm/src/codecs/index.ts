export { arenaStart, PADDING } from './memory';
export { inflateZlib } from './inflate';
export { decodeLzw } from './lzw';
export { decodePackBits } from './pack-bits';
export { undoDifferences8, undoDifferences16, undoDifferences32 } from './differences';
