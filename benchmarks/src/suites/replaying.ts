import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { capture } from '@stargan/backend';
import { generator } from '@stargan/generator';
import { initializeParameters, type Network } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { normal } from '../inputs.js';
import { madeUpInception } from '@stargan/testing/made-up-weights';
import type { Scale } from '../scale.js';
import type { Case, Suite, TensorCase, Variants } from '../suite.js';

/** Networks as they are, and recorded and replayed as one TensorFlow function: how much of their time is launching operations. */
export const suite: Suite = {
  name: 'replaying',
  cases: (scale) => [
    ...BATCHES.map((batch) => generatorCase({ ...DEMO, batch })),
    ...scale.models.map((model) => generatorCase({ maxWidth: 512, ...model })),
    featuresCase(scale),
  ],
};

const BATCHES = [1, 10];

/** The networks of the preset `demo`. */
const DEMO = { imageSize: 32, widthBudget: 512, maxWidth: 64, styleDim: 16 };

interface GeneratorScale {
  readonly imageSize: number;
  readonly widthBudget: number;
  readonly maxWidth: number;
  readonly styleDim: number;
  readonly batch: number;
}

function generatorCase({ batch, ...sizes }: GeneratorScale): TensorCase {
  const { imageSize, maxWidth, styleDim } = sizes;
  return {
    name: `generator on ${batch}×${imageSize}×${imageSize}, at most ${maxWidth} channels`,
    prepare: () => {
      const network: Network & { apply: (parameters: Parameters, image: Tensor, style: Tensor) => Tensor } = generator({
        ...sizes,
        highPass: 0,
      });
      const parameters = initializeParameters(network.specs, 1, 'benchmark');
      return bothWays(network.apply, [parameters, normal([batch, imageSize, imageSize, 3]), normal([batch, styleDim], 2)]);
    },
  };
}

function featuresCase({ models }: Scale): Case {
  const shape = models.every(({ imageSize }) => imageSize < 64) ? [1, 75, 75, 3] : [8, 299, 299, 3];
  return {
    name: `Inception’s features at ${shape.join('×')}`,
    prepare: () => {
      const { network, parameters } = madeUpInception('fid');
      return bothWays((given: Parameters, x: Tensor) => network.apply(given, x), [parameters, normal(shape)]);
    },
  };
}

function bothWays<Arguments extends unknown[]>(f: (...given: Arguments) => Tensor, given: Arguments): Variants {
  const captured = capture(f);
  // The first two calls are recorded; TensorFlow prepares the function in the third.
  for (let call = 0; call < 3; call++) dispose(captured(...given));
  return { plain: () => f(...given), replayed: () => captured(...given) };
}
