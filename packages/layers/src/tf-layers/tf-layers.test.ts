import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  dispose,
  getBackend,
  grads,
  memory,
  mul,
  pow,
  randomNormal,
  reshape,
  setBackend,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  train,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { input, layers, model as makeModel, sequential } from '@tensorflow/tfjs-layers';
import { valueAndGradients } from '@stargan/ops';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convolution as plainConvolution, initializeParameters, spectralNormalization } from '../index.js';
import { largest, largestDifference } from '../testing/compare.js';
import {
  adain,
  convolution,
  instanceNorm,
  patchDiscriminator,
  residualBlock,
  styledResidualBlock,
  tfLayer,
  wholeNumberOption,
  type TfLayer,
} from './index.js';
import { cases, SEED } from './testing/cases.js';

const native = getBackend();

const single = <T>(list: T[]): T | T[] => (list.length === 1 ? list[0]! : list);
const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** A number that depends on every value of the output, smoothly. */
const score = (output: Tensor): Scalar =>
  tidy(() => sum<Scalar>(mul(add(randomNormal(output.shape, 0, 1, 'float32', 3), mul(output, 0.5)), output)));

describe.each([...new Set([native, 'cpu'])])('on the %s backend', (backend) => {
  beforeAll(async () => void (await setBackend(backend)));
  afterAll(async () => void (await setBackend(native)));

  describe.each(Object.entries(cases))('%s', (name, { make, layer, inputs }) => {
    it('computes what the layer it is made from does, in the shape that it promises, and leaves nothing behind', () => {
      const tensors = inputs();
      const made = make({ name: `own_${name}` });
      const parameters = initializeParameters(layer.specs, SEED, `own_${name}`);
      dispose(made.apply(single(tensors)) as Tensor); // makes the weights
      const before = memory().numTensors;
      const output = made.apply(single(tensors)) as Tensor;
      expect(memory().numTensors).toBe(before + 1);
      const [x, ...rest] = tensors as [Tensor, ...Tensor[]];
      const expected = layer.apply(parameters, x, ...rest);
      expect(output.shape).toEqual(expected.shape);
      expect(values(output)).toEqual(values(expected));
      expect(made.computeOutputShape(single(tensors.map(({ shape }) => shape)))).toEqual(expected.shape);
      expect(made.getWeights().map(({ shape }) => shape)).toEqual(layer.specs.map(({ shape }) => shape));
      made
        .getWeights()
        .forEach((weight, i) => expect(values(weight), layer.specs[i]!.name).toEqual(values(parameters[layer.specs[i]!.name]!)));
      dispose([output, expected, ...tensors, ...Object.values(parameters)]);
      made.dispose();
    });

    it('has the gradients of the layer it is made from, for its weights and for its inputs', () => {
      tidy(() => {
        const tensors = inputs();
        const made = make({ name: `gradients_${name}` });
        const parameters = initializeParameters(layer.specs, SEED, `gradients_${name}`);
        const apply = (...given: Tensor[]): Scalar => score(made.apply(single(given)) as Tensor);
        apply(...tensors);
        const named = Object.fromEntries(tensors.map((tensor, i) => [`input${i}`, tensor]));
        const expected = valueAndGradients(
          (all) => {
            const [x, ...rest] = tensors.map((_, i) => (all as Record<string, Tensor>)[`input${i}`]!) as [Tensor, ...Tensor[]];
            return score(layer.apply(all, x, ...rest));
          },
          { ...parameters, ...named },
        ).gradients;
        const scale = Math.max(...Object.values(expected).map(largest));
        expect(scale).toBeGreaterThan(0.1);

        // Domains are numbers, not something to differentiate by.
        const differentiable = name === 'conditionalInstanceNorm' ? 1 : tensors.length;
        const ofInputs = grads((...given) => apply(...given, ...tensors.slice(differentiable)))(tensors.slice(0, differentiable));
        ofInputs.forEach((gradient, i) =>
          expect(largestDifference(gradient, expected[`input${i}`]!) / scale, `input ${i}`).toBeLessThan(1e-5),
        );

        if (layer.specs.length > 0) {
          const variables = made.trainableWeights.map((weight) => weight.read() as Variable);
          const ofWeights = variableGrads(() => apply(...tensors), variables).grads;
          layer.specs.forEach((spec, i) => {
            // Nothing, where the weight has no effect: the layers keep biases before instance norms.
            const gradient = (ofWeights[variables[i]!.name] as Tensor | null) ?? zeros(spec.shape);
            expect(largestDifference(gradient, expected[spec.name]!) / scale, spec.name).toBeLessThan(1e-5);
          });
        }
        made.dispose();
      });
    });
  });

  it('the gradients are the limits of differences', () => {
    tidy(() => {
      const [x, style] = cases.adain!.inputs() as [Tensor, Tensor];
      const made = adain({ name: 'differences', seed: SEED });
      const apply = (): Scalar => score(made.apply([x, style]));
      apply();
      const variables = made.trainableWeights.map((weight) => weight.read() as Variable);
      const gradients = variableGrads(apply, variables).grads;
      for (const variable of variables) {
        const direction = randomNormal(variable.shape, 0, 1, 'float32', 8);
        const start = variable.clone();
        const moved = (by: number): number => {
          variable.assign(add(start, mul(direction, by)));
          return apply().dataSync()[0]!;
        };
        const slope = moved(0.5) - moved(-0.5);
        variable.assign(start);
        const expected = sum(mul(gradients[variable.name]!, direction)).dataSync()[0]!;
        expect(Math.abs(slope)).toBeGreaterThan(1);
        expect(expected / slope, variable.name).toBeCloseTo(1, 4);
      }
      made.dispose();
    });
  });

  it('a model of them learns with fit, and with Adam leaves biases before a norm where they were', async () => {
    const image = input({ shape: [8, 8, 2] });
    const style = input({ shape: [3] });
    const down = residualBlock({ name: 'down', outChannels: 4, normalize: true, downsample: true }).apply(image);
    const up = styledResidualBlock({ name: 'up', outChannels: 2, upsample: true }).apply([down, style] as never);
    const model = makeModel({ inputs: [image, style], outputs: up });
    const optimizer = train.adam(0.02);
    model.compile({ loss: 'meanSquaredError', optimizer });
    const x = randomNormal([8, 8, 8, 2], 0, 1, 'float32', 1);
    const y = randomNormal([8, 3], 0, 1, 'float32', 2);
    const target = tidy(() => mul(x, 0.5));
    const { history } = await model.fit([x, y], target, { epochs: 25, batchSize: 8, shuffle: false, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses[24]).toBeLessThan(losses[0]! / 2);
    const conv1Bias = model.getLayer('up').getWeights()[1]!;
    expect(values(conv1Bias)).toEqual(values(conv1Bias).map(() => 0));
    const before = memory().numTensors;
    await model.fit([x, y], target, { epochs: 2, batchSize: 8, shuffle: false, verbose: 0 });
    expect(memory().numTensors).toBe(before);
    model.dispose();
    optimizer.dispose();
    dispose([x, y, target]);
  });
});

describe('shapes', () => {
  const side = fc.integer({ min: 1, max: 6 });

  it('of blocks are as promised, for any size and option, known or not', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.boolean(), fc.boolean(), (height, width, inChannels, outChannels, resample, option) => {
        tidy(() => {
          const x = randomNormal([2, 2 * height, 2 * width, inChannels]);
          const down = residualBlock({ outChannels, downsample: resample, normalize: option });
          const up = styledResidualBlock({ outChannels, upsample: resample, shortcut: option });
          const style = randomNormal([2, 3]);
          expect(down.apply(x).shape).toEqual(down.computeOutputShape(x.shape));
          expect(up.apply([x, style]).shape).toEqual(up.computeOutputShape([x.shape, style.shape]));
          expect(down.computeOutputShape([null, null, 4, inChannels])).toEqual([null, null, resample ? 2 : 4, outChannels]);
          down.dispose();
          up.dispose();
        });
      }),
      { numRuns: 20 },
    );
  });

  it('of convolutions and patches are as promised', () => {
    fc.assert(
      fc.property(side, side, side, fc.integer({ min: 1, max: 3 }), (height, width, size, levels) => {
        tidy(() => {
          const x = randomNormal([1, 24 + height, 24 + width, 2]);
          const padded = convolution({ outChannels: 3, size });
          const valid = convolution({ outChannels: 3, size, padding: 'valid' });
          const patches = patchDiscriminator({ width: 2, levels });
          for (const layer of [padded, valid, patches]) {
            expect(layer.apply(x).shape).toEqual(layer.computeOutputShape(x.shape));
            layer.dispose();
          }
        });
      }),
      { numRuns: 20 },
    );
  });

  it('that do not fit are errors that name the layer, the input and what it must be', () => {
    const style = input({ shape: [3] });
    const wrong = input({ shape: [8, 8] });
    expect(() => adain({ name: 'a' }).apply(input({ shape: [8, 8, 2] }))).toThrow("adain 'a': inputs must be [x, style], got 1 of them");
    expect(() => adain({ name: 'a' }).apply([wrong, style])).toThrow(
      "adain 'a': x must be [batch, height, width, channels], got [null, 8, 8]",
    );
    expect(() => instanceNorm({ name: 'n' }).apply(input({ shape: [8, 8, null] }))).toThrow(
      "instanceNorm 'n': channels of x must be known, got [null, 8, 8, null]",
    );
    expect(() => residualBlock({ name: 'r', outChannels: 2, downsample: true }).apply(input({ shape: [7, 8, 2] }))).toThrow(
      "residualBlock 'r': height and width of x must be even to be halved, got 7",
    );
    expect(() => convolution({ name: 'c', outChannels: 2, size: 5, padding: 'valid' }).apply(input({ shape: [4, 8, 2] }))).toThrow(
      "convolution 'c': height and width of x must be at least 5, the size of the filter, got 4",
    );
    expect(() => patchDiscriminator({ name: 'p' }).apply(input({ shape: [23, 64, 3] }))).toThrow(
      "patchDiscriminator 'p': height and width of x must be at least 24 for a patch, got 23",
    );
    const built = instanceNorm({ name: 'n' });
    built.apply(input({ shape: [8, 8, 2] }));
    expect(() => built.apply(input({ shape: [8, 8, 3] }))).toThrow(
      "instanceNorm 'n': channels of x must be 2, for which the layer was built, got [null, 8, 8, 3]",
    );
  });

  it('that only the tensors show are errors that name the layer too, and leave nothing behind', () => {
    const made = adain({ name: 'a' });
    const [x, style] = [randomNormal([2, 4, 4, 3]), randomNormal([3, 5])];
    made.apply([input({ batchShape: x.shape }), input({ shape: [5] })]);
    const before = memory().numTensors;
    expect(() => made.apply([x, style])).toThrow("adain 'a': adaptiveInstanceNormalization: gamma must have shape [2, 3], got [3, 3]");
    expect(memory().numTensors).toBe(before);
    made.dispose();
    dispose([x, style]);
  });
});

