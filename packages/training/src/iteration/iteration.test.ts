import { clone, memory, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { normalArray, randomStream } from '@stargan/random';
import { describe, expect, it } from 'vitest';
import { EMA_NETWORKS, buildNetworks, NETWORK_NAMES, type NetworkName } from '../networks/networks.js';
import { copyWeights, disposeAll, mapNames, splitWeights } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import type { Batch } from './batch.js';
import { disposeBatch, tensorBatch } from './batch.js';
import { discriminatorGradients } from './discriminator-step.js';
import { generatorGradients, type StyleSource } from './generator-step.js';
import type { Losses } from './iteration-config.js';
import { trainIteration } from './iteration.js';
import { buildOptimizers, disposeMoments, disposeState, initialState, type TrainingState } from './state.js';

/** Weights and schedules that are all different, and none of them 1. */
const config = smallConfig({
  ...{ lambdaR1: 0.6, lambdaStyle: 3, lambdaDiversity: 0.3, lambdaCycle: 5, diversityIterations: 4, emaDecay: 0.9 },
  ...{ beta1: 0.3, beta2: 0.8, learningRate: 2e-3, mappingLearningRate: 5e-4, weightDecay: 1e-2 },
});
const networks = buildNetworks(config, 2);
const optimizers = buildOptimizers(config);

function batchOf(iteration: number, pairs = 1): Batch {
  const images = (kind: string): Float32Array<ArrayBuffer> =>
    Float32Array.from(normalArray(pairs * 2 * 16 * 16 * 3, randomStream(3, kind, iteration)), Math.tanh);
  const domains = (pair: number[]): number[] => Array.from({ length: pairs }, () => pair).flat();
  const prepared = {
    iteration,
    source: { images: images('source'), domains: domains([0, 1]) },
    reference: { images: images('first'), images2: images('second'), domains: domains([1, 0]) },
  };
  return tensorBatch(prepared, 16, config.latentDim, 1);
}

/** An iteration as the reference's `solver.train` has it, line by line, without sharing anything between updates. */
function plainIteration(state: TrainingState, batch: Batch): Losses {
  const { image, domain, reference, reference2, targetDomain, latent, latent2 } = batch;
  const { weights } = state;
  const lambdaDiversity = config.lambdaDiversity * (1 - state.iteration / 4);
  const losses: Losses = {};
  const note = (prefix: string, terms: Record<string, Tensor>): void => {
    for (const [name, term] of Object.entries(terms)) losses[`${prefix}_${name}`] = term.dataSync()[0]!;
    disposeAll(terms);
  };
  const step = (name: NetworkName, gradients: Record<string, Tensor>): void => {
    const [before, moments] = [weights[name], state.moments[name]!];
    const { parameters, state: next } = optimizers[name].update(before, gradients, moments);
    weights[name] = parameters;
    state.moments[name] = next;
    disposeAll(before, gradients);
    disposeMoments(moments);
  };
  const { generator: G, mappingNetwork: F, styleEncoder: E } = networks;

  for (const kind of ['latent', 'ref'] as const) {
    const style =
      kind === 'latent' ? F.apply(weights.mappingNetwork, latent, targetDomain) : E.apply(weights.styleEncoder, reference, targetDomain);
    const fake = G.apply(weights.generator, image, style);
    const {
      value: total,
      auxiliary,
      gradients,
    } = discriminatorGradients(networks, weights.discriminator, { image, domain, fake, targetDomain }, config);
    disposeAll({ style, fake });
    note(`D/${kind}`, { ...auxiliary, total });
    step('discriminator', gradients);
  }
  for (const [kind, styles, trained] of [
    ['latent', { guidance: 'latent', latent, latent2 }, ['generator', 'mappingNetwork', 'styleEncoder']],
    ['ref', { guidance: 'reference', reference, reference2 }, ['generator']],
  ] as [string, StyleSource, NetworkName[]][]) {
    const {
      value: total,
      auxiliary,
      gradients,
    } = generatorGradients(networks, weights, { image, domain, targetDomain, styles }, { ...config, lambdaDiversity }, trained);
    note(`G/${kind}`, { ...auxiliary, total });
    for (const [name, own] of Object.entries(splitWeights(gradients, trained))) step(name as NetworkName, own);
  }
  losses['G/lambda_ds'] = config.lambdaDiversity * (1 - (state.iteration + 1) / 4);
  state.iteration += 1;
  return losses;
}

const valuesOf = (tensors: Readonly<Record<string, Tensor>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [...tensor.dataSync()]]));

/** A second state of the same values. */
function copyOf(state: TrainingState): TrainingState {
  const moments = Object.fromEntries(
    Object.entries(state.moments).map(([name, own]) => [name, { ...own, first: clone(own.first), second: clone(own.second) }]),
  );
  return { ...state, weights: copyWeights(state.weights, NETWORK_NAMES), ema: copyWeights(state.ema, EMA_NETWORKS), moments };
}

