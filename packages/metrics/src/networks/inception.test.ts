import { abs, dispose, max, memory, randomUniform, slice, sub, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { parameterCount, torchShape } from '@stargan/layers';
import { fnv1a32 } from '@stargan/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashedImages } from '../testing/images.js';
import { hashedStateDict } from '../testing/hashed-values.js';
import { inception, type InceptionLayout } from './inception.js';
import type { StateDict } from './state-dict.js';

/**
 * What PyTorch 2.13 computes in torchvision's network and in pytorch-fid's from the hashed weights and images: every
 * 409th feature and every 333rd class score of both images, and the mean square of all features.
 */
const torchResults = {
  torchvision: {
    features: [
      [0.141544, 0.096157, 0.057159, 0.093502, 0.224513, 0],
      [0.139952, 0.094828, 0.056753, 0.093806, 0.222807, 0],
    ],
    logits: [
      [-0.024, -0.14017, 0.03528, -0.18249],
      [-0.02411, -0.13789, 0.0338, -0.18037],
    ],
    meanSquare: 0.005613005318328769,
  },
  fid: {
    features: [
      [0.175264, 0.095852, 0.073263, 0.099417, 0.238307, 0],
      [0.177461, 0.095443, 0.075443, 0.100783, 0.236037, 0],
    ],
    logits: [
      [0.00505, -0.19673, 0.07868, -0.17962],
      [0.00412, -0.19136, 0.08087, -0.1739],
    ],
    meanSquare: 0.007402046036091751,
  },
};

/** FNV-1a of the lines `key AxBxC` of all floating-point entries of the state dictionary, in its order, without the auxiliary classifier. */
const keysOfTorch = { torchvision: 0x405c8555, fid: 0x84cb0a65 };

const every = (values: readonly number[], step: number): number[] => values.filter((_, i) => i % step === 0);

describe.each(['torchvision', 'fid'] as const)('inception in the layout %s', (layout: InceptionLayout) => {
  const network = inception({ layout });
  let state: StateDict;
  let parameters: Record<string, Tensor>;
  let image: Tensor4D;

  beforeAll(() => {
    state = hashedStateDict([...network.specs, ...network.headSpecs]);
    parameters = network.load(state);
    image = hashedImages('image', [2, 107, 91]);
  });
  afterAll(() => dispose([parameters, image]));

  it('has the keys and shapes of the state dictionary', () => {
    const lines = [...network.specs, ...network.headSpecs].map((spec) => `${spec.name} ${torchShape(spec).join('x')}`);
    expect(fnv1a32(lines.join('\n'))).toBe(keysOfTorch[layout]);
    expect(parameterCount(network.specs)).toBe(21_785_568 + 2 * 17_216); // trained ones and running statistics
  });

  it('gives the features and scores of PyTorch', () => {
    const features = network.apply(parameters, image);
    const logits = network.logits(parameters, features);
    const { features: expected, logits: scores, meanSquare } = torchResults[layout];
    features.arraySync().forEach((row, i) => every(row, 409).forEach((value, k) => expect(value).toBeCloseTo(expected[i]![k]!, 5)));
    logits.arraySync().forEach((row, i) => every(row, 333).forEach((value, k) => expect(value).toBeCloseTo(scores[i]![k]!, 4)));
    expect(features.dataSync<'float32'>().reduce((sum, value) => sum + value * value, 0) / features.size).toBeCloseTo(meanSquare, 7);
    dispose([features, logits]);
  });

  it('passes through maps of known sizes, for the size of FID', () => {
    const large = randomUniform([1, 299, 299, 3], -1, 1, 'float32', 1);
    const stages = network.stages(parameters, large);
    expect(Object.values(stages).map((map: Tensor) => map.shape)).toEqual([
      [1, 73, 73, 64],
      [1, 35, 35, 192],
      [1, 17, 17, 768],
      [1, 8, 8, 2048],
    ]);
    dispose([large, Object.values(stages)]);
  });

  it('gives each image the same features in any batch', () => {
    const difference = tidy(() => {
      const together = slice(network.apply(parameters, image), [1, 0], [1, 2048]);
      const alone = network.apply(parameters, slice(image, [1, 0, 0, 0], [1, ...image.shape.slice(1)] as [number, number, number, number]));
      return max<Scalar>(abs(sub(together, alone)));
    });
    expect(difference.dataSync<'float32'>()[0]).toBeLessThan(1e-6);
    difference.dispose();
  });

  it('leaves nothing behind but what it returns, batch after batch', () => {
    const before = memory().numTensors;
    for (let i = 1; i <= 3; i++) {
      const features = network.apply(parameters, image);
      expect(memory().numTensors).toBe(before + 1);
      features.dispose();
    }
    const loaded = network.load(state);
    expect(memory().numTensors).toBe(before + Object.keys(loaded).length);
    expect(Object.keys(loaded).length).toBe(2 * 94 + 2);
    dispose(loaded);
    expect(memory().numTensors).toBe(before);
  });

  it('needs the head for scores alone', () => {
    const headless = Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith('fc.')));
    const without = network.load(headless);
    const features = network.apply(without, image);
    expect(() => network.logits(without, features)).toThrow('parameter fc.weight is missing');
    dispose([without, features]);
  });

  it('skips counters and the auxiliary classifier, but nothing else', () => {
    const shape: number[] = [];
    const extended = {
      ...state,
      'Conv2d_1a_3x3.bn.num_batches_tracked': { shape, data: new BigInt64Array(1) },
      'AuxLogits.fc.bias': { shape: [1], data: [0] },
    };
    dispose(network.load(extended));
    expect(() => network.load({ ...extended, 'Mixed_8a.conv.weight': { shape: [1], data: [0] } })).toThrow(
      'inception: the weights hold Mixed_8a.conv.weight, which this network does not have',
    );
  });

  it('tells the weights of the other layout by their head', () => {
    const classes = layout === 'fid' ? 1000 : 1008;
    const other = { ...state, 'fc.weight': { shape: [classes, 2048], data: new Float32Array(classes * 2048) } };
    const theirs = layout === 'fid' ? 'torchvision' : 'fid';
    expect(() => network.load(other)).toThrow(
      `inception: fc.weight has ${classes} classes: these are weights of the layout ${theirs}, and ${layout} has ${network.classes}`,
    );
    expect(() => network.load({ ...state, 'fc.weight': { shape: [10, 2048], data: new Float32Array(20480) } })).toThrow(
      `inception: fc.weight must have shape [${network.classes}, 2048] (PyTorch layout), got [10, 2048]`,
    );
  });

  it('refuses images that it cannot see', () => {
    const small = tensor(new Float32Array(74 * 80 * 3), [1, 74, 80, 3]);
    expect(() => network.apply(parameters, small)).toThrow(
      'inception: image must be [batch, height, width, 3] with at least 75×75 pixels, got [1, 74, 80, 3]',
    );
    expect(() => network.stages(parameters, small)).toThrow('got [1, 74, 80, 3]');
    small.dispose();
  });
});

describe('inception', () => {
  it('refuses layouts that it does not know', () => {
    expect(() => inception({ layout: 'tensorflow' as InceptionLayout })).toThrow(
      'inception: layout must be torchvision or fid, got tensorflow',
    );
    expect(() => inception({ layout: 'constructor' as InceptionLayout })).toThrow('got constructor');
  });
});
