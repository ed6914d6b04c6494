import { concat, mul, ones, reshape, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { domainWeights, isTensor, type DomainLabels } from './domain-weights.js';
import { requireDomainLabels } from './network-arguments.js';

/**
 * Appends each sample's label as one-hot maps: how the first StarGAN tells its generator the target domain.
 * x [batch, height, width, channels] → [batch, height, width, channels + classes].
 *
 * Source: Choi et al. 2018, arXiv 1711.09020, section 3.1.
 *
 * @param x [batch, height, width, channels]
 * @param labels one whole number from 0 to classes − 1 per sample, as an array or a tensor `[batch]` or `[batch, 1]`; or a tensor
 * `[batch, classes]` of weights, one-hot or soft
 * @param classes number of classes, and of maps that are appended
 * @throws when the labels do not fit
 */
export function concatenateLabels(x: Tensor, labels: DomainLabels, classes: number): Tensor4D {
  if (x.rank !== 4) throw new Error(`concatenateLabels: x must be [batch, height, width, channels], got [${x.shape.join(', ')}]`);
  const [batch, height, width] = (x as Tensor4D).shape;
  if (isTensor(labels)) {
    return tidy(() => {
      const weights = reshape(domainWeights('concatenateLabels', labels, batch, classes), [batch, 1, 1, classes]);
      return concat([x as Tensor4D, mul<Tensor4D>(weights, ones([1, height, width, 1]))], 3);
    });
  }
  requireDomainLabels('concatenateLabels', labels, batch, classes);
  const pixels = height * width;
  const maps = new Float32Array(batch * pixels * classes);
  Array.from(labels).forEach((label, sample) => {
    for (let pixel = 0; pixel < pixels; pixel++) maps[(sample * pixels + pixel) * classes + label] = 1;
  });
  return tidy(() => concat([x as Tensor4D, tensor4d(maps, [batch, height, width, classes])], 3));
}
