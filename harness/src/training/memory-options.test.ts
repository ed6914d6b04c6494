import { memory, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig, type Config } from '@stargan/run';
import { countWork } from '@stargan/profiling';
import { trainingWorkload } from '@stargan/training/planning';
import {
  type Batch,
  buildNetworks,
  discriminatorGradients,
  disposeAll,
  disposeBatch,
  generatorGradients,
  initialWeights,
  type Losses,
  NETWORK_NAMES,
  overParts,
  splitBatch,
  tensorBatch,
} from '@stargan/training';

const SMALL = { imageSize: 32, widthBudget: 1024, maxWidth: 64, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 4 };
const config = (values: object = {}): Config => parseConfig({ ...SMALL, ...values });

interface Outcome {
  losses: Losses[];
  /** Most bytes of tensors in the second iteration, without the state's. */
  peakBytes: number;
}

/** Two iterations on random data. */
function iterateTwice(values: object): Outcome {
  const workload = trainingWorkload(config(values));
  const first = workload.iterate();
  const { result: second, peakTensorBytes, startTensorBytes } = countWork(() => workload.iterate());
  workload.dispose();
  return { losses: [first, second], peakBytes: peakTensorBytes - startTensorBytes };
}

let plain: Outcome;
beforeAll(() => void (plain = iterateTwice({})));

const read = (tensors: Record<string, Tensor>): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync<'float32'>()]));

const norm = (values: Float32Array): number => Math.hypot(...values);

function randomBatch(count: number): Batch {
  const pixels = (seed: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: count * 32 * 32 * 3 }, (_, i) => Math.sin(i * 0.7 + seed * 13 + Math.sin(i * 0.01)));
  const domains = Array.from({ length: count }, (_, i) => i % 3);
  return tensorBatch(
    {
      iteration: 0,
      source: { images: pixels(1), domains },
      reference: { images: pixels(2), images2: pixels(3), domains: [...domains].reverse() },
    },
    32,
    SMALL.latentDim,
    1,
  );
}

describe('gradientAccumulation', () => {
  it('gives the gradients and the terms of the large batch, R1 and all', () => {
    // Minimal filtering takes over from a number of tiles on, and rounds differently: signs of differences near zero, and
    // with them gradients of absolute values, may change.
    const networks = buildNetworks(config({ convolution: 'fused' }), 3);
    const weights = initialWeights(networks, NETWORK_NAMES, 1);
    const batch = randomBatch(6);
    const parts = splitBatch(batch, 3);
    const steps = {
      discriminator: (part: Batch) =>
        discriminatorGradients(networks, weights.discriminator, { ...part, fake: part.reference }, { lambdaR1: 1 }),
      latent: (part: Batch) =>
        generatorGradients(
          networks,
          weights,
          { ...part, styles: { guidance: 'latent', ...part } },
          { lambdaStyle: 1, lambdaDiversity: 2, lambdaCycle: 1 },
        ),
      reference: (part: Batch) =>
        generatorGradients(
          networks,
          weights,
          { ...part, styles: { guidance: 'reference', ...part } },
          { lambdaStyle: 1, lambdaDiversity: 2, lambdaCycle: 1 },
        ),
    };
    for (const [name, step] of Object.entries(steps)) {
      const results = [overParts(parts, step), overParts([batch], step)];
      const [accumulated, whole] = results.map(({ value, auxiliary, gradients }) => read({ value, ...auxiliary, ...gradients }));
      expect(Object.keys(accumulated!).sort(), name).toEqual(Object.keys(whole!).sort());
      const largest = Math.max(...Object.values(whole!).map(norm));
      for (const [key, values] of Object.entries(whole!)) {
        const difference = norm(accumulated![key]!.map((value, i) => value - values[i]!));
        // Some are zero by construction, such as a bias that a norm takes away again: rounding is all there is.
        expect(difference, `${name} ${key}`).toBeLessThan(1e-5 * norm(values) + 1e-6 * largest);
      }
      for (const { value, auxiliary, gradients } of results) disposeAll({ value }, auxiliary, gradients);
    }
    disposeAll(...Object.values(weights));
    [batch, ...parts].forEach(disposeBatch);
  });

  it('trains as the large batch does, in less memory', () => {
    const parts = iterateTwice({ batch: 1, gradientAccumulation: 4 });
    // What comes before the first update is the same; an update of Adam's makes steps of gradients that are mere rounding.
    for (const name of ['D/latent_real', 'D/latent_fake', 'D/latent_reg'])
      expect(parts.losses[0]![name]).toBeCloseTo(plain.losses[0]![name]!, 5);
    for (const [i, of] of plain.losses.entries()) {
      for (const [name, value] of Object.entries(of)) expect(parts.losses[i]![name], `${name} of iteration ${i}`).toBeCloseTo(value, 2);
    }
    expect(parts.peakBytes).toBeLessThan(0.7 * plain.peakBytes);
  });

  it('must divide the batch', () => {
    const batch = randomBatch(4);
    expect(() => splitBatch(batch, 3)).toThrow('splitBatch: parts must divide the batch of 4 images, got 3');
    disposeBatch(batch);
  });
});

describe('gradientCheckpointing: blocks', () => {
  it('trains bit for bit as without, in less memory', () => {
    const recomputed = iterateTwice({ gradientCheckpointing: 'blocks' });
    expect(recomputed.losses).toEqual(plain.losses);
    expect(recomputed.peakBytes).toBeLessThan(plain.peakBytes);
  });

  it('leaves nothing behind', () => {
    iterateTwice({ gradientCheckpointing: 'blocks', gradientAccumulation: 2 });
    const before = memory().numTensors;
    iterateTwice({ gradientCheckpointing: 'blocks', gradientAccumulation: 2 });
    expect(memory().numTensors).toBe(before);
  });
});
