import { mul, sub, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { logSumExp } from './log-sum-exp.js';
import { reduceSamples, type LossOptions } from './reduction.js';
import { requireBatch, text } from './shapes.js';

function requireLabels(loss: string, labels: readonly number[], batch: number, classes: number): void {
  if (labels.length !== batch) throw new Error(`${loss}: labels must hold one number per sample, got ${labels.length} for a batch of ${batch}`);
  for (const label of labels) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new Error(`${loss}: every label must be a whole number from 0 to ${classes - 1}, got ${String(label)}`);
    }
  }
}

/** 1 at each sample's label, `[batch, classes]`. `tf.oneHot` refuses one class, and is wrong in float32 on wasm. */
function oneHot(labels: readonly number[], classes: number): Tensor2D {
  const values = new Float32Array(labels.length * classes);
  labels.forEach((label, sample) => (values[sample * classes + label] = 1));
  return tensor2d(values, [labels.length, classes]);
}

/**
 * Softmax cross entropy of an auxiliary classifier: log Σₖ exp(lₖ) − l_y, −log of the probability of the sample's own
 * class. Real images train the classifier with it, generated ones the generator (Odena, Olah and Shlens 2017, AC-GAN,
 * arXiv 1610.09585; StarGAN, arXiv 1711.09020, equations (2) and (3)). Finite at any logits, right to second order.
 *
 * @param logits float32 `[batch, classes]`.
 * @param labels one whole number from 0 to classes − 1 per sample.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 `[batch, classes]` or has no sample, or the labels do not fit.
 */
export function classificationLoss(logits: Tensor, labels: readonly number[], options: LossOptions = {}): Tensor {
  requireBatch('classificationLoss', 'logits', logits);
  if (logits.rank !== 2) throw new Error(`classificationLoss: logits must be [batch, classes], got shape ${text(logits.shape)}`);
  const [batch = 1, classes = 1] = logits.shape;
  requireLabels('classificationLoss', labels, batch, classes);
  return tidy(() => {
    const own = oneHot(labels, classes);
    // The differences to the own logit first: two large numbers would leave no digits of a small loss.
    const distances = sub(logits, sum(mul(logits, own), 1, true));
    return reduceSamples('classificationLoss', logSumExp(distances), options);
  });
}