describe('weights', () => {
  it('are those of the seed and the name, whatever was made before', () => {
    tidy(() => {
      const weightsOf = (name: string, seed?: number): number[] => {
        const made = residualBlock({ name, outChannels: 3, seed });
        made.apply(input({ shape: [4, 4, 2] }));
        const weights = made.getWeights().flatMap(values);
        made.dispose();
        return weights;
      };
      expect(weightsOf('a', 1)).toEqual(weightsOf('a', 1));
      expect(weightsOf('a', 1)).not.toEqual(weightsOf('b', 1));
      expect(weightsOf('a', 1)).not.toEqual(weightsOf('a', 2));
      expect(weightsOf('a')).toEqual(weightsOf('a', 777));
    });
  });

  it('are taken over from another layer by setWeights', () => {
    tidy(() => {
      const [from, to] = [convolution({ outChannels: 3, size: 3, seed: 1 }), convolution({ outChannels: 3, size: 3, seed: 2 })];
      const x = randomNormal([1, 4, 4, 2], 0, 1, 'float32', 1);
      const expected = values(from.apply(x));
      expect(values(to.apply(x))).not.toEqual(expected);
      to.setWeights(from.getWeights());
      expect(values(to.apply(x))).toEqual(expected);
      [from, to].forEach((layer) => layer.dispose());
    });
  });

  it('are not trained where trainable is false', () => {
    const made = adain({ trainable: false });
    made.apply([input({ shape: [4, 4, 2] }), input({ shape: [3] })]);
    expect(made.trainableWeights).toHaveLength(0);
    expect(made.getWeights().map(({ shape }) => shape)).toEqual([[3, 4], [4]]);
    made.dispose();
  });
});

