import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { UNIFORMS_PER_IMAGE } from '@stargan/augmentation';
import { normalArray, randomStream } from '@stargan/random';
import { describe, expect, it } from 'vitest';
import type { TrainingConfig } from '../config/training-config.js';
import { buildNetworks } from '../networks/networks.js';
import { smallConfig } from '../testing/small-config.js';
import { augmentationNumbers, drawAugmentation, isAdaptive } from './augmentation.js';
import { disposeBatch, splitBatch, tensorBatch, type Batch } from './batch.js';
import type { Losses } from './iteration-config.js';
import { trainIteration } from './iteration.js';
import { buildOptimizers, disposeState, initialState, type TrainingState } from './state.js';

const ALL = { augmentation: 'color,translation,cutout' } as const;
const ADAPTIVE = { ...ALL, augmentationTarget: 0.6, augmentationImages: 64 };
/** A discriminator that soon is sure of what is real. */
const SURE = { learningRate: 2e-2, lambdaR1: 0 };

function batchOf(config: TrainingConfig, iteration: number, pairs = 1): Batch {
  const images = (kind: string): Float32Array<ArrayBuffer> =>
    Float32Array.from(normalArray(pairs * 2 * 16 * 16 * 3, randomStream(3, kind, iteration)), Math.tanh);
  const domains = (pair: number[]): number[] => Array.from({ length: pairs }, () => pair).flat();
  const prepared = {
    iteration,
    source: { images: images('source'), domains: domains([0, 1]) },
    reference: { images: images('first'), images2: images('second'), domains: domains([1, 0]) },
  };
  return tensorBatch(prepared, 16, config.latentDim, config.seed, config.penalty, 'lists', config.augmentation);
}

/** Losses and state after some iterations. */
function trained(values: Partial<TrainingConfig>, iterations: number, pairs = 1): { losses: Losses[]; state: TrainingState } {
  const config = smallConfig(values);
  const networks = buildNetworks(config, 2);
  const optimizers = buildOptimizers(config);
  const state = initialState(networks, optimizers, 1);
  const losses = Array.from({ length: iterations }, (_, iteration) => {
    const batch = batchOf(config, iteration, pairs);
    const result = trainIteration(networks, optimizers, state, batch, config);
    disposeBatch(batch);
    return result;
  });
  return { losses, state };
}

const lossesOf = (values: Partial<TrainingConfig>, iterations: number, pairs = 1): Losses[] => {
  const { losses, state } = trained(values, iterations, pairs);
  disposeState(state);
  return losses;
};

/** Largest relative difference of two lists of losses, over the names of the first. */
const furthest = (a: readonly Losses[], b: readonly Losses[]): number =>
  Math.max(
    ...a.flatMap((losses, i) => Object.entries(losses).map(([name, value]) => Math.abs(value - b[i]![name]!) / (1 + Math.abs(value)))),
  );

describe('the augmentation of a training', () => {
  it('changes what the discriminator sees, and nothing where the probability is 0', () => {
    const plain = lossesOf({}, 2);
    expect(furthest(plain, lossesOf({ ...ALL, augmentationProbability: 0 }, 2))).toBeLessThan(1e-5);
    expect(furthest(plain, lossesOf(ALL, 2))).toBeGreaterThan(1e-3);
  });

  it('is drawn by seed and iteration, for every update and side anew', () => {
    const read = (seed: number, iteration: number): number[] => [...augmentationNumbers(2, seed, iteration).dataSync()];
    expect(read(1, 5)).toEqual(read(1, 5));
    expect(read(1, 5)).not.toEqual(read(2, 5));
    expect(read(1, 5)).not.toEqual(read(1, 6));
    const config = smallConfig(ALL);
    const batch = batchOf(config, 0);
    const draws = (['D/latent', 'D/ref', 'G/latent', 'G/ref'] as const).flatMap((update) => {
      const { real, fake, probability } = drawAugmentation(config, batch, {}, update)!;
      expect(probability.dataSync()[0]).toBe(1);
      expect([real.shape, fake.shape]).toEqual([
        [2, UNIFORMS_PER_IMAGE],
        [2, UNIFORMS_PER_IMAGE],
      ]);
      return [real, fake].map((numbers) => numbers.dataSync().join());
    });
    expect(new Set(draws).size).toBe(8);
    disposeBatch(batch);
  });

  it('goes with its image into the parts of a batch', () => {
    const batch = batchOf(smallConfig(ALL), 0, 2);
    const parts = splitBatch(batch, 2);
    const whole = [...batch.augmentationNumbers!.dataSync()];
    expect(parts.flatMap(({ augmentationNumbers: numbers }) => [...numbers!.dataSync()])).toEqual(whole);
    [batch, ...parts].forEach(disposeBatch);
    expect(furthest(lossesOf(ALL, 1, 2), lossesOf({ ...ALL, gradientAccumulation: 2 }, 1, 2))).toBeLessThan(1e-5);
  });

  it('is refused where the batch holds no numbers for it', () => {
    const config = smallConfig(ALL);
    const batch = batchOf(smallConfig(), 0);
    const networks = buildNetworks(config, 2);
    const state = initialState(networks, buildOptimizers(config), 1);
    expect(() => trainIteration(networks, buildOptimizers(config), state, batch, config)).toThrow(
      "trainIteration: augmentation 'color,translation,cutout' must have random numbers in the batch, got none; name it to tensorBatch too",
    );
    disposeBatch(batch);
    disposeState(state);
  });
});

