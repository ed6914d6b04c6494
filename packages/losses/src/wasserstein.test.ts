import { add, tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { selectBackend } from './testing/backends.js';
import { describeLogitLoss } from './testing/logit-loss-properties.js';
import { gradientOf, valueOf } from './testing/numbers.js';
import { driftPenalty, fakeWassersteinLoss, generatorWassersteinLoss, realWassersteinLoss } from './wasserstein.js';

describeLogitLoss({ name: 'realWassersteinLoss', loss: realWassersteinLoss, exact: (l) => -l });
describeLogitLoss({ name: 'fakeWassersteinLoss', loss: fakeWassersteinLoss, exact: (l) => l });
describeLogitLoss({ name: 'generatorWassersteinLoss', loss: generatorWassersteinLoss, exact: (l) => -l });
describeLogitLoss({ name: 'driftPenalty', loss: driftPenalty, exact: (l) => l ** 2 });

describe('the Wasserstein losses', () => {
  beforeAll(() => selectBackend('cpu'));
  // Quarters in batches of a power of two: exact in float32.
  const quarters = fc.array(
    fc.integer({ min: -400, max: 400 }).map((n) => n / 4),
    { minLength: 4, maxLength: 4 },
  );
  const critic = (real: number[], fake: number[]): number =>
    valueOf(() => add(realWassersteinLoss(tensor1d(real)), fakeWassersteinLoss(tensor1d(fake))));

  test('of the critic change sign when real and generated images change places', () => {
    fc.assert(
      fc.property(quarters, quarters, (real, fake) => {
        expect(critic(real, fake) + critic(fake, real)).toBe(0);
      }),
    );
  });

  test('of the critic leave a constant free', () => {
    fc.assert(
      fc.property(quarters, quarters, fc.integer({ min: -50, max: 50 }), (real, fake, shift) => {
        expect(
          critic(
            real.map((l) => l + shift),
            fake.map((l) => l + shift),
          ),
        ).toBe(critic(real, fake));
      }),
    );
  });

  test('of the critic scale with it', () => {
    fc.assert(
      fc.property(quarters, quarters, fc.constantFrom(-2, 0.5, 4), (real, fake, factor) => {
        // A sum of zero has no sign worth keeping.
        expect(
          critic(
            real.map((l) => l * factor),
            fake.map((l) => l * factor),
          ) + 0,
        ).toBe(factor * critic(real, fake) + 0);
      }),
    );
  });

  test('are a game of sum zero: what the critic pays for generated images the generator gains', () => {
    fc.assert(
      fc.property(quarters, (fake) => {
        expect(valueOf(() => add(generatorWassersteinLoss(tensor1d(fake)), fakeWassersteinLoss(tensor1d(fake))))).toBe(0);
      }),
    );
  });

  test('have the same gradient wherever the logits are', () => {
    fc.assert(
      fc.property(quarters, (logits) => {
        expect(gradientOf(realWassersteinLoss, logits)).toEqual([-0.25, -0.25, -0.25, -0.25]);
        expect(gradientOf(fakeWassersteinLoss, logits)).toEqual([0.25, 0.25, 0.25, 0.25]);
      }),
    );
  });

  test('drift is charged by the square, whatever the sign, and not at 0', () => {
    fc.assert(
      fc.property(quarters, fc.constantFrom(-2, -1, 0, 0.5), (logits, factor) => {
        const drift = (by: number): number => valueOf(() => driftPenalty(tensor1d(logits.map((l) => l * by))));
        expect(drift(factor)).toBe(factor ** 2 * drift(1));
      }),
    );
  });
});
