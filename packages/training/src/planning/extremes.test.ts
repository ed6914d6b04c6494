import { getBackend, getKernel, memory } from '@tensorflow/tfjs-core';
import { countWork, type WorkCount } from '@stargan/profiling';
import { normalArray, randomStream } from '@stargan/random';
import { describe, expect, it } from 'vitest';
import { buildNetworks } from '../networks/networks.js';
import { encodeStyles, translate } from '../sampling/translate.js';
import { parseConfig } from '../testing/parse-config.js';
import { planTraining } from './plan-training.js';
import { trainingWorkload } from './training-workload.js';

// In a process of its own: it compares the bytes of all tensors that there are.

const NARROW = { maxWidth: 8, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 2 };

const native = getBackend() === 'tensorflow' && getKernel('StarganAdam', 'tensorflow') != null;

interface Trained {
  readonly counted: WorkCount<Readonly<Record<string, number>>>;
  readonly translated: Float32Array;
  /** Tensors that were left. */
  readonly left: number;
}

/** Two iterations, the second counted, and a translation by the averages. */
function trainAndTranslate(values: object, domains: number): Trained {
  const before = memory().numTensors;
  const config = parseConfig({ ...NARROW, ...values });
  const { imageSize: size } = config;
  const workload = trainingWorkload(config, { domains });
  workload.iterate();
  const counted = countWork(() => workload.iterate());
  const sampler = { networks: buildNetworks(config, domains), weights: workload.state.ema };
  const image = { size, data: Float32Array.from(normalArray(size * size * 3, randomStream(1, 'image')), Math.tanh) };
  const style = encodeStyles(sampler, image, [domains - 1]);
  const { data: translated } = translate(sampler, image, style);
  style.dispose();
  workload.dispose();
  return { counted, translated, left: memory().numTensors - before };
}

describe('the smallest and the largest models', () => {
  it.each([
    [{ imageSize: 16, widthBudget: 128 }, 1],
    [{ imageSize: 16, widthBudget: 128 }, 100],
    [{ imageSize: 1024, widthBudget: 2048, maxWidth: 4, batch: 1 }, 100],
  ])('train, translate and take the memory that was planned: %j, %i domains', (values, domains) => {
    const { counted, translated, left } = trainAndTranslate(values, domains);
    for (const [name, value] of Object.entries(counted.result)) expect(Number.isFinite(value), name).toBe(true);
    expect(translated.every(Number.isFinite)).toBe(true);
    expect(new Set(translated).size).toBeGreaterThan(100);
    expect(left).toBe(0);
    const plan = planTraining(parseConfig({ ...NARROW, ...values }), { domains, kernels: native ? 'fused' : 'composed' });
    if (native) expect(plan.peakTensorBytes).toBe(counted.peakTensorBytes);
    else expect(plan.peakTensorBytes).toBeGreaterThan(plan.peakBufferBytes);
  });

  it('compute the heads of many domains for their own samples alone', () => {
    const of = (domains: number): number => trainAndTranslate({ imageSize: 16, widthBudget: 128 }, domains).counted.flops;
    // The discriminator's last layer alone has an output for each: a row of its matrix.
    expect(of(100) / of(20)).toBeLessThan(1.001);
  });
});
