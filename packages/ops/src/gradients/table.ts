import type { GradConfig } from '@tensorflow/tfjs-core';
import { arithmetic } from './arithmetic.js';
import { comparisons } from './comparisons.js';
import { convolutions } from './convolutions.js';
import { elementwise } from './elementwise.js';
import { normalization } from './normalization.js';
import { pooling } from './pooling.js';
import { reductions } from './reductions.js';
import { resizes } from './resizing.js';
import { shapes } from './shapes.js';

/**
 * A gradient of every kernel that tensorflow.js has one for, and of the kernels which those gradients are made of,
 * so that they can be differentiated again.
 */
export const gradientTable: readonly GradConfig[] = [
  ...arithmetic,
  ...comparisons,
  ...convolutions,
  ...elementwise,
  ...normalization,
  ...pooling,
  ...reductions,
  ...resizes,
  ...shapes,
];
