import { add, mean, mul, rsqrt, square, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { instanceNormalization } from '@stargan/ops';
import { gradientsOf, normal } from '../inputs.js';
import { describeLevel, levelsOf, type Level } from '../scale.js';
import type { Case, Suite, Variants } from '../suite.js';

/** Instance norm with learnt scale and shift. */
export const suite: Suite = {
  name: 'instance norm',
  cases: ({ models }) => models.flatMap((model) => levelsOf(model).flatMap(casesOf)),
};

type Normalize = (x: Tensor, scale: Tensor, shift: Tensor) => Tensor;

const implementations: Readonly<Record<string, Normalize>> = {
  ops: instanceNormalization,
  textbook: (x, scale, shift) => {
    const centred = sub(x, mean(x, [1, 2], true));
    const inverseDeviation = rsqrt(add(mean(square(centred), [1, 2], true), 1e-5));
    return add(mul(mul(centred, inverseDeviation), scale), shift);
  },
};

function casesOf(level: Level): Case[] {
  const { batch, size, channels } = level;
  const variants = (run: (normalize: Normalize, x: Tensor, scale: Tensor, shift: Tensor) => Variants[string]) => (): Variants => {
    const x = normal([batch, size, size, channels]);
    const scale = normal([channels], 2);
    const shift = normal([channels], 3);
    return Object.fromEntries(Object.entries(implementations).map(([name, normalize]) => [name, run(normalize, x, scale, shift)]));
  };
  const name = describeLevel(level);
  return [
    { name, prepare: variants((normalize, x, scale, shift) => () => normalize(x, scale, shift)) },
    {
      name: `${name}, with gradients`,
      prepare: variants((normalize, x, scale, shift) => () => gradientsOf((p) => normalize(p.x!, p.scale!, p.shift!), { x, scale, shift })),
    },
  ];
}
