import { tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adversarialFamilies } from './adversarial-families.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend } from './testing/backends.js';
import { gradientOf, softplus64, valueOf, worstError } from './testing/numbers.js';

type Exact = (l: number) => number;

const EXACT: Record<keyof typeof adversarialFamilies, readonly [real: Exact, fake: Exact, generator: Exact]> = {
  hinge: [(l) => Math.max(0, 1 - l), (l) => Math.max(0, 1 + l), (l) => -l],
  leastSquares: [(l) => (l - 1) ** 2 / 2, (l) => l ** 2 / 2, (l) => (l - 1) ** 2 / 2],
  nonSaturating: [(l) => softplus64(-l), softplus64, (l) => softplus64(-l)],
  saturating: [(l) => softplus64(-l), softplus64, (l) => -softplus64(l)],
  wasserstein: [(l) => -l, (l) => l, (l) => -l],
};

describe.each(Object.entries(adversarialFamilies))('the family %s', (name, { real, fake, generator }) => {
  beforeAll(() => selectBackend('cpu'));
  const exact = EXACT[name as keyof typeof EXACT];

  test('holds the losses of its paper, each for its player', () => {
    fc.assert(
      fc.property(float32(20), (l) => {
        const values = [real, fake, generator].map((loss) => valueOf(() => loss(tensor1d([l]))));
        expect(
          worstError(
            values,
            exact.map((each) => each(l)),
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('pulls real logits up, generated ones down, and lets the generator pull them up', () => {
    const [atReal = NaN] = gradientOf(real, [0.25]);
    const [atFake = NaN] = gradientOf(fake, [0.25]);
    const [atGenerator = NaN] = gradientOf(generator, [0.25]);
    expect([atReal < 0, atFake > 0, atGenerator < 0]).toEqual([true, true, true]);
  });
});
