import { clone, concat, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { NETWORK_NAMES, type WeightsOf } from '../networks/networks.js';
import { disposeAll } from '../networks/weights.js';
import type { TransferPlan, TransferredParameter } from './plan-transfer.js';

/**
 * The weights of a new model: those of an old one, to the bit, where they are kept, and initial ones of the new model's seed elsewhere.
 *
 * @param plan what comes from where, as `planTransfer` gives it
 * @param weights of the old model, of the networks that the plan takes any from; they stay as they are
 * @param seed of what is new, a whole number ≥ 0
 * @returns weights of all four networks, which the caller owns
 */
export function transferWeights(plan: TransferPlan, weights: Partial<WeightsOf>, seed: number): WeightsOf {
  const made: Partial<WeightsOf> = {};
  try {
    for (const network of NETWORK_NAMES) {
      const parameters = plan.parameters.filter((parameter) => parameter.network === network);
      const isAllKept = parameters.every(({ size, keptSize }) => keptSize === size);
      const initial = isAllKept ? {} : plan.networks[network].init(seed);
      try {
        made[network] = Object.fromEntries(
          parameters.map((parameter) => [parameter.key, make(parameter, weights[network], initial[parameter.key])]),
        );
      } finally {
        disposeAll(initial);
      }
    }
    return made as WeightsOf;
  } catch (error) {
    disposeAll(...Object.values(made));
    throw error;
  }
}

/** A parameter of the new model: a tensor of its own. */
function make(
  { network, key, source, domainAxis }: TransferredParameter,
  weights: Readonly<Record<string, Tensor>> | undefined,
  initial: Tensor | undefined,
): Tensor {
  if (source === undefined) return clone(initial!);
  const old = weights?.[source];
  if (old === undefined) throw new Error(`transferWeights: weights must hold ${source} of the ${network}, which ${key} is taken from`);
  if (domainAxis === undefined) return clone(old);
  const { axis, shared, sources } = domainAxis;
  return tidy(() => {
    const entries = (tensor: Tensor, begin: number, size: number): Tensor => {
      const from = tensor.shape.map((_, i) => (i === axis ? begin : 0));
      return slice(
        tensor,
        from,
        tensor.shape.map((side, i) => (i === axis ? size : side)),
      );
    };
    const begins = shared > 0 ? [entries(old, 0, shared)] : [];
    const own = sources.map((label, domain) =>
      label === undefined ? entries(initial!, shared + domain, 1) : entries(old, shared + label, 1),
    );
    return concat([...begins, ...own], axis);
  });
}
