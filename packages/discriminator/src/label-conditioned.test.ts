import {
  add,
  concat,
  dispose,
  memory,
  oneHot,
  randomNormal,
  square,
  sum,
  tensor,
  tensor1d,
  tidy,
  tile,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { DomainLabels } from '@stargan/layers';
import { valueAndGradients, type Parameters } from '@stargan/ops';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discriminator, labelMapDiscriminator, patchClassifier, projectionDiscriminator } from './index.js';

const small = { imageSize: 16, widthBudget: 64, maxWidth: 8 };
const images = (count: number, seed = 1): Tensor => randomNormal([count, 16, 16, 3], 0, 1, 'float32', seed);

describe('projectionDiscriminator', () => {
  it('is the multi-task discriminator whose branches are the sum of what is shared and what is their own', () => {
    const projection = projectionDiscriminator({ ...small, domains: 3 });
    const branches = discriminator({ ...small, domains: 3 });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }), fc.nat(1000), (domain, seed) => {
        tidy(() => {
          const p: Parameters = { ...projection.init(seed), 'main.6.bias': tensor([0.3]) };
          const folded = {
            ...p,
            'main.6.weight': add(p['main.6.weight']!, p['projection.weight']!),
            'main.6.bias': tile(p['main.6.bias']!, [3]),
          };
          const image = images(domain.length, seed + 1);
          const conditioned = projection.apply(p, image, domain).dataSync();
          const selected = branches.apply(folded, image, domain).dataSync();
          conditioned.forEach((value, i) => expect(Math.abs(value - selected[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value))));
        });
      }),
      { numRuns: 15 },
    );
  });
});

describe('labelMapDiscriminator', () => {
  it('without the filters of the label is the multi-task discriminator of one domain', () => {
    tidy(() => {
      const D = labelMapDiscriminator({ ...small, domains: 2 });
      const p = D.init(1);
      const filter = p['main.0.weight']!.arraySync() as number[][][][]; // [3, 3, 3 + domains, width]
      const imageFilter = tensor(filter.map((row) => row.map((pixel) => pixel.slice(0, 3))));
      const blind = concat([imageFilter, zeros([3, 3, 2, 4])], 2);
      const image = images(2);
      const own = discriminator({ ...small, domains: 1 })
        .apply({ ...p, 'main.0.weight': imageFilter }, image, [0, 0])
        .dataSync();
      D.apply({ ...p, 'main.0.weight': blind }, image, [0, 1])
        .dataSync()
        .forEach((value, i) => expect(value).toBeCloseTo(own[i]!, 4));
    });
  });
});

describe.each([
  ['discriminator', discriminator],
  ['projectionDiscriminator', projectionDiscriminator],
  ['labelMapDiscriminator', labelMapDiscriminator],
] as const)('%s with domains in a tensor', (_, build) => {
  it('has the logits, and the gradients of R1, that it has with an array of them', () => {
    tidy(() => {
      const D = build({ ...small, domains: 3 });
      const image = images(2);
      const of = (domain: DomainLabels): number[] => {
        const { value, gradients } = valueAndGradients((p) => {
          const { value: logit, gradients: inner } = valueAndGradients((input) => sum<Scalar>(D.apply(p, input.image, domain)), { image });
          return add<Scalar>(logit, sum(square(inner.image)));
        }, D.init(1));
        return [value, ...Object.values(gradients)].flatMap((each) => Array.from(each.dataSync()));
      };
      const expected = of([2, 0]);
      for (const labels of [tensor1d([2, 0], 'int32'), oneHot(tensor1d([2, 0], 'int32'), 3)]) {
        of(labels).forEach((each, i) => expect(Math.abs(each - expected[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected[i]!))));
      }
    });
  });
});