describe('an adaptive augmentation', () => {
  it('begins as none, and its probability follows the sign of the real logits', () => {
    const [first] = lossesOf(ADAPTIVE, 1);
    // The discriminator's first step sees the images as they are.
    const [plain] = lossesOf({}, 1);
    expect(Math.abs(first!['D/latent_total']! - plain!['D/latent_total']!)).toBeLessThan(1e-5);
    const { losses, state } = trained({ ...ADAPTIVE, ...SURE }, 16);
    // Four updates make a move, and an iteration has two.
    let [p, signs] = [0, [] as number[]];
    for (const each of losses) {
      signs.push(each['D/latent_sign']!, each['D/ref_sign']!);
      if (signs.length === 4) {
        const excess = signs.reduce((sum, sign) => sum + sign, 0) / 4 - 0.6;
        p = Math.min(1, Math.max(0, p + Math.sign(excess) * ((2 * 4) / 64)));
        signs = [];
      }
      expect(each['D/augmentation']).toBeCloseTo(p, 6);
    }
    expect(losses.some((each) => each['D/augmentation']! > 0)).toBe(true);
    expect(state.augmentation!.dataSync()[0]).toBeCloseTo(p, 6);
    disposeState(state);
  });

  it('measures the sign without minimising it, and logs nothing of it where it is off', () => {
    const [{ 'D/latent_sign': sign = NaN, 'D/latent_total': total = NaN, ...terms } = {}] = lossesOf(ADAPTIVE, 1);
    expect(Math.abs(sign)).toBeLessThanOrEqual(1);
    expect(total).toBeCloseTo(terms['D/latent_real']! + terms['D/latent_fake']! + terms['D/latent_reg']!, 5);
    const names = Object.keys(lossesOf(ALL, 1)[0]!);
    expect(names.filter((name) => name.includes('sign') || name === 'D/augmentation')).toEqual([]);
    expect(isAdaptive(smallConfig({ augmentationTarget: 0.6 }))).toBe(false);
  });

  it('never exceeds its limit, and leaves nothing in memory but the state', () => {
    const before = memory().numTensors;
    const { losses, state } = trained({ ...ADAPTIVE, ...SURE, augmentationImages: 1, augmentationProbability: 0.25 }, 16);
    expect(Math.max(...losses.map((each) => each['D/augmentation']!))).toBe(0.25);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });

  it('goes on from a saved probability as if it had not been saved', () => {
    const config = smallConfig(ADAPTIVE);
    const networks = buildNetworks(config, 2);
    const optimizers = buildOptimizers(config);
    const run = (isSaved: boolean): Losses[] => {
      const state = initialState(networks, optimizers, 1);
      const losses = Array.from({ length: 5 }, (_, iteration) => {
        if (isSaved && state.augmentation !== undefined) {
          const saved = JSON.stringify([...state.augmentation.dataSync()]);
          state.augmentation.dispose();
          state.augmentation = tensor1d(JSON.parse(saved) as number[]);
        }
        const batch = batchOf(config, iteration);
        const result = trainIteration(networks, optimizers, state, batch, config);
        disposeBatch(batch);
        return result;
      });
      disposeState(state);
      return losses;
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe('the relativistic game', () => {
  it('has one term of pairs for each player, and penalties on both sides of them', () => {
    const before = memory().numTensors;
    const [first] = lossesOf({ adversarial: 'relativistic', penalty: 'r1r2', lambdaR1: 0.5 }, 1);
    const terms = (prefix: string): string[] =>
      Object.keys(first!)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length));
    expect(terms('D/latent_').sort()).toEqual(['reg', 'reg2', 'rel', 'total']);
    expect(terms('G/ref_').sort()).toEqual(['adv', 'cyc', 'ds', 'sty', 'total']);
    expect(first!['D/latent_total']).toBeCloseTo(
      first!['D/latent_rel']! + 0.5 * first!['D/latent_reg']! + 0.5 * first!['D/latent_reg2']!,
      5,
    );
    expect(memory().numTensors).toBe(before);
  });
});
