import type { DomainLabels } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { add, mean, memory, mul, reshape, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { measureDiscriminator } from './discriminator-numbers.js';

const SIZE = 16;
const PIXELS = SIZE * SIZE * 3;

/** Images whose pixels all have the level that the file's name says. */
const load = (files: readonly string[], size: number): Promise<Float32Array> => {
  expect(size).toBe(SIZE);
  return Promise.resolve(Float32Array.from({ length: files.length * PIXELS }, (_, i) => Number(files[Math.floor(i / PIXELS)])));
};

const files = (...levels: number[]): { file: string }[] => levels.map((level) => ({ file: `${level}` }));

/** Gives an image the logit scale · level − domain. */
const discriminator = {
  apply: (parameters: Parameters, image: Tensor, domain: DomainLabels): Tensor =>
    tidy(() => add(mul(mean(image, [1, 2, 3]), parameters.scale!), tensor1d((domain as number[]).map((label) => -label)))),
};

async function measure(scale: number, evaluator: { apply: typeof discriminator.apply } = discriminator) {
  const domains = [
    { name: 'cat', examples: files(1, 2, 3, 4), references: files(0, 2.5) },
    { name: 'dog', examples: files(-1, 1), references: files(1, 5) },
  ];
  const weights = { scale: tensor1d([scale]) };
  const numbers = await measureDiscriminator({ domains, load, discriminator: evaluator, weights, imageSize: SIZE });
  weights.scale.dispose();
  return numbers!;
}

test('counts how often a training image looks more real than a held-out one of its domain', async () => {
  const before = memory().numTensors;
  const numbers = await measure(1);
  expect(memory().numTensors).toBe(before);
  // Logits 1 2 3 4 against 0 2.5: 6 of 8 pairs. Logits −2 0 against 0 4: a tie of 4 pairs.
  expect(numbers.recognition).toBeCloseTo((6 / 8 + 0.5 / 4) / 2, 6);
  expect(numbers.trainingLogit).toBeCloseTo(8 / 6, 5);
  expect(numbers.heldOutLogit).toBeCloseTo(6.5 / 4, 5);
  expect(numbers.trainingSign).toBeCloseTo((4 - 1 + 0) / 6, 6);
  expect(numbers.heldOutSign).toBeCloseTo((0 + 1 + 0 + 1) / 4, 6);
});

test('does not depend on the scale of logits, nor on patches instead of one logit', async () => {
  const { recognition } = await measure(1);
  expect((await measure(7)).recognition).toBeCloseTo(recognition, 6);
  const patches = {
    apply: (parameters: Parameters, image: Tensor, domain: DomainLabels): Tensor =>
      tidy(() => {
        const logits = reshape(discriminator.apply(parameters, image, domain), [-1, 1, 1, 1]);
        // Two patches, one 3 above and one 3 below the mean.
        return add(logits, reshape(tensor1d([3, -3]), [1, 2, 1, 1]));
      }),
  };
  expect(await measure(1, patches)).toEqual(await measure(1));
});

test('stops when it is told to, and names a domain without images', async () => {
  const domains = [{ name: 'cat', examples: files(1), references: files(1) }];
  const options = { domains, load, discriminator, weights: {}, imageSize: SIZE };
  expect(await measureDiscriminator({ ...options, signal: AbortSignal.abort() })).toBeUndefined();
  await expect(measureDiscriminator({ ...options, domains: [{ name: 'dog', examples: files(1), references: [] }] })).rejects.toThrow(
    new RangeError('measureDiscriminator: domain dog must have training and held-out images, got no held-out images'),
  );
});
