import { generator } from '@stargan/generator';
import type { AdamOptions } from '@stargan/optimizers';
import type { Parameters } from '@stargan/ops';
import { alsoComposed } from '../layer-cases.js';
import { loadVariants } from '../load-variants.js';
import type { ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** Makes what lives longer than a step, such as moments of zero; gives the step from there to new weights. */
export type AdamVariant = (weights: Parameters, gradients: Parameters, options: Required<AdamOptions>) => () => Parameters;

/** decay · average + (1 − decay) · weights */
export type MovingAverageVariant = (average: Parameters, weights: Parameters, decay: number) => Parameters;

const steps = await loadVariants<AdamVariant>('adam');
const averages = await loadVariants<MovingAverageVariant>('moving-average');

// A large step, so that the variants' results are compared by it and not by the weights before it.
const OPTIONS: Required<AdamOptions> = { learningRate: 0.1, beta1: 0, beta2: 0.99, epsilon: 1e-8, weightDecay: 1e-4 };

/** One update of all generator weights, and of their moving average. */
export const suite: Suite = {
  name: 'optimizer',
  cases: ({ models }) => models.flatMap(casesOf),
};

function casesOf({ imageSize, styleDim, widthBudget }: ModelScale): TensorCase[] {
  const G = generator({ imageSize, styleDim, widthBudget });
  const count = G.specs.reduce((total, { shape }) => total + shape.reduce((product, n) => product * n, 1), 0);
  const described = `${count.toLocaleString('en')} weights`;
  return [
    {
      name: `Adam step of ${described}`,
      prepare: () => {
        const weights = G.init(1);
        const gradients = G.init(2);
        const variants = Object.fromEntries(Object.entries(steps).map(([name, prepare]) => [name, prepare(weights, gradients, OPTIONS)]));
        return alsoComposed(variants, 'optimizers');
      },
    },
    {
      name: `moving average of ${described}`,
      prepare: () => {
        const average = G.init(1);
        const weights = G.init(2);
        const variants = Object.fromEntries(Object.entries(averages).map(([name, update]) => [name, () => update(average, weights, 0.5)]));
        return alsoComposed(variants, 'optimizers');
      },
    },
  ];
}