describe.each([
  ['projectionDiscriminator', projectionDiscriminator],
  ['labelMapDiscriminator', labelMapDiscriminator],
] as const)('%s', (name, build) => {
  it('judges each sample as one of its own domain', () => {
    tidy(() => {
      const D = build({ ...small, domains: 2 });
      const p = D.init(1);
      const [a, b] = D.apply(p, images(2), [0, 1]).arraySync();
      const [a0, b0] = D.apply(p, images(2), [0, 0]).arraySync();
      expect(a).toBeCloseTo(a0!, 4);
      expect(Math.abs(b! - b0!)).toBeGreaterThan(1e-3);
    });
  });

  it('leaves no tensor behind but its output', () => {
    const D = build({ ...small, domains: 2 });
    const parameters = D.init(1);
    const image = images(2);
    const before = memory().numTensors;
    const logits = D.apply(parameters, image, [1, 0]);
    expect(logits.shape).toEqual([2]);
    expect(memory().numTensors).toBe(before + 1);
    dispose([logits, image, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => build({ imageSize: 20, domains: 2 })).toThrow(`${name}: imageSize must be a power of two ≥ 16, got 20`);
    expect(() => build({ imageSize: 16, domains: 0 })).toThrow(`${name}: domains must be a whole number ≥ 1, got 0`);
    const D = build({ ...small, domains: 2 });
    tidy(() => {
      expect(() => D.apply(D.init(1), zeros([1, 8, 8, 3]), [0])).toThrow(`${name}: image must be [batch, 16, 16, 3], got [1, 8, 8, 3]`);
      expect(() => D.apply(D.init(1), zeros([1, 16, 16, 3]), [2])).toThrow('domain must be a whole number from 0 to 1, got 2');
    });
  });
});

describe('patchClassifier', () => {
  it.each([
    [16, 2],
    [32, 2],
    [128, 2],
    [256, 4],
  ])('gives patches and a logit per domain at %i²', (imageSize, side) => {
    tidy(() => {
      const D = patchClassifier({ imageSize, domains: 3, widthBudget: 2 * imageSize, maxWidth: 8 });
      const { patches, classes } = D.apply(D.init(1), randomNormal([2, imageSize, imageSize, 3]));
      expect(patches.shape).toEqual([2, side, side, 1]);
      expect(classes.shape).toEqual([2, 3]);
    });
  });

  it('has the parameters of the first StarGAN at 128²', () => {
    const { specs } = patchClassifier({ imageSize: 128, domains: 5, widthBudget: 64 * 128, maxWidth: 2048 });
    expect(specs.filter(({ kind }) => kind === 'convolution').map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
      'main.0.weight 4×4×3×64',
      'main.2.weight 4×4×64×128',
      'main.4.weight 4×4×128×256',
      'main.6.weight 4×4×256×512',
      'main.8.weight 4×4×512×1024',
      'main.10.weight 4×4×1024×2048',
      'conv1.weight 3×3×2048×1',
      'conv2.weight 2×2×2048×5',
    ]);
  });

  it('has weight gradients of its input gradient that agree with finite differences', () => {
    tidy(() => {
      const D = patchClassifier({ ...small, domains: 2 });
      const parameters = D.init(5);
      const image = images(2);
      const penalty = (p: Parameters): Scalar => {
        const { gradients } = valueAndGradients((input) => sum<Scalar>(D.apply(p, input.image).patches), { image });
        return sum<Scalar>(square(gradients.image));
      };
      const { gradients } = valueAndGradients(penalty, parameters);
      const name = 'conv1.weight';
      const values = gradients[name]!.dataSync<'float32'>();
      const index = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);
      const shifted = (step: number): number =>
        tidy(() => {
          const data = parameters[name]!.dataSync<'float32'>().slice();
          data[index]! += step;
          return penalty({ ...parameters, [name]: tensor(data, parameters[name]!.shape) }).dataSync<'float32'>()[0]!;
        });
      const slope = (shifted(1e-3) - shifted(-1e-3)) / 2e-3;
      expect(Math.abs(slope - values[index]!) / Math.abs(values[index]!)).toBeLessThan(0.02);
    });
  });

  it('leaves no tensor behind but its outputs', () => {
    const D = patchClassifier({ ...small, domains: 2 });
    const parameters = D.init(1);
    const image = images(2);
    const before = memory().numTensors;
    const { patches, classes } = D.apply(parameters, image);
    expect(memory().numTensors).toBe(before + 2);
    dispose([patches, classes, image, ...Object.values(parameters)]);
  });
});
