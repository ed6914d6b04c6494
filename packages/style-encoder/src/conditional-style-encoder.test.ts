import { dispose, memory, mul, randomNormal, sum, tensor, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { parameterCount } from '@stargan/layers';
import { valueAndGradients } from '@stargan/ops';
import { describe, expect, it } from 'vitest';
import { conditionalStyleEncoder, styleEncoder } from './index.js';

const small = { imageSize: 16, widthBudget: 64, maxWidth: 8, styleDim: 4 };

describe.each([styleEncoder, conditionalStyleEncoder])('%o', (build) => {
  it('takes domains in a tensor, and typed arrays, as it takes an array', () => {
    tidy(() => {
      const E = build({ ...small, domains: 3 });
      const p = E.init(1);
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      const expected = E.apply(p, image, [2, 0]).dataSync();
      for (const domain of [tensor1d([2, 0], 'int32'), Uint8Array.of(2, 0)]) {
        E.apply(p, image, domain)
          .dataSync()
          .forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
      }
    });
  });

  it('says which network was given domains that do not fit', () => {
    tidy(() => {
      const E = build({ ...small, domains: 3 });
      expect(() => E.apply({}, zeros([2, 16, 16, 3]), tensor1d([0], 'int32'))).toThrow(
        `${build.name}: domain must be [2] numbers or [2, 3] weights of domains, got int32 [1]`,
      );
    });
  });
});

describe('conditionalStyleEncoder', () => {
  it('without the filters of the label is the branched encoder of one domain', () => {
    tidy(() => {
      const E = conditionalStyleEncoder({ ...small, domains: 3 });
      const p = E.init(1);
      const filter = p['trunk.0.weight']!; // [3, 3, 3 + domains, width]
      const seen = filter.arraySync() as number[][][][];
      const imageFilter = seen.map((row) => row.map((pixel) => pixel.slice(0, 3)));
      const blind = seen.map((row) => row.map((pixel) => pixel.map((out, channel) => (channel < 3 ? out : out.map(() => 0)))));
      const branched = styleEncoder({ ...small, domains: 1 });
      const renamed = Object.fromEntries(
        Object.entries(p).map(([name, tensor]) => [name.replace('trunk', 'shared').replace('output', 'unshared.0'), tensor]),
      );
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      const toTensor = (values: number[][][][]): typeof filter => tensor(values);
      const own = branched.apply({ ...renamed, 'shared.0.weight': toTensor(imageFilter) }, image, [0, 0]).dataSync();
      const conditional = E.apply({ ...p, 'trunk.0.weight': toTensor(blind) }, image, [2, 1]).dataSync();
      conditional.forEach((value, i) => expect(value).toBeCloseTo(own[i]!, 4));
    });
  });

  it('reads one image differently in different domains, and each sample by its own', () => {
    tidy(() => {
      const E = conditionalStyleEncoder({ ...small, domains: 2 });
      const p = E.init(1);
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      const [first, second] = E.apply(p, image, [0, 1]).arraySync();
      const [asZero, alsoZero] = E.apply(p, image, [0, 0]).arraySync();
      asZero!.forEach((value, i) => expect(value).toBeCloseTo(first![i]!, 5));
      expect(alsoZero).not.toEqual(second);
    });
  });

  it('has as many parameters more than one head as the filters of the labels', () => {
    const plain = parameterCount(styleEncoder({ ...small, domains: 1 }).specs);
    expect(parameterCount(conditionalStyleEncoder({ ...small, domains: 3 }).specs) - plain).toBe(3 * 3 * 3 * 4);
  });

  it('trains every parameter whatever the domain', () => {
    tidy(() => {
      const E = conditionalStyleEncoder({ ...small, domains: 2 });
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      const { gradients } = valueAndGradients((p) => {
        const style = E.apply(p, image, [1, 1]);
        return sum<Scalar>(mul(style, style));
      }, E.init(1));
      for (const [name, gradient] of Object.entries(gradients))
        expect(Math.max(...gradient.dataSync<'float32'>().map(Math.abs)), name).toBeGreaterThan(0);
    });
  });

  it('leaves no tensor behind but its output', () => {
    const E = conditionalStyleEncoder({ ...small, domains: 2 });
    const parameters = E.init(1);
    const image = randomNormal([2, 16, 16, 3]);
    const before = memory().numTensors;
    const style = E.apply(parameters, image, [1, 0]);
    expect(memory().numTensors).toBe(before + 1);
    dispose([style, image, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => conditionalStyleEncoder({ imageSize: 48, domains: 2 })).toThrow(
      'conditionalStyleEncoder: imageSize must be a power of two ≥ 16, got 48',
    );
    const E = conditionalStyleEncoder({ ...small, domains: 2 });
    tidy(() => {
      expect(() => E.apply({}, zeros([1, 16, 16, 1]), [0])).toThrow(
        'conditionalStyleEncoder: image must be [batch, 16, 16, 3], got [1, 16, 16, 1]',
      );
    });
  });
});