describe('an iteration', () => {
  const before = memory().numTensors;
  const state = initialState(networks, optimizers, 1);
  const plain = copyOf(state);

  it('is two updates of the discriminator, one of the three other networks, and one of the generator, in this order', () => {
    for (let iteration = 0; iteration < 3; iteration++) {
      const batch = batchOf(iteration);
      const averages = mapNames(EMA_NETWORKS, (name) => valuesOf(state.ema[name]));
      const [losses, expected] = [trainIteration(networks, optimizers, state, batch, config), plainIteration(plain, batch)];
      disposeBatch(batch);
      expect(Object.keys(losses).sort()).toEqual(Object.keys(expected).sort());
      // Terms are summed in another order, which shows in the last bits.
      for (const [name, value] of Object.entries(expected))
        expect(Math.abs(losses[name]! - value), `${name} of iteration ${iteration}`).toBeLessThanOrEqual(1e-5 * Math.abs(value));
      for (const name of NETWORK_NAMES) {
        expect(valuesOf(state.weights[name]), `${name} after iteration ${iteration}`).toEqual(valuesOf(plain.weights[name]));
        expect(state.moments[name]!.step, name).toBe(
          (iteration + 1) * { discriminator: 2, generator: 2, mappingNetwork: 1, styleEncoder: 1 }[name],
        );
      }
      for (const name of EMA_NETWORKS) {
        for (const [parameter, values] of Object.entries(valuesOf(state.ema[name]))) {
          const now = valuesOf(state.weights[name])[parameter]!;
          values.forEach((value, i) => {
            const [kept, added] = [0.9 * averages[name][parameter]![i]!, 0.1 * now[i]!];
            expect(Math.abs(value - kept - added), `average of ${name}.${parameter}`).toBeLessThanOrEqual(
              1e-6 * (Math.abs(kept) + Math.abs(added)),
            );
          });
        }
      }
    }
  });

  it('lets the weight of the diversity term fall to 0, in force from the first iteration at its full size', () => {
    const fresh = initialState(networks, optimizers, 1);
    const logged = Array.from({ length: 5 }, (_, iteration) => {
      const batch = batchOf(iteration);
      const losses = trainIteration(networks, optimizers, fresh, batch, config);
      disposeBatch(batch);
      const total = losses['G/latent_adv']! + 3 * losses['G/latent_sty']! + 5 * losses['G/latent_cyc']!;
      return { inForce: (total - losses['G/latent_total']!) / losses['G/latent_ds']!, next: losses['G/lambda_ds']! };
    });
    disposeState(fresh);
    const expected = [0.3, 0.225, 0.15, 0.075, 0, 0];
    logged.forEach(({ inForce, next }, i) => {
      expect(inForce).toBeCloseTo(expected[i]!, 2);
      expect(next).toBeCloseTo(expected[i + 1]!, 9);
    });
  });

  it('with several critic steps updates the discriminator as often, and the others once', () => {
    const fresh = initialState(networks, optimizers, 1);
    const batch = batchOf(0, 2);
    trainIteration(networks, optimizers, fresh, batch, { ...config, criticSteps: 2 });
    disposeBatch(batch);
    expect(mapNames(NETWORK_NAMES, (name) => fresh.moments[name]!.step)).toEqual({
      discriminator: 4,
      generator: 2,
      mappingNetwork: 1,
      styleEncoder: 1,
    });
    disposeState(fresh);
  });

  it('begins with averages that are the weights, and with the mapping network at a rate of its own', () => {
    const fresh = initialState(networks, optimizers, 1);
    for (const name of EMA_NETWORKS) expect(valuesOf(fresh.ema[name])).toEqual(valuesOf(fresh.weights[name]));
    disposeState(fresh);
    // Without a gradient and with β₁ = 0, a step of Adam's is the learning rate times the sign of the decay.
    const rates = buildOptimizers({ ...config, beta1: 0 });
    const moved = mapNames(NETWORK_NAMES, (name) => {
      const [w, zero] = [tensor1d([1]), tensor1d([0])];
      const first = rates[name].init({ w });
      const { parameters, state: next } = rates[name].update({ w }, { w: zero }, first);
      const [value] = parameters.w.dataSync();
      disposeAll({ w, zero }, parameters);
      disposeMoments(first);
      disposeMoments(next);
      return 1 - value!;
    });
    for (const name of NETWORK_NAMES) expect(moved[name], name).toBeCloseTo(name === 'mappingNetwork' ? 5e-4 : 2e-3, 6);
  });

  it('leaves nothing in memory but the state', () => {
    disposeState(state);
    disposeState(plain);
    expect(memory().numTensors).toBe(before);
  });
});
