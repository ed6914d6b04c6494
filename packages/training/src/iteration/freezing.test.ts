import { memory } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { countWork } from '@stargan/profiling';
import { normalArray, randomStream } from '@stargan/random';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrainingConfig } from '../config/training-config.js';
import { planTraining } from '../planning/plan-training.js';
import { selectFrozen, type Frozen } from '../networks/freeze.js';
import { buildNetworks, EMA_NETWORKS, NETWORK_NAMES, type NetworkName } from '../networks/networks.js';
import { disposeAll, initialWeights } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { disposeBatch, tensorBatch, type Batch } from './batch.js';
import { discriminatorGradients } from './discriminator-step.js';
import { generatorGradients } from './generator-step.js';
import { trainIteration } from './iteration.js';
import { stateNorms } from './state-norms.js';
import { buildOptimizers, disposeState, frozenOf, initialState } from './state.js';

// In a process of its own: it counts the kernels and the bytes of all that runs.

const config = smallConfig({ imageSize: 32, widthBudget: 128, weightDecay: 1e-2, beta1: 0.5 });
const networks = buildNetworks(config, 2);

function batchOf(iteration: number): Batch {
  const images = (kind: string): Float32Array<ArrayBuffer> =>
    Float32Array.from(normalArray(2 * 32 * 32 * 3, randomStream(3, kind, iteration)), Math.tanh);
  const source = { images: images('source'), domains: [0, 1] };
  const reference = { images: images('first'), images2: images('second'), domains: [1, 0] };
  return tensorBatch({ iteration, source, reference }, 32, config.latentDim, 1);
}

const valuesOf = (tensors: Readonly<Record<string, Tensor>>): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()]));

const SOME =
  'freezeD,discriminator.main.5.bias,generator.encode.*,generator.decode.1.norm1.*,mapping_network.shared.*,style_encoder.shared.[0-2].*';

describe('gradients where some parameters are frozen', () => {
  const weights = initialWeights(networks, NETWORK_NAMES, 1);
  const batch = batchOf(0);
  const frozen = selectFrozen(networks, SOME);
  afterAll(() => {
    disposeAll(...NETWORK_NAMES.map((name) => weights[name]));
    disposeBatch(batch);
  });
  const steps: Readonly<Record<string, (frozen: Frozen, options: Partial<TrainingConfig>) => ReturnType<typeof discriminatorGradients>>> = {
    discriminator: (some, options) =>
      discriminatorGradients(networks, weights.discriminator, { ...batch, fake: batch.reference2 }, options, undefined, undefined, some),
    latent: (some, options) =>
      generatorGradients(
        networks,
        weights,
        { ...batch, styles: { guidance: 'latent', ...batch } },
        options,
        undefined,
        undefined,
        undefined,
        some,
      ),
    reference: (some, options) =>
      generatorGradients(
        networks,
        weights,
        { ...batch, styles: { guidance: 'reference', ...batch } },
        options,
        undefined,
        undefined,
        undefined,
        some,
      ),
  };

  it.each(Object.keys(steps))('are those of all of them, for the others alone: %s', (name) => {
    for (const options of [{}, { adversarial: 'relativistic', penalty: 'r1r2' }] as const) {
      const [all, some] = [steps[name]!({}, options), steps[name]!(frozen, options)];
      const isFrozen = (key: string): boolean => {
        const network = name === 'discriminator' ? 'discriminator' : (key.split('.')[0] as NetworkName);
        return frozen[network]!.has(name === 'discriminator' ? key : key.slice(network.length + 1));
      };
      const kept = Object.keys(all.gradients).filter((key) => !isFrozen(key));
      expect(kept.length).toBeGreaterThan(0);
      expect(Object.keys(some.gradients).sort()).toEqual(kept.sort());
      expect(Object.keys(all.gradients).length).toBeGreaterThan(kept.length);
      const [expected, got] = [valuesOf(all.gradients), valuesOf(some.gradients)];
      for (const key of kept) expect(got[key], key).toEqual(expected[key]);
      expect(kept.some((key) => got[key]!.some((value) => value !== 0))).toBe(true);
      expect(valuesOf(some.auxiliary)).toEqual(valuesOf(all.auxiliary));
      for (const { value, auxiliary, gradients } of [all, some]) disposeAll({ value }, auxiliary, gradients);
    }
  });

  it('cost less arithmetic and leave nothing behind', () => {
    const before = memory().numTensors;
    for (const step of Object.values(steps)) {
      const flops = [{}, frozen].map((some) => {
        const { result, flops } = countWork(() => step(some, {}));
        disposeAll({ value: result.value }, result.auxiliary, result.gradients);
        return flops;
      });
      expect(flops[1]).toBeLessThan(0.95 * flops[0]!);
    }
    expect(memory().numTensors).toBe(before);
  });
});

