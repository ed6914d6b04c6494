import { stack, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamState } from '@stargan/optimizers';
import { EMA_NETWORKS, type NetworkName } from '../networks/networks.js';
import type { TrainingState } from './state.js';

/** What a tensor of the state is. With β₁ = 0 a mean gradient is the last gradient. */
export type TensorRole = 'mean gradient' | 'mean squared gradient' | 'weight' | 'moving average';

/** A tensor with values that are not finite. */
export interface NonFiniteTensor {
  /** What it is. */
  readonly role: TensorRole;
  /** The network that it belongs to. */
  readonly network: NetworkName;
  /** Its parameter. */
  readonly name: string;
  /** How many of its values are not finite. */
  readonly count: number;
  /** How many there are. */
  readonly size: number;
}

/** The values of one tensor of the state. */
export interface StateValues {
  /** What it is. */
  readonly role: TensorRole;
  /** The network that it belongs to. */
  readonly network: NetworkName;
  /** Its parameter. */
  readonly name: string;
  /** Its values, in TensorFlow's order. */
  readonly values: Float32Array;
}

/** The order of an iteration: what goes wrong in one is wrong in those after it. */
const ORDER = ['discriminator', 'generator', 'mappingNetwork', 'styleEncoder'] as const satisfies readonly NetworkName[];

interface Part {
  readonly role: TensorRole;
  readonly tensor: Tensor;
  readonly read: () => Iterable<StateValues>;
}

/** The state in tensors, in the order in which an iteration changes them. */
function* partsOf({ weights, ema, moments }: TrainingState): Generator<Part> {
  for (const network of ORDER) {
    const state = moments[network];
    if (state !== undefined) yield* momentParts(network, state);
    yield* weightParts('weight', network, weights[network]);
  }
  for (const network of EMA_NETWORKS) yield* weightParts('moving average', network, ema[network]);
}

function* momentParts(network: NetworkName, { layout, first, second }: AdamState): Generator<Part> {
  for (const [role, tensor] of [
    ['mean gradient', first],
    ['mean squared gradient', second],
  ] as const) {
    yield {
      role,
      tensor,
      *read() {
        const values = tensor.dataSync<'float32'>();
        let begin = 0;
        for (const [i, name] of layout.names.entries()) {
          const end = begin + layout.sizes[i]!;
          yield { role, network, name, values: values.subarray(begin, end) };
          begin = end;
        }
      },
    };
  }
}

function* weightParts(role: TensorRole, network: NetworkName, tensors: Readonly<Record<string, Tensor>>): Generator<Part> {
  for (const [name, tensor] of Object.entries(tensors)) {
    yield { role, tensor, read: () => [{ role, network, name, values: tensor.dataSync<'float32'>() }] };
  }
}

/**
 * Every tensor of the state by name, in the order in which an iteration changes them.
 *
 * @param state stays as it is
 */
export function* stateValues(state: TrainingState): Generator<StateValues> {
  for (const { read } of partsOf(state)) yield* read();
}

/**
 * The first tensor of a state, in the order in which an iteration changes them, that is not finite: an infinity or a
 * NaN in a gradient stays in the optimiser's moments. One reduction per tensor and one read where all is well.
 *
 * @param state stays as it is
 */
export function findNonFinite(state: TrainingState): NonFiniteTensor | undefined {
  const parts = [...partsOf(state)];
  const sums = readSums(parts);
  for (const [i, { read }] of parts.entries()) {
    if (Number.isFinite(sums[i])) continue;
    for (const { values, ...named } of read()) {
      const count = values.reduce((found, value) => (Number.isFinite(value) ? found : found + 1), 0);
      if (count > 0) return { ...named, count, size: values.length };
    }
  }
  return undefined;
}

/**
 * The same after every iteration, at half the cost: a gradient that is not finite always shows in the mean squared
 * gradient, and moving averages of finite weights are finite.
 *
 * @param state stays as it is
 * @param sums the sum of each tensor, [count]; one that is compiled, if it is called often
 */
export function findNonFiniteUpdate(state: TrainingState, sums = sumsOf): NonFiniteTensor | undefined {
  const parts = [...partsOf(state)].filter(({ role }) => role === 'mean squared gradient' || role === 'weight');
  return readSums(parts, sums).every(Number.isFinite) ? undefined : findNonFinite(state);
}

/** A NaN or an infinity always reaches the sum. A sum may also overflow by itself, which the values then tell. */
export function sumsOf(tensors: readonly Tensor[]): Tensor {
  return tidy(() => stack(tensors.map((tensor) => sum(tensor))));
}

function readSums(parts: readonly Part[], of = sumsOf): Float32Array {
  const sums = of(parts.map(({ tensor }) => tensor));
  const values = sums.dataSync<'float32'>();
  sums.dispose();
  return values;
}

/** `the weight main.0.weight of the discriminator is not finite (3 of 864 values)` */
export function describeFault({ role, network, name, count, size }: NonFiniteTensor): string {
  const value = role === 'weight' || role === 'moving average' ? `the ${role} ${name}` : `the ${role} of ${name}`;
  return `${value} in the ${network} is not finite (${count} of ${size} values)`;
}
