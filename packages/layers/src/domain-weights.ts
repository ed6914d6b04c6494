import { cast, equal, expandDims, mul, range, reciprocal, reshape, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** Which domain each sample is of: an array of numbers, or a tensor `[batch]` or `[batch, 1]` of them or `[batch, domains]` of weights. */
export type DomainLabels = readonly number[] | Tensor;

/**
 * A weight of every domain for each sample, from labels in a tensor. Numbers are compared, not read, for reading waits for the
 * device; one that is no domain makes its sample's weights NaN.
 *
 * @param network name for error messages
 * @param labels `[batch]` or `[batch, 1]`, numbers of domains, or `[batch, domains]`, one-hot or soft
 * @param batch number of samples
 * @param domains number of domains there are
 * @returns float32 `[batch, domains]`
 */
export function domainWeights(network: string, labels: Tensor, batch: number, domains: number): Tensor2D {
  const { rank, shape } = labels;
  const areNumbers = rank === 1 || (rank === 2 && shape[1] === 1 && (domains > 1 || labels.dtype === 'int32'));
  if (shape[0] !== batch || !(areNumbers || (rank === 2 && shape[1] === domains))) {
    throw new Error(`${network}: domain must be [${batch}] numbers or [${batch}, ${domains}] weights of domains, got [${shape.join(', ')}]`);
  }
  return tidy(() => {
    if (!areNumbers) return cast(labels as Tensor2D, 'float32').clone();
    const column = cast(expandDims(reshape(labels, [batch]), 1), 'float32');
    const oneHot = cast<Tensor2D>(equal(column, range(0, domains, 1, 'float32')), 'float32');
    return mul(oneHot, reciprocal(sum(oneHot, 1, true)));
  });
}

/** Whether labels are a tensor, of whichever copy of tfjs. */
export function isTensor(labels: unknown): labels is Tensor {
  return typeof labels === 'object' && labels !== null && 'dataId' in labels && 'shape' in labels;
}
