import { dispose, memory, randomNormal, square, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { parameterCount } from '@stargan/layers';
import { valueAndGradients } from '@stargan/ops';
import { describe, expect, it } from 'vitest';
import { discriminator } from './index.js';

const small = { widthBudget: 64, maxWidth: 8 };

describe('discriminator', () => {
  it('has as many parameters as the reference', () => {
    expect(parameterCount(discriminator({ imageSize: 256, domains: 2 }).specs)).toBe(20_852_290);
    expect(parameterCount(discriminator({ imageSize: 256, domains: 3 }).specs)).toBe(20_852_803);
  });

  it.each([16, 32, 64])('gives one logit per image at %i²', (imageSize) => {
    tidy(() => {
      const D = discriminator({ imageSize, domains: 3, ...small });
      expect(D.apply(D.init(1), randomNormal([2, imageSize, imageSize, 3]), [2, 0]).shape).toEqual([2]);
    });
  });

  it('judges an image by the branch of its own domain', () => {
    tidy(() => {
      const D = discriminator({ imageSize: 16, domains: 2, ...small });
      const parameters = D.init(1);
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      const [a0, b0] = D.apply(parameters, image, [0, 0]).arraySync();
      const [a1, b1] = D.apply(parameters, image, [1, 1]).arraySync();
      const [a, b] = D.apply(parameters, image, [0, 1]).arraySync();
      expect([a, b]).toEqual([a0, b1]);
      expect(a0).not.toBe(a1);
      expect(b0).not.toBe(b1);
    });
  });

  it('has weight gradients of its input gradient that agree with finite differences', () => {
    tidy(() => {
      const D = discriminator({ imageSize: 16, domains: 2, ...small });
      const parameters = D.init(5);
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      // ½‖∇ₓ Σ D(x)‖², differentiated for the weights: what R1 does.
      const penalty = (p: Readonly<Record<string, Tensor>>): Scalar => {
        const { gradients } = valueAndGradients((input) => sum<Scalar>(D.apply(p, input.image, [0, 1])), { image });
        return sum<Scalar>(square(gradients.image));
      };
      const { gradients } = valueAndGradients(penalty, parameters);
      // Weights with few kinks behind them: finite differences step over those of the early layers.
      for (const name of ['main.4.weight', 'main.6.weight']) {
        const gradient = gradients[name]!;
        const values = gradient.dataSync<'float32'>();
        const index = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);
        const shifted = (step: number): number =>
          tidy(() => {
            const data = parameters[name]!.dataSync<'float32'>().slice();
            data[index]! += step;
            return penalty({ ...parameters, [name]: tensor(data, gradient.shape) }).dataSync<'float32'>()[0]!;
          });
        const step = 1e-3;
        const slope = (shifted(step) - shifted(-step)) / (2 * step);
        expect(Math.abs(slope - values[index]!) / Math.abs(values[index]!), name).toBeLessThan(0.02);
      }
    });
  });

  it('leaves no tensor behind but its output', () => {
    const D = discriminator({ imageSize: 16, domains: 2, ...small });
    const parameters = D.init(1);
    const image = randomNormal([2, 16, 16, 3]);
    const before = memory().numTensors;
    const logits = D.apply(parameters, image, [1, 0]);
    expect(memory().numTensors).toBe(before + 1);
    dispose([logits, image, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => discriminator({ imageSize: 20, domains: 2 })).toThrow('discriminator: imageSize must be a power of two ≥ 16, got 20');
    expect(() => discriminator({ imageSize: 16, domains: 0 })).toThrow('discriminator: domains must be a whole number ≥ 1, got 0');
  });
});
