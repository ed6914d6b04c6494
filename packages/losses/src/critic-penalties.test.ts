import { reshape, tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '@stargan/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { draganPenalty } from './dragan-penalty.js';
import { r1Penalty } from './gradient-penalty.js';
import type { GradientNormOptions } from './gradient-norm.js';
import { r2Penalty } from './r2-penalty.js';
import { BACKENDS, selectBackend } from './testing/backends.js';
import {
  CHANNELS,
  critic,
  critic64,
  criticTensors,
  nearestCorner64,
  PARAMETERS,
  PIXELS,
  scattered,
  SIZE,
  squaredGradientNorm64,
} from './testing/critic.js';
import { gradient64, mean64, valuesOf, worstError } from './testing/numbers.js';
import { wassersteinGradientPenalty } from './wasserstein-gradient-penalty.js';

const BATCH = 2;
const parameters = scattered(PARAMETERS, 11);
const image = scattered(BATCH * PIXELS, 2);
const generated = scattered(BATCH * PIXELS, 3);
const noise = scattered(BATCH * PIXELS, 4).map((v) => 0.3 * v);
const epsilon = [0.3125, 0.8125];

const images = (values: readonly number[]): Tensor => tensor(Array.from(values), [BATCH, SIZE, SIZE, CHANNELS]);
const samples = (values: readonly number[]): number[][] =>
  Array.from({ length: BATCH }, (_, i) => values.slice(i * PIXELS, (i + 1) * PIXELS));
const between = image.map((x, i) => epsilon[Math.floor(i / PIXELS)]! * x + (1 - epsilon[Math.floor(i / PIXELS)]!) * generated[i]!);
const noisy = image.map((x, i) => x + noise[i]!);

const half = (squaredNorm: number): number => squaredNorm / 2;
const nearTwo = (squaredNorm: number): number => (Math.sqrt(squaredNorm) - 2) ** 2;
const options: GradientNormOptions = { target: 2 };

type Critic = (image: Tensor) => Tensor;

const PENALTIES = [
  { name: 'R1', at: image, charge: half, penalty: (D: Critic) => r1Penalty(D, images(image)) },
  { name: 'R2', at: generated, charge: half, penalty: (D: Critic) => r2Penalty(D, images(generated)) },
  {
    name: 'WGAN-GP',
    at: between,
    charge: nearTwo,
    penalty: (D: Critic) => wassersteinGradientPenalty(D, images(image), images(generated), tensor1d(epsilon), options),
  },
  { name: 'DRAGAN', at: noisy, charge: nearTwo, penalty: (D: Critic) => draganPenalty(D, images(image), images(noise), options) },
] as const;

const expectations = PENALTIES.map(({ at, charge }) => {
  const value = (flat: number[]): number => mean64(samples(at).map((x) => charge(squaredGradientNorm64(flat, x))));
  return { value: value(parameters), gradient: gradient64(value, parameters, 1e-3) };
});

test('the images keep away from the corners of the critic, where differences are no derivatives', () => {
  for (const { at } of PENALTIES) for (const x of samples(at)) expect(nearestCorner64(parameters, x)).toBeGreaterThan(4e-3);
});

describe.each(BACKENDS)('a critic with instance norm, lrelu and pooling on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('has the value of the float64 one', () => {
    const values = valuesOf(() => reshape(critic(criticTensors(parameters), images(image)), [BATCH]));
    expect(
      worstError(
        values,
        samples(image).map((x) => critic64(parameters, x)),
      ),
    ).toBeLessThan(1e-5);
  });

  test.each(PENALTIES.map(({ name, penalty }, i) => ({ name, penalty, expected: expectations[i]! })))(
    '$name has the value and the parameter gradient of float64 differences',
    ({ penalty, expected }) => {
      const tensors = criticTensors(parameters);
      const { value, gradients } = valueAndGradients(
        (weights) => ({ value: penalty((x) => critic(Object.values(weights), x)) as Scalar, auxiliary: {} }),
        Object.fromEntries(tensors.map((weight, i) => [`weight${i}`, weight])),
      );
      const gradient = tensors.flatMap((_, i) => valuesOf(() => gradients[`weight${i}`]!));
      const scale = Math.max(...expected.gradient.map(Math.abs));
      expect(
        worstError(
          valuesOf(() => value),
          [expected.value],
        ),
      ).toBeLessThan(1e-5);
      expect(scale).toBeGreaterThan(0.1);
      expect(
        worstError(
          gradient.map((g) => g / scale),
          expected.gradient.map((g) => g / scale),
        ),
      ).toBeLessThan(2e-5);
    },
  );
});
