export { conditionalStyleEncoder } from './conditional-style-encoder.js';
export { styleEncoder, type StyleEncoder, type StyleEncoderOptions } from './style-encoder.js';
