import { tensor1d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { featureMatchingLoss } from '../feature-matching.js';
import { outputsAndInputGradient } from '../input-gradient.js';
import { r1Penalty } from '../penalties.js';
import { realHingeLoss } from '../adversarial.js';
import { updateLecamAnchors } from '../lecam.js';
import { discriminatorObjective } from '../objective.js';
import { perceptualLoss } from '../perceptual.js';
import { selectBackend, tensorsLeft } from '../testing/backends.js';
import { valueOf } from '../testing/numbers.js';

beforeAll(() => selectBackend('cpu'));

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['null', null],
  ['an array; make a tensor of it with tf.tensor', [1, 2]],
  ['a typed array; make a tensor of it with tf.tensor', Float32Array.of(1)],
  ['a promise; await it first', Promise.resolve(1)],
  ['a number', 3],
  ['an object', {}],
])('%s in place of a tensor is named in the error', (described, value) => {
  expect(() => realHingeLoss(value as Tensor)).toThrow(`realHingeLoss: logits must be a tensor, got ${described}`);
});

test('tensors in a list are counted, wherever one tensor is wanted', () => {
  expect(() => realHingeLoss([zeros([1]), zeros([1])] as never)).toThrow(
    'realHingeLoss: logits must be a tensor, got an array of 2 tensors',
  );
  expect(() => updateLecamAnchors(undefined, zeros([1]), undefined as never)).toThrow(
    'updateLecamAnchors: fakeLogits must be a tensor, got undefined',
  );
  expect(() => discriminatorObjective({ real: zeros([]), fake: 1 as never })).toThrow(
    'discriminatorObjective: fake must be a tensor, got a number',
  );
});

describe('a critic', () => {
  const x = zeros([1, 2]);

  test('with several outputs is asked for one of them', () => {
    const critic = (image: Tensor): Tensor[] => [image, image];
    const message =
      'outputsAndInputGradient: f(x) must be one tensor, got an array of 2 tensors; return the one that the gradient is of, such as (x) => f(x)[0]';
    expect(() => r1Penalty(critic as never, x)).toThrow(message);
    expect(valueOf(() => r1Penalty((image) => critic(image)[0]!, x))).toBe(1);
  });

  test('that is asynchronous or gives nothing is said to be', () => {
    expect(() => outputsAndInputGradient(((image: Tensor) => Promise.resolve(image)) as never, x)).toThrow(
      'f(x) must be one tensor, got a promise; await it first',
    );
    expect(() => outputsAndInputGradient((() => undefined) as never, x)).toThrow('f(x) must be one tensor, got undefined');
  });
});

describe('features', () => {
  test('of one layer need no list', () => {
    const [real, fake] = [tensor1d([1, 2]), tensor1d([1, 4])];
    expect(valueOf(() => featureMatchingLoss(real, fake))).toBe(1);
    expect(tensorsLeft(() => featureMatchingLoss(real, fake).dispose())).toBe(0);
  });

  test('that are no tensors are named with their place', () => {
    expect(() => featureMatchingLoss([zeros([1]), undefined as never], [zeros([1])])).toThrow(
      'featureMatchingLoss: realFeatures[1] must be a tensor, got undefined',
    );
    expect(() => perceptualLoss(() => undefined as never, zeros([1, 2]), zeros([1, 2]))).toThrow(
      'perceptualLoss: features(image) must be a tensor, got undefined',
    );
  });
});
