// Trains a small model some iterations with its domains in lists and in tensors, and prints how far the states are apart, as JSON. Run
// with testing/float64.mjs, where the order of sums makes next to no difference.
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { normalArray, randomStream } from '@stargan/random';
import { buildNetworks } from '../../networks/networks.js';
import { smallConfig } from '../../testing/small-config.js';
import { disposeBatch, tensorBatch, type LabelForm } from '../batch.js';
import { stateValues } from '../finite.js';
import { trainIteration } from '../iteration.js';
import { buildOptimizers, initialState } from '../state.js';

/** What is printed. */
export interface LabelFormDifference {
  /** The tensor. */
  readonly name: string;
  /** Largest difference of its values between the two. */
  readonly difference: number;
  /** Largest value. */
  readonly size: number;
}

/** By them every domain comes, once and several times in a batch. */
const ITERATIONS = [1, 2];
const DOMAINS = 3;

function train(labels: LabelForm): Map<string, number[]> {
  const config = smallConfig({ batch: 3, diversityIterations: 10 });
  const networks = buildNetworks(config, DOMAINS);
  const optimizers = buildOptimizers(config);
  const state = initialState(networks, optimizers, 1);
  const { imageSize, latentDim } = config;
  for (const iteration of ITERATIONS) {
    const images = (kind: string): Float32Array =>
      Float32Array.from(normalArray(3 * imageSize ** 2 * 3, randomStream(3, kind, iteration)), Math.tanh);
    const decoded = {
      iteration,
      source: { images: images('source'), domains: [0, 1, iteration % DOMAINS] },
      reference: { images: images('first'), images2: images('second'), domains: [2, iteration % DOMAINS, 0] },
    };
    const batch = tensorBatch(decoded, imageSize, latentDim, 1, 'r1', labels);
    trainIteration(networks, optimizers, state, batch, config);
    disposeBatch(batch);
  }
  return new Map(Array.from(stateValues(state), ({ role, network, name, values }) => [`${role} ${network} ${name}`, [...values]]));
}

await setBackend('cpu');
const [lists, tensors] = [train('lists'), train('tensors')];
const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const differences = Array.from(lists, ([name, values]): LabelFormDifference => {
  const others = tensors.get(name)!;
  return { name, difference: largest(values.map((value, i) => value - others[i]!)), size: largest(values) };
});
process.stdout.write(JSON.stringify(differences));
