import { add, mean, mul, relu, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch, requireSameShape } from './internal/shapes.js';
import { requireTensor } from './internal/tensors.js';
import { stopGradient } from './internal/stop-gradient.js';

// LeCam regularisation, Tseng et al. 2021 (arXiv 2104.03310): keeps a discriminator's logits near moving averages of
// the other side's, which helps where data is scarce. The averages are explicit state: `updateLecamAnchors` makes
// them, and the caller keeps them from one step to the next and saves them with the run.

/** Moving averages of the discriminator's logits, two scalars that the caller owns. */
export type LecamAnchors = {
  /** α_R, of real images. */
  readonly real: Scalar;
  /** α_F, of generated images. */
  readonly fake: Scalar;
};

function requireAnchors(loss: string, anchors: Partial<LecamAnchors> | undefined): void {
  const { real, fake } = anchors ?? {};
  requireTensor(loss, 'anchors.real', real);
  requireTensor(loss, 'anchors.fake', fake);
}

/**
 * The anchors after one more step: decay · anchor + (1 − decay) · mean of the logits, without gradient.
 *
 * @param anchors those of the step before, which the caller disposes; `undefined` at the first step, which takes the means as they
 * are.
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @param options `decay` in [0, 1), default 0.99.
 * @returns new anchors; the caller owns them.
 * @throws when logits are not float32 or have no sample, or `decay` is out of range.
 */
export function updateLecamAnchors(
  anchors: LecamAnchors | undefined,
  realLogits: Tensor,
  fakeLogits: Tensor,
  { decay = 0.99 }: { readonly decay?: number | undefined } = {},
): LecamAnchors {
  requireBatch('updateLecamAnchors', 'realLogits', realLogits);
  requireBatch('updateLecamAnchors', 'fakeLogits', fakeLogits);
  if (!(decay >= 0 && decay < 1)) throw new Error(`updateLecamAnchors: decay must be in [0, 1), got ${String(decay)}`);
  if (anchors !== undefined) requireAnchors('updateLecamAnchors', anchors);
  const moved = (before: Scalar | undefined, logits: Tensor): Scalar =>
    tidy(() => {
      const now = mean(logits);
      return stopGradient(before === undefined ? now : add(mul(before, decay), mul(now, 1 - decay))) as Scalar;
    });
  return { real: moved(anchors?.real, realLogits), fake: moved(anchors?.fake, fakeLogits) };
}

/** Options of {@link lecamPenalty}. */
export interface LecamOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * Whether only logits beyond the other side's anchor are penalised, max(0, D(x) − α_F)² and max(0, α_R − D(G(z)))²,
   * as in the authors' code; default false, the paper's equation.
   */
  readonly oneSided?: boolean | undefined;
}

/**
 * The LeCam regulariser of the discriminator: E(D(x) − α_F)² + E(D(G(z)) − α_R)². Gradient flows to the
 * logits only; the anchors are constants.
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @param fakeLogits the same; the batch sizes may differ unless `reduction` is `'none'`.
 * @param anchors see {@link updateLecamAnchors}.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when logits are not float32, have no sample, or differ in shape with `reduction: 'none'`.
 */
export function lecamPenalty<R extends Reduction = 'mean'>(
  realLogits: Tensor,
  fakeLogits: Tensor,
  anchors: LecamAnchors,
  { oneSided = false, ...options }: LecamOptions<R> = {},
): Reduced<R> {
  requireBatch('lecamPenalty', 'realLogits', realLogits);
  requireBatch('lecamPenalty', 'fakeLogits', fakeLogits);
  if (options.reduction === 'none') requireSameShape('lecamPenalty', ['realLogits', realLogits], ['fakeLogits', fakeLogits]);
  requireAnchors('lecamPenalty', anchors);
  return tidy(() => {
    const charge = (excess: Tensor): Reduced<R> => reduceElements('lecamPenalty', square(oneSided ? relu(excess) : excess), options);
    const real = charge(sub(realLogits, stopGradient(anchors.fake)));
    const fake = charge(sub(stopGradient(anchors.real), fakeLogits));
    return add<Reduced<R>>(real, fake);
  });
}
