import { add, dispose, matMul, memory, mul, randomNormal, sum, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { activate, addBias, conv2d, residualSum, valueAndGradients, type InputActivation, type Parameters } from '@stargan/ops';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adain,
  convolutionMethods,
  initializeParameters,
  instanceNorm,
  residualBlock,
  styledResidualBlock,
  type BlockConvolutions,
  type ConvolutionMethod,
} from './index.js';
import { largest, largestDifference } from './testing/compare.js';

const STYLE_DIM = 5;

const shapes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  half: fc.integer({ min: 2, max: 5 }),
  inChannels: fc.integer({ min: 1, max: 4 }),
  outChannels: fc.integer({ min: 1, max: 4 }),
  resample: fc.boolean(),
  flag: fc.boolean(),
  seed: fc.nat(),
});

interface Built {
  specs: ReturnType<typeof residualBlock>['specs'];
  apply: (parameters: Parameters, x: Tensor, style: Tensor) => Tensor;
}

type Kind = (shape: { inChannels: number; outChannels: number; resample: boolean; flag: boolean }, convolution: ConvolutionMethod) => Built;

const kinds: Record<string, Kind> = {
  'residual block': ({ resample, flag, ...channels }, convolution) => {
    const block = residualBlock('b', { ...channels, normalize: flag, downsample: resample, convolution });
    return { specs: block.specs, apply: (p, x) => block.apply(p, x) };
  },
  'styled residual block': ({ resample, flag, ...channels }, convolution) => {
    const block = styledResidualBlock('b', { ...channels, styleDim: STYLE_DIM, upsample: resample, shortcut: flag, convolution });
    return { specs: block.specs, apply: (p, x, style) => block.apply(p, x, style) };
  },
};

