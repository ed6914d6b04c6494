import { dispose, gather, memory, mul, randomNormal, square, sum, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Scalar } from '@tensorflow/tfjs-core';
import { parameterCount, type DomainLabels } from '@stargan/layers';
import { valueAndGradients } from '@stargan/ops';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mappingNetwork } from './index.js';

const small = { latentDim: 3, styleDim: 4, hiddenDim: 8 };

describe('mappingNetwork', () => {
  it('has as many parameters as the reference', () => {
    expect(parameterCount(mappingNetwork({ domains: 2 }).specs)).toBe(2_438_272);
    expect(parameterCount(mappingNetwork({ domains: 3 }).specs)).toBe(3_259_072);
  });

  it('treats every sample by itself, whatever the order and the domains of the batch', () => {
    const F = mappingNetwork({ domains: 3, ...small });
    const parameters = F.init(1);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }), fc.nat(), (domain, seed) => {
        tidy(() => {
          const latent = randomNormal<Rank.R2>([domain.length, 3], 0, 1, 'float32', seed);
          const together = F.apply(parameters, latent, domain).arraySync();
          domain.forEach((d, i) => {
            const alone = F.apply(parameters, gather(latent, tensor1d([i], 'int32')), [d]).arraySync()[0]!;
            alone.forEach((value, k) => expect(value).toBeCloseTo(together[i]![k]!, 5));
          });
        });
      }),
      { numRuns: 30 },
    );
    dispose(Object.values(parameters));
  });

  it('gives no gradient to the branches of absent domains', () => {
    const F = mappingNetwork({ domains: 3, ...small });
    tidy(() => {
      const latent = randomNormal([2, 3], 0, 1, 'float32', 1);
      const { gradients } = valueAndGradients((p) => {
        const style = F.apply(p, latent, [0, 2]);
        return sum<Scalar>(mul(style, style));
      }, F.init(1));
      const largest = (name: string): number => Math.max(...gradients[name]!.dataSync<'float32'>().map(Math.abs));
      expect(largest('unshared.0.6.weight')).toBeGreaterThan(0);
      expect(largest('unshared.2.6.weight')).toBeGreaterThan(0);
      expect(largest('unshared.1.6.weight')).toBe(0);
    });
  });

  it('takes domains in a tensor as it takes an array, with the same gradients', () => {
    const F = mappingNetwork({ domains: 3, ...small });
    tidy(() => {
      const latent = randomNormal([3, 3], 0, 1, 'float32', 1);
      const of = (domain: DomainLabels): number[] => {
        const { value, gradients } = valueAndGradients((p) => sum<Scalar>(square(F.apply(p, latent, domain))), F.init(1));
        return [value, ...Object.values(gradients)].flatMap((each) => Array.from(each.dataSync()));
      };
      const expected = of([2, 0, 2]);
      of(tensor1d([2, 0, 2], 'int32')).forEach((each, i) => expect(each).toBeCloseTo(expected[i]!, 4));
    });
  });

  it('leaves no tensor behind but its output', () => {
    const F = mappingNetwork({ domains: 2, ...small });
    const parameters = F.init(1);
    const latent = randomNormal([3, 3]);
    const before = memory().numTensors;
    const style = F.apply(parameters, latent, [0, 1, 0]);
    expect(memory().numTensors).toBe(before + 1);
    dispose([style, latent, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => mappingNetwork({ domains: 0 })).toThrow('mappingNetwork: domains must be a whole number ≥ 1, got 0');
    const F = mappingNetwork({ domains: 2, ...small });
    tidy(() => {
      expect(() => F.apply({}, zeros([2, 5]), [0, 1])).toThrow('mappingNetwork: latent must be [batch, 3], got [2, 5]');
      expect(() => F.apply({}, zeros([2, 3]), [0])).toThrow('domain must hold one number per sample, got 1 for a batch of 2');
      expect(() => F.apply({}, zeros([2, 3]), [0, 2])).toThrow('domain must be a whole number from 0 to 1, got 2');
    });
  });
});
