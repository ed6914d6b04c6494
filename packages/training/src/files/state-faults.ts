import { describeFault, findNonFinite, type NonFiniteTensor } from '../iteration/finite.js';
import type { TrainingState } from '../iteration/state.js';
import type { NetworkName, Networks } from '../networks/networks.js';
import { describeOverflow, findOverflow, type ProbeSizes } from '../networks/probe.js';

/** What was found not to be finite after an iteration. */
export interface NonFiniteFinding {
  /** The first of the losses. */
  readonly loss?: { readonly name: string; readonly value: number };
  /** The first of the tensors. */
  readonly tensor?: NonFiniteTensor;
  /** The first network whose finite weights are too large to compute with, and whether the moving averages are meant. */
  readonly overflow?: { readonly network: NetworkName; readonly averages: boolean };
}

/**
 * What keeps a state from being saved, sampled from or accepted as the result: a tensor that is not finite, or networks
 * whose outputs are not.
 *
 * @param networks that the state is of
 * @param state of a training; it is not changed
 * @param domains number of domains
 * @param sizes of what the networks are given
 */
export function findUnusable(networks: Networks, state: TrainingState, domains: number, sizes: ProbeSizes): NonFiniteFinding | undefined {
  const tensor = findNonFinite(state);
  if (tensor !== undefined) return { tensor };
  for (const averages of [false, true]) {
    const network = findOverflow(networks, averages ? state.ema : state.weights, domains, sizes);
    if (network !== undefined) return { overflow: { network, averages } };
  }
  return undefined;
}

/**
 * A finding in words: `the loss D/latent_reg is NaN, and the weight … is not finite`.
 *
 * @param finding what was found
 */
export function describeFinding({ loss, tensor, overflow }: NonFiniteFinding): string {
  return [
    ...(loss === undefined ? [] : [`the loss ${loss.name} is ${loss.value}`]),
    ...(tensor === undefined ? [] : [describeFault(tensor)]),
    ...(overflow === undefined ? [] : [`${describeOverflow(overflow.network)}${overflow.averages ? ' (with the moving averages)' : ''}`]),
  ].join(', and ');
}
