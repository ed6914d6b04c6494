export { fnv1a32 } from './fnv1a.js';
export { normalArray, permutation } from './arrays.js';
export { philox4x32 } from './philox.js';
export { randomStream, type RandomStream } from './random-stream.js';
