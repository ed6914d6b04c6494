import { stateFromWeights, type Optimizers, type TrainingState } from '../iteration/state.js';
import { EMA_NETWORKS } from '../networks/networks.js';
import { copyWeights, disposeAll } from '../networks/weights.js';
import type { Pretrained, WeightsOrigin } from './find-pretrained.js';
import type { TransferPlan } from './plan-transfer.js';
import { transferWeights } from './transfer-weights.js';

/** A state before the first iteration, and where its weights are from. */
export interface PretrainedState {
  /** The state, which the caller owns. */
  readonly state: TrainingState;
  /** Where the weights that are not new are from. */
  readonly origin: WeightsOrigin;
}

/**
 * The state before the first iteration of a training that begins with the weights of a trained model. Its moving averages begin as the
 * weights, and the moments of its optimisers at zero: what they were measured on, other domains or another image size, is past, and with
 * β₁ = 0 and β₂ = 0.99 they are filled within some hundred iterations.
 *
 * @param pretrained the trained model, as `findPretrained` gives it
 * @param plan what is taken over, as `planTransfer` gives it
 * @param optimizers one per network of the new model
 * @param seed of what is new, a whole number ≥ 0
 * @throws naming the file of the trained model that cannot be read
 */
export async function stateFromPretrained(
  pretrained: Pretrained,
  plan: TransferPlan,
  optimizers: Optimizers,
  seed: number,
): Promise<PretrainedState> {
  const { weights: old, origin } = await pretrained.read();
  try {
    const weights = transferWeights(plan, old, seed);
    return { state: stateFromWeights(weights, copyWeights(weights, EMA_NETWORKS), optimizers, plan.frozen), origin };
  } finally {
    disposeAll(...Object.values(old));
  }
}