describe('spectral normalisation', () => {
  /** Largest singular value of [in, out], by many steps. */
  function singularValue(matrix: number[][]): number {
    let v = matrix[0]!.map(() => 1);
    let norm = 0;
    for (let i = 0; i < 500; i++) {
      const left = matrix.map((row) => row.reduce((total, w, k) => total + w * v[k]!, 0));
      const right = v.map((_, k) => matrix.reduce((total, row, r) => total + row[k]! * left[r]!, 0));
      norm = Math.hypot(...right);
      v = right.map((value) => value / norm);
    }
    return Math.sqrt(norm);
  }

  it('brings the largest singular value to 1 by calls in training, and only those move its vectors', () => {
    tidy(() => {
      const made = convolution({ outChannels: 4, size: 1, spectralNormalization: true });
      const x = randomNormal([1, 3, 3, 6], 0, 1, 'float32', 1);
      made.apply(x);
      const [weight, bias, vector] = made.getWeights() as [Tensor, Tensor, Tensor];
      expect([weight, bias, vector].map(({ shape }) => shape)).toEqual([[1, 1, 6, 4], [4], [4]]);
      expect(made.trainableWeights).toHaveLength(2);
      const first = values(vector);
      made.apply(x);
      expect(values(made.getWeights()[2]!)).toEqual(first);
      for (let i = 0; i < 60; i++) made.apply(x, { training: true });
      expect(values(made.getWeights()[2]!)).not.toEqual(first);
      const sigma = singularValue(reshape<Rank.R2>(weight, [6, 4]).arraySync());
      const plain = convolution({ outChannels: 4, size: 1 });
      const expected = plain.apply(x);
      plain.setWeights([mul(weight, 1 / sigma), bias]);
      expect(largestDifference(made.apply(x), plain.apply(x))).toBeLessThan(1e-4);
      expect(largestDifference(made.apply(x), expected)).toBeGreaterThan(0.05);
      [made, plain].forEach((layer) => layer.dispose());
    });
  });

  it('computes what the function does, with a step in training and none otherwise, and leaves nothing behind', () => {
    const made = convolution({ name: 'spectral', outChannels: 4, size: 3, spectralNormalization: true, seed: SEED });
    const layer = plainConvolution('', { inChannels: 2, outChannels: 4, size: 3 });
    const spectral = spectralNormalization(layer.specs);
    const x = randomNormal([1, 4, 4, 2], 0, 1, 'float32', 1);
    dispose(made.apply(x)); // makes the weights
    tidy(() => {
      const parameters = initializeParameters(layer.specs, SEED, 'spectral');
      let state = spectral.init(SEED, 'spectral');
      for (const training of [false, true, false, true, true]) {
        const next = spectral.apply(parameters, state, { iterations: training ? 1 : 0 });
        state = next.state;
        const before = memory().numTensors;
        const output = made.apply(x, { training });
        expect(memory().numTensors).toBe(before + 1);
        expect(values(output)).toEqual(values(layer.apply({ ...parameters, ...next.weights }, x)));
        expect(values(made.getWeights()[2]!)).toEqual(values(state.weight!));
      }
    });
    made.dispose();
    x.dispose();
  });

  it('is moved by fit, and leaves nothing behind', async () => {
    const model = sequential({
      layers: [
        convolution({ name: 'spectral', outChannels: 2, size: 3, spectralNormalization: true, inputShape: [4, 4, 1] }),
        layers.flatten(),
      ],
    });
    const optimizer = train.sgd(0.01);
    model.compile({ loss: 'meanSquaredError', optimizer });
    const [x, y] = [randomNormal([2, 4, 4, 1], 0, 1, 'float32', 1), zeros([2, 32])];
    const before = values(model.getWeights()[2]!);
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    const after = model.getWeights()[2]!;
    expect(values(after)).not.toEqual(before);
    expect(Math.hypot(...values(after))).toBeCloseTo(1, 5);
    const count = memory().numTensors;
    await model.fit(x, y, { epochs: 3, verbose: 0 });
    expect(memory().numTensors).toBe(count);
    model.dispose();
    optimizer.dispose();
    dispose([x, y]);
  });
});

