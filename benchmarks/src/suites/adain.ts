import { add, mean, mul, reshape, rsqrt, split, square, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { adain, initializeParameters } from '@stargan/layers';
import { linear, type Parameters } from '@stargan/ops';
import { gradientsOf, normal } from '../inputs.js';
import { describeLevel, levelsOf, type Level, type ModelScale } from '../scale.js';
import type { Case, Suite, Variants } from '../suite.js';

/** AdaIN: instance norm with scale and shift from a style code. */
export const suite: Suite = {
  name: 'AdaIN',
  cases: ({ models }) => models.flatMap((model) => levelsOf(model).flatMap((level) => casesOf(model, level))),
};

type Apply = (parameters: Parameters, x: Tensor, style: Tensor) => Tensor;

/** Equation of section 3.1 as it is written. */
function textbook(parameters: Parameters, x: Tensor, style: Tensor): Tensor {
  const factors = linear(style, parameters['fc.weight']!, parameters['fc.bias']!);
  const [gamma, beta] = split(reshape(factors, [x.shape[0], 1, 1, -1]), 2, 3) as [Tensor, Tensor];
  const centred = sub(x, mean(x, [1, 2], true));
  const inverseDeviation = rsqrt(add(mean(square(centred), [1, 2], true), 1e-5));
  return add(mul(mul(centred, inverseDeviation), add(gamma, 1)), beta);
}

function casesOf({ styleDim }: ModelScale, level: Level): Case[] {
  const { batch, size, channels } = level;
  const layer = adain('', { channels, styleDim });
  const implementations: Record<string, Apply> = { layers: (parameters, x, style) => layer.apply(parameters, x, style), textbook };
  const variants = (run: (apply: Apply, inputs: Parameters & { x: Tensor; style: Tensor }) => Variants[string]) => (): Variants => {
    const inputs = { ...initializeParameters(layer.specs, 1, 'benchmark'), x: normal([batch, size, size, channels]), style: normal([batch, styleDim], 2) };
    return Object.fromEntries(Object.entries(implementations).map(([name, apply]) => [name, run(apply, inputs)]));
  };
  const name = describeLevel(level);
  return [
    { name, prepare: variants((apply, inputs) => () => apply(inputs, inputs.x, inputs.style)) },
    { name: `${name}, with gradients`, prepare: variants((apply, inputs) => () => gradientsOf((p) => apply(p, p.x!, p.style!), inputs)) },
  ];
}
