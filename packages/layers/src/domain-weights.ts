import { cast, equal, expandDims, mul, range, reciprocal, reshape, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The domain of each sample, in any of these forms: an array or a typed array of whole numbers, a tensor `[batch]`
 * or `[batch, 1]` of them, int32 as a rule, or a tensor `[batch, domains]` of weights, one-hot or soft.
 */
export type DomainLabels = ArrayLike<number> | Tensor;

/**
 * The weights of all domains for each sample, from labels in a tensor. Numbers are compared, not read back, since reading waits for
 * the device; a number that is no domain makes the weights of its sample NaN.
 *
 * @param network name for error messages
 * @param labels `[batch]` or `[batch, 1]`, numbers of domains, or `[batch, domains]`, one-hot or soft
 * @param batch number of samples
 * @param domains number of domains
 * @returns float32 `[batch, domains]`
 * @throws when the shape or the dtype is none of these
 */
export function domainWeights(network: string, labels: Tensor, batch: number, domains: number): Tensor2D {
  const areNumbers = requireDomainTensor(network, labels, batch, domains);
  return tidy(() => {
    if (!areNumbers) return cast(labels as Tensor2D, 'float32').clone();
    const column = cast(expandDims(reshape(labels, [batch]), 1), 'float32');
    const oneHot = cast<Tensor2D>(equal(column, range(0, domains, 1, 'float32')), 'float32');
    return mul(oneHot, reciprocal(sum(oneHot, 1, true)));
  });
}

/**
 * Fails unless a tensor can be labels, as far as can be told without reading it back.
 *
 * @returns true for numbers of domains, false for weights
 */
export function requireDomainTensor(network: string, labels: Tensor, batch: number, domains: number): boolean {
  const { dtype, rank, shape } = labels;
  const areNumbers = rank === 1 || (rank === 2 && shape[1] === 1 && (domains > 1 || dtype === 'int32'));
  const fits = shape[0] === batch && (areNumbers || (rank === 2 && shape[1] === domains));
  if (!fits || !['bool', 'float32', 'int32'].includes(dtype)) {
    throw new Error(
      `${network}: domain must be [${batch}] numbers or [${batch}, ${domains}] weights of domains, got ${dtype} [${shape.join(', ')}]`,
    );
  }
  return areNumbers;
}

/** Whether labels are a tensor, of whichever copy of tfjs. */
export function isTensor(labels: unknown): labels is Tensor {
  return typeof labels === 'object' && labels !== null && 'dataId' in labels && 'shape' in labels;
}
