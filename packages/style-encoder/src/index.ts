export { styleEncoder, type StyleEncoder, type StyleEncoderOptions } from './style-encoder.js';