describe.each(Object.entries(kinds))('%s', (_, build) => {
  it('is the same function and has the same gradients by both methods', () => {
    fc.assert(
      fc.property(shapes, ({ batch, half, seed, ...shape }) => {
        tidy(() => {
          const fused = build(shape, 'fused');
          const composed = build(shape, 'composed');
          const x = randomNormal([batch, 2 * half, 2 * half, shape.inChannels], 0, 1, 'float32', seed);
          const style = randomNormal([batch, STYLE_DIM], 0, 1, 'float32', seed + 1);
          const parameters = { ...initializeParameters(fused.specs, seed, 'b'), x, style };
          const run = ({ apply }: Built): ReturnType<typeof valueAndGradients> =>
            valueAndGradients((p) => {
              const output = apply(p, p.x, p.style);
              const weights = randomNormal(output.shape, 0, 1, 'float32', seed + 2);
              return { value: sum<Scalar>(mul(output, weights)), auxiliary: { output } };
            }, parameters);
          const a = run(fused);
          const b = run(composed);
          expect(largestDifference(a.auxiliary.output!, b.auxiliary.output!) / largest(b.auxiliary.output!)).toBeLessThan(1e-5);
          // A norm's scale may have gradient zero by construction (what follows ignores it), so the error is
          // measured against the largest gradient of the block.
          const names = ['x', ...fused.specs.map((spec) => spec.name)];
          const scale = Math.max(...names.map((name) => largest(b.gradients[name]!)));
          for (const name of names) expect(largestDifference(a.gradients[name]!, b.gradients[name]!) / scale, name).toBeLessThan(1e-4);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('leaves no tensor behind but its output', () => {
    const built = build({ inChannels: 2, outChannels: 3, resample: true, flag: true }, 'fused');
    const parameters = initializeParameters(built.specs, 1, 'b');
    const x = randomNormal([1, 4, 4, 2]);
    const style = randomNormal([1, STYLE_DIM]);
    const before = memory().numTensors;
    const output = built.apply(parameters, x, style);
    expect(memory().numTensors).toBe(before + 1);
    dispose([output, x, style, ...Object.values(parameters)]);
  });
});

describe('a residual block', () => {
  it('halves the resolution and changes the channels', () => {
    tidy(() => {
      const block = residualBlock('', { inChannels: 2, outChannels: 6, normalize: true, downsample: true });
      expect(block.apply(initializeParameters(block.specs, 1, 'b'), randomNormal([2, 8, 6, 2])).shape).toEqual([2, 4, 3, 6]);
    });
  });

  it('names its parameters in the order of the reference', () => {
    const names = residualBlock('encode.0', { inChannels: 2, outChannels: 3, normalize: true }).specs.map(({ name }) => name);
    expect(names).toEqual(
      [
        'conv1.weight',
        'conv1.bias',
        'conv2.weight',
        'conv2.bias',
        'norm1.weight',
        'norm1.bias',
        'norm2.weight',
        'norm2.bias',
        'conv1x1.weight',
      ].map((name) => `encode.0.${name}`),
    );
  });
});

describe('AdaIN', () => {
  it('gives every channel the mean and deviation that the style asks for', () => {
    tidy(() => {
      const layer = adain('', { channels: 3, styleDim: STYLE_DIM });
      const parameters = initializeParameters(layer.specs, 3, 'adain');
      const x = randomNormal([2, 8, 8, 3], 5, 3, 'float32', 1);
      const style = randomNormal<Rank.R2>([2, STYLE_DIM], 0, 1, 'float32', 2);
      const output = layer.apply(parameters, x, style);
      const affine = matMul<Tensor2D>(style, parameters['fc.weight']!).arraySync();
      const values = output.arraySync();
      for (let image = 0; image < 2; image++) {
        for (let channel = 0; channel < 3; channel++) {
          const pixels = values[image]!.flat().map((pixel) => pixel[channel]!);
          const mean = pixels.reduce((total, v) => total + v, 0) / pixels.length;
          const deviation = Math.sqrt(pixels.reduce((total, v) => total + (v - mean) ** 2, 0) / pixels.length);
          expect(mean).toBeCloseTo(affine[image]![3 + channel]!, 4);
          expect(deviation).toBeCloseTo(Math.abs(1 + affine[image]![channel]!), 4);
        }
      }
    });
  });
});

describe('instance norm', () => {
  it('does not change when a channel of the input is shifted or scaled', () => {
    tidy(() => {
      const layer = instanceNorm('', { channels: 2 });
      const parameters = initializeParameters(layer.specs, 3, 'norm');
      const x = randomNormal([2, 8, 8, 2], 0, 1, 'float32', 1);
      expect(largestDifference(layer.apply(parameters, add(mul(x, 3), 7)), layer.apply(parameters, x))).toBeLessThan(1e-4);
    });
  });
});

describe('a styled block without shortcut', () => {
  it('does not change when a channel of the input is shifted or scaled, since it begins with a normalisation', () => {
    tidy(() => {
      const block = styledResidualBlock('b', { inChannels: 2, outChannels: 3, styleDim: STYLE_DIM, shortcut: false });
      const parameters = initializeParameters(block.specs, 3, 'b');
      const x = randomNormal([2, 8, 8, 2], 0, 1, 'float32', 1);
      const style = randomNormal([2, STYLE_DIM], 0, 1, 'float32', 2);
      const [plain, changed] = [x, add(mul(x, 3), 7)].map((input) => block.apply(parameters, input, style));
      expect(largestDifference(changed!, plain!)).toBeLessThan(1e-4 * largest(plain!));
    });
  });
});

describe('the convolution method of a block', () => {
  it("may be steps of one's own, which are then the ones that are taken", () => {
    const taken: string[] = [];
    const counting: BlockConvolutions = {
      ...convolutionMethods.composed,
      convolve: (x, filter) => {
        taken.push('convolve');
        return convolutionMethods.composed.convolve(x, filter);
      },
    };
    tidy(() => {
      const [own, composed] = [counting, 'composed' as const].map((convolution) =>
        residualBlock('b', { inChannels: 2, outChannels: 2, convolution }),
      );
      const parameters = initializeParameters(own!.specs, 1, 'b');
      const x = randomNormal([1, 4, 4, 2]);
      expect(own!.apply(parameters, x).arraySync()).toEqual(composed!.apply(parameters, x).arraySync());
      expect(taken).toHaveLength(2);
    });
  });

  it('may join the last convolution with the shortcut at once', () => {
    const joined: number[] = [];
    const joining: BlockConvolutions = {
      ...convolutionMethods.composed,
      convolveThenSum: (x, filter, bias, shortcut, scale) => {
        joined.push(scale);
        return residualSum(addBias(conv2d(x, filter), bias), shortcut as Tensor4D, scale);
      },
    };
    const plain = residualBlock('b', { inChannels: 2, outChannels: 3, downsample: true });
    const styled = styledResidualBlock('b', { inChannels: 2, outChannels: 3, styleDim: 4, upsample: true });
    tidy(() => {
      const x = randomNormal([2, 4, 4, 2]);
      const style = randomNormal([2, 4]);
      const parameters = initializeParameters([...plain.specs], 1, 'b');
      const own = residualBlock('b', { inChannels: 2, outChannels: 3, downsample: true, convolution: joining });
      expect(largestDifference(own.apply(parameters, x), plain.apply(parameters, x))).toBeLessThan(1e-5);
      const styledParameters = initializeParameters([...styled.specs], 1, 'b');
      const ownStyled = styledResidualBlock('b', { inChannels: 2, outChannels: 3, styleDim: 4, upsample: true, convolution: joining });
      expect(largestDifference(ownStyled.apply(styledParameters, x, style), styled.apply(styledParameters, x, style))).toBeLessThan(1e-5);
    });
    expect(joined).toEqual([Math.SQRT1_2, Math.SQRT1_2]);
  });

  it('does itself what is to be done to its input where it says so, and else gets it done', () => {
    const composed = residualBlock('b', { inChannels: 2, outChannels: 2, normalize: true, convolution: 'composed' });
    const given: boolean[] = [];
    const convolve = (x: Tensor, filter: Tensor, activation?: InputActivation): Tensor4D => {
      given.push(activation !== undefined);
      return conv2d(activation === undefined ? x : activate(x, activation), filter);
    };
    tidy(() => {
      const parameters = initializeParameters(composed.specs, 1, 'b');
      const x = randomNormal([1, 4, 4, 2]);
      for (const activates of [true, false]) {
        const steps: BlockConvolutions = {
          ...convolutionMethods.composed,
          convolve: Object.assign(convolve.bind(undefined), { activates }),
        };
        const own = residualBlock('b', { inChannels: 2, outChannels: 2, normalize: true, convolution: steps });
        expect(largestDifference(own.apply(parameters, x), composed.apply(parameters, x))).toBeLessThan(1e-6);
      }
    });
    expect(given).toEqual([true, true, false, false]);
  });

  it('is refused by name when there is none of it', () => {
    expect(() => residualBlock('b', { inChannels: 1, outChannels: 1, convolution: 'faster' as ConvolutionMethod })).toThrow(
      'convolution must be winograd, fused, composed or steps of your own, got faster',
    );
  });
});