it('a layer can be used twice in one model, with one set of weights', () => {
  tidy(() => {
    const image = input({ shape: [4, 4, 2] });
    const style = input({ shape: [3] });
    const shared = adain();
    const once = shared.apply([image, style]);
    const model = makeModel({ inputs: [image, style], outputs: shared.apply([once, style]) });
    const [x, y] = [randomNormal([2, 4, 4, 2]), randomNormal([2, 3])];
    const twice = shared.apply([shared.apply([x, y]), y]);
    expect(model.weights).toHaveLength(2);
    expect(largest(sub(model.predict([x, y]) as Tensor, twice))).toBe(0);
    model.dispose();
  });
});

describe('a layer of one’s own', () => {
  const scaled = (parameterName: string): TfLayer<{ power?: number }> =>
    tfLayer<{ power?: number }>({
      name: 'scaled',
      className: 'TestScaled',
      options: { power: wholeNumberOption(1, 2) },
      inputs: [{ name: 'x', axes: ['batch', 'features'] }],
      make: ({ power }, features: number) => ({
        specs: [{ name: parameterName, kind: 'scale', shape: [features] }],
        apply: (parameters, x) => tidy(() => mul(x, pow(parameters[parameterName]!, power))),
      }),
    });

  it('takes a kind: name, options, inputs and what makes it', () => {
    tidy(() => {
      const made = scaled('weight')({ power: 3 });
      const x = randomNormal([2, 3]);
      expect(values(made.apply(x))).toEqual(values(x));
      made.setWeights([tensor1d([1, 2, 0])]);
      expect(values(made.apply(tensor2d([[1, 1, 1]])))).toEqual([1, 8, 0]);
      made.dispose();
    });
  });

  it('cannot have a parameter whose name tf.layers would not find again', () => {
    expect(() => scaled('0.weight')({ name: 's' }).apply(input({ shape: [3] }))).toThrow(
      "scaled 's': a parameter's name must not begin with a digit, got 0.weight; give the layer a prefix",
    );
  });
});
