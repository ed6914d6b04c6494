import { add, dispose, memory, randomNormal, slice, squeeze, matMul, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parameterCount } from '@stargan/layers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionalMappingNetwork, mappingNetwork } from './index.js';

const small = { latentDim: 3, styleDim: 4, hiddenDim: 8 };

describe('conditionalMappingNetwork', () => {
  it('is the branched network of one domain whose first bias holds the embedding', () => {
    const F = conditionalMappingNetwork({ domains: 3, ...small, embeddingDim: 2 });
    const branched = mappingNetwork({ domains: 1, ...small });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.nat(1000), (domain, seed) => {
        tidy(() => {
          const p = F.init(seed);
          const first = p['trunk.0.weight']!; // [latentDim + embeddingDim, hiddenDim]
          const embedded = slice(p['embedding.weight']!, [domain, 0], [1, 2]);
          const folded: Record<string, Tensor> = {
            'shared.0.weight': slice(first, [0, 0], [3, 8]),
            'shared.0.bias': add(p['trunk.0.bias']!, squeeze(matMul(embedded, slice(first, [3, 0], [2, 8])), [0])),
          };
          // Layers 2, 4, 6 are shared in the branched network, the rest is the branch.
          for (let i = 1; i < 8; i++) {
            const name = i < 4 ? `shared.${2 * i}` : `unshared.0.${2 * (i - 4)}`;
            for (const part of ['weight', 'bias']) folded[`${name}.${part}`] = p[`trunk.${2 * i}.${part}`]!;
          }
          const latent = randomNormal([5, 3], 0, 1, 'float32', seed + 1);
          const conditional = F.apply(
            p,
            latent,
            Array.from({ length: 5 }, () => domain),
          ).dataSync();
          const selected = branched.apply(folded, latent, [0, 0, 0, 0, 0]).dataSync();
          conditional.forEach((value, i) => expect(value).toBeCloseTo(selected[i]!, 4));
        });
      }),
      { numRuns: 20 },
    );
  });

  it('gives one latent code another style in another domain', () => {
    tidy(() => {
      const F = conditionalMappingNetwork({ domains: 2, ...small });
      const p = F.init(1);
      const latent = randomNormal([1, 3], 0, 1, 'float32', 1);
      expect(F.apply(p, latent, [0]).arraySync()).not.toEqual(F.apply(p, latent, [1]).arraySync());
    });
  });

  it('takes domains in a tensor as it takes an array', () => {
    tidy(() => {
      const F = conditionalMappingNetwork({ domains: 3, ...small });
      const p = F.init(1);
      const latent = randomNormal([2, 3], 0, 1, 'float32', 1);
      expect(F.apply(p, latent, tensor1d([2, 0], 'int32')).arraySync()).toEqual(F.apply(p, latent, [2, 0]).arraySync());
    });
  });

  it('grows by one embedding per domain', () => {
    const count = (domains: number): number => parameterCount(conditionalMappingNetwork({ domains }).specs);
    expect(count(11) - count(10)).toBe(16);
  });

  it('leaves no tensor behind but its output', () => {
    const F = conditionalMappingNetwork({ domains: 2, ...small });
    const parameters = F.init(1);
    const latent = randomNormal([3, 3]);
    const before = memory().numTensors;
    const style = F.apply(parameters, latent, [0, 1, 0]);
    expect(memory().numTensors).toBe(before + 1);
    dispose([style, latent, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => conditionalMappingNetwork({ domains: 2, embeddingDim: 0 })).toThrow(
      'conditionalMappingNetwork: embeddingDim must be a whole number ≥ 1, got 0',
    );
    const F = conditionalMappingNetwork({ domains: 2, ...small });
    tidy(() => {
      expect(() => F.apply({}, zeros([2, 5]), [0, 1])).toThrow('conditionalMappingNetwork: latent must be [batch, 3], got [2, 5]');
      expect(() => F.apply({}, zeros([2, 3]), [0, 2])).toThrow(
        'conditionalMappingNetwork: domain must be a whole number from 0 to 1, got 2',
      );
    });
  });
});
