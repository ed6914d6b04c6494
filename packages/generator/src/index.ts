export { generator, type Constant, type EncoderFeatures, type Generator, type GeneratorOptions, type StyleInjection } from './generator.js';
export type { Masks } from './high-pass-skip.js';
