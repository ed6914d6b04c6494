import { sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import {
  cycleConsistencyLoss,
  discriminatorAdversarialLoss,
  diversityLoss,
  fakeLogisticLoss,
  nonSaturatingLogisticLoss,
  realLogisticLoss,
  saturatingLogisticLoss,
  styleReconstructionLoss,
} from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';
import { normal } from '../inputs.js';
import type { ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** Every loss with its gradients: on logits, on style codes, on images. */
export const suite: Suite = {
  name: 'losses',
  cases: ({ models }) => models.flatMap((model) => Object.entries(losses).flatMap(([name, loss]) => casesOf(name, loss, model))),
};

interface Loss {
  /** Shapes of what the loss compares. */
  inputs: (model: ModelScale) => Record<string, number[]>;
  value: (inputs: Readonly<Record<string, Tensor>>) => Tensor;
}

const logits = (...names: string[]): Loss['inputs'] => ({ batch }) => Object.fromEntries(names.map((name) => [name, [batch, 1]]));
const styles: Loss['inputs'] = ({ batch, styleDim }) => ({ a: [batch, styleDim], b: [batch, styleDim] });
const images: Loss['inputs'] = ({ batch, imageSize }) => ({ a: [batch, imageSize, imageSize, 3], b: [batch, imageSize, imageSize, 3] });

const losses: Record<string, Loss> = {
  'real logistic': { inputs: logits('a'), value: ({ a }) => realLogisticLoss(a!) },
  'fake logistic': { inputs: logits('a'), value: ({ a }) => fakeLogisticLoss(a!) },
  'discriminator adversarial': { inputs: logits('a', 'b'), value: ({ a, b }) => discriminatorAdversarialLoss(a!, b!) },
  'non-saturating logistic': { inputs: logits('a'), value: ({ a }) => nonSaturatingLogisticLoss(a!) },
  'saturating logistic': { inputs: logits('a'), value: ({ a }) => saturatingLogisticLoss(a!) },
  'style reconstruction': { inputs: styles, value: ({ a, b }) => styleReconstructionLoss(a!, b!) },
  diversity: { inputs: images, value: ({ a, b }) => diversityLoss(a!, b!) },
  'cycle consistency': { inputs: images, value: ({ a, b }) => cycleConsistencyLoss(a!, b!) },
};

function casesOf(name: string, { inputs, value }: Loss, model: ModelScale): TensorCase[] {
  const shapes = inputs(model);
  const described = `${name} on ${Object.values(shapes)[0]!.join('×')}`;
  const tensors = (): Record<string, Tensor> => Object.fromEntries(Object.entries(shapes).map(([role, shape], i) => [role, normal(shape, i + 1)]));
  return [
    {
      name: described,
      prepare: () => {
        const given = tensors();
        return { losses: () => value(given) };
      },
    },
    {
      name: `${described}, with gradients`,
      prepare: () => {
        const given = tensors();
        return { losses: () => valueAndGradients((p) => sum<Scalar>(value(p)), given).gradients };
      },
    },
  ];
}
