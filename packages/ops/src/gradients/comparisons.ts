import type { GradConfig } from '@tensorflow/tfjs-core';
import { flat } from './define.js';

/**
 * Zero gradients of comparisons and of what picks a place. tfjs has none, so that nothing masked by a comparison
 * (`leakyRelu`, `where`, `maximum`, `clipByValue`, …) can be differentiated twice: the tape wants one for the mask.
 */
export const comparisons: readonly GradConfig[] = [
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map((name) => flat(name, ['a', 'b'])),
  ...['LogicalNot', 'All', 'Any', 'ArgMax', 'ArgMin'].map((name) => flat(name, ['x'])),
];
