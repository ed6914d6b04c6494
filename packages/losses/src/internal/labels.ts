import { cast, equal, expandDims, range, reshape, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { text } from './shapes.js';
import { stopGradient } from './stop-gradient.js';
import { described, isTensor } from './tensors.js';

/**
 * The class of each sample, in any of these forms:
 * - one whole number from 0 to classes − 1 per sample: an array, a typed array, or a tensor `[batch]` or `[batch, 1]`, int32
 *   as a rule;
 * - one weight per class, `[batch, classes]`: an array of rows or a tensor, one-hot or soft (smoothed, mixed).
 */
export type ClassLabels = ArrayLike<number> | readonly (readonly number[])[] | Tensor;

/** Class numbers that have been checked, class numbers in a tensor that have not been read back, or weights of classes. */
export type LabelKind = 'numbers' | 'unreadNumbers' | 'weights';

/** The weight of each class for each sample, float32 `[batch, classes]`, without gradient. */
export function classWeights(
  loss: string,
  labels: ClassLabels,
  batch: number,
  classes: number,
): { readonly kind: LabelKind; readonly weights: Tensor2D } {
  if (isTensor(labels)) return weightsOfTensor(loss, labels, batch, classes);
  const isList = Array.isArray(labels) || ArrayBuffer.isView(labels);
  if (!isList) throw new Error(`${loss}: labels must be a tensor or an array, got ${described(labels)}`);
  const list = Array.from<number | readonly number[]>(labels as ArrayLike<number>);
  if (list.length !== batch) throw new Error(`${loss}: labels must hold one number per sample, got ${list.length} for a batch of ${batch}`);
  // `tf.oneHot` refuses one class, and is wrong in float32 on wasm.
  const weights = tensor2d(new Float32Array(list.flatMap((label) => rowOf(loss, label, classes))), [batch, classes]);
  return { kind: Array.isArray(list[0]) ? 'weights' : 'numbers', weights };
}

function rowOf(loss: string, label: number | readonly number[], classes: number): number[] {
  if (Array.isArray(label)) {
    const row = label as readonly number[];
    if (row.length !== classes || !row.every(Number.isFinite)) {
      throw new Error(`${loss}: every row of labels must hold ${classes} finite numbers, got [${row.join(', ')}]`);
    }
    return [...row];
  }
  if (!Number.isInteger(label) || (label as number) < 0 || (label as number) >= classes) {
    throw new Error(`${loss}: every label must be a whole number from 0 to ${classes - 1}, got ${String(label)}`);
  }
  const row = new Array<number>(classes).fill(0);
  row[label as number] = 1;
  return row;
}

function weightsOfTensor(loss: string, labels: Tensor, batch: number, classes: number): ReturnType<typeof classWeights> {
  const { dtype, rank, shape } = labels;
  const isColumn = rank === 2 && shape[1] === 1 && (classes > 1 || dtype === 'int32');
  const fits = shape[0] === batch && (rank === 1 || (rank === 2 && (isColumn || shape[1] === classes)));
  if (!fits || !['bool', 'float32', 'int32'].includes(dtype)) {
    throw new Error(`${loss}: labels must be [${batch}] numbers or [${batch}, ${classes}] weights of classes, got ${dtype} ${text(shape)}`);
  }
  const constant = stopGradient(labels);
  if (rank === 2 && !isColumn) return { kind: 'weights', weights: cast(constant as Tensor2D, 'float32') };
  // Compared, not read back: reading waits for the device, and WebGPU cannot read synchronously.
  const column = cast(expandDims(reshape(constant, [batch]), 1), 'float32');
  return { kind: 'unreadNumbers', weights: cast<Tensor2D>(equal(column, range(0, classes, 1, 'float32')), 'float32') };
}
