import { add, div, mul, sqrt, square, sub, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { generator } from '@stargan/generator';
import { adam, exponentialMovingAverage } from '@stargan/optimizers';
import type { ModelScale } from '../scale.js';
import type { Case, Suite } from '../suite.js';

/** One update of all generator weights, and of their moving average. */
export const suite: Suite = {
  name: 'optimizer',
  cases: ({ models }) => models.flatMap(casesOf),
};

type Weights = Record<string, Tensor>;

const mapWeights = (weights: Weights, f: (name: string, weight: Tensor) => Tensor): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, f(name, weight)]));

function casesOf({ imageSize, styleDim, widthBudget }: ModelScale): Case[] {
  const G = generator({ imageSize, styleDim, widthBudget });
  const count = G.specs.reduce((total, { shape }) => total + shape.reduce((product, n) => product * n, 1), 0);
  const described = `${count.toLocaleString('en')} weights`;
  return [
    {
      name: `Adam step of ${described}`,
      prepare: () => {
        const weights = G.init(1);
        const gradients = G.init(2);
        const optimizer = adam({ learningRate: 1e-4 });
        const state = optimizer.init(weights);
        const moments = mapWeights(weights, (_, weight) => zerosLike(weight));
        return {
          optimizers: () => {
            const { parameters, state: next } = optimizer.update(weights, gradients, state);
            return { ...parameters, first: next.first, second: next.second };
          },
          'per weight': () => textbookAdam(weights, gradients, moments),
        };
      },
    },
    {
      name: `moving average of ${described}`,
      prepare: () => {
        const average = G.init(1);
        const weights = G.init(2);
        return {
          optimizers: () => exponentialMovingAverage(average, weights, 0.999),
          'per weight': () => mapWeights(average, (name, tensor) => add(mul(tensor, 0.999), mul(weights[name]!, 0.001))),
        };
      },
    },
  ];
}

/** The first step of Adam with β₁ = 0 and weight decay, one weight after the other. */
function textbookAdam(weights: Weights, gradients: Weights, moments: Weights): Weights {
  return mapWeights(weights, (name, weight) => {
    const gradient = add(gradients[name]!, mul(weight, 1e-4));
    const second = add(mul(moments[name]!, 0.99), mul(square(gradient), 0.01));
    const deviation = add(sqrt(div(second, 0.01)), 1e-8);
    return sub(weight, mul(div(gradient, deviation), 1e-4));
  });
}
