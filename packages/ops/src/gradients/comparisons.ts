import type { GradConfig } from '@tensorflow/tfjs-core';
import { flat } from './define.js';

/**
 * Zero gradients of comparisons and of operations that pick a place. tfjs has none, and since the tape demands one for a mask, nothing
 * that is masked by a comparison (`leakyRelu`, `where`, `maximum`, `clipByValue`, …) could be differentiated twice.
 */
export const comparisons: readonly GradConfig[] = [
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map((name) => flat(name, ['a', 'b'])),
  ...['LogicalNot', 'All', 'Any', 'ArgMax', 'ArgMin'].map((name) => flat(name, ['x'])),
];