describe('training with frozen parameters', () => {
  it.each([
    ['some of every network', SOME],
    ['whole networks', 'generator.*,mapping_network.*'],
    ['all that makes images', 'generator.*,mapping_network.*,style_encoder.*'],
    ['the discriminator', 'discriminator.*'],
  ])('leaves them and their averages as they were, to the bit, and moves all others: %s', (_, freeze) => {
    const before = memory().numTensors;
    const frozen = selectFrozen(networks, freeze);
    const optimizers = buildOptimizers(config);
    const state = initialState(networks, optimizers, 1, frozen);
    const first = {
      weights: NETWORK_NAMES.map((name) => valuesOf(state.weights[name])),
      ema: EMA_NETWORKS.map((name) => valuesOf(state.ema[name])),
    };
    let losses = {};
    for (let iteration = 0; iteration < 3; iteration++) {
      const batch = batchOf(iteration);
      losses = trainIteration(networks, optimizers, state, batch, config);
      disposeBatch(batch);
    }
    const isFrozen = (network: NetworkName, key: string): boolean => frozen[network]?.has(key) === true;
    NETWORK_NAMES.forEach((network, i) => {
      expect(Object.keys(state.weights[network])).toEqual(Object.keys(first.weights[i]!));
      for (const [key, values] of Object.entries(valuesOf(state.weights[network]))) {
        // A bias before an instance norm has no part in anything: it stays 0.
        if (network === 'generator' && key.endsWith('conv1.bias')) continue;
        const isSame = Buffer.from(values.buffer).equals(Buffer.from(first.weights[i]![key]!.buffer));
        expect(isSame, `${network}.${key}`).toBe(isFrozen(network, key));
      }
    });
    EMA_NETWORKS.forEach((network, i) => {
      for (const [key, values] of Object.entries(valuesOf(state.ema[network])))
        if (isFrozen(network, key)) {
          expect(values, `average of ${network}.${key}`).toEqual(first.ema[i]![key]);
          expect(values).toEqual(valuesOf(state.weights[network])[key]);
        }
    });
    for (const network of NETWORK_NAMES) {
      expect(frozenOf(state)[network]).toEqual(frozen[network] ?? new Set());
      expect(state.moments[network]?.layout.names.some((key) => isFrozen(network, key)) ?? false).toBe(false);
    }
    const updated = (prefix: string): boolean => Object.keys(losses).some((name) => name.startsWith(prefix));
    expect([updated('D/'), updated('G/latent'), updated('G/ref')]).toEqual([
      state.moments.discriminator !== undefined,
      (['generator', 'mappingNetwork', 'styleEncoder'] as const).some((name) => state.moments[name] !== undefined),
      state.moments.generator !== undefined,
    ]);
    expect(Object.values(stateNorms(state)).every(Number.isFinite)).toBe(true);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });

  it('is planned with less memory and less arithmetic, and without moments of what is frozen', () => {
    const [all, some] = ['', SOME].map((freeze) => planTraining({ ...config, freeze }));
    expect(some!.flops).toBeLessThan(0.95 * all!.flops);
    expect(some!.peakBufferBytes).toBeLessThan(all!.peakBufferBytes);
    expect(some!.stateBytes.weights).toBe(all!.stateBytes.weights);
    const state = initialState(networks, buildOptimizers(config), 1, selectFrozen(networks, SOME));
    const moments = Object.values(state.moments).reduce((sum, { first, second }) => sum + 4 * (first.size + second.size), 0);
    disposeState(state);
    expect(some!.stateBytes.moments).toBe(moments);
    expect(moments).toBeLessThan(all!.stateBytes.moments);
  });
});
