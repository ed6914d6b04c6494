import { mean, sum, zeros } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import {
  adversarialFamilies,
  charbonnierLoss,
  classificationLoss,
  contentReconstructionLoss,
  cycleConsistencyLoss,
  discriminatorAdversarialLoss,
  diversityLoss,
  diversitySensitiveLoss,
  featureMatchingLoss,
  klToStandardNormal,
  gramMatrix,
  l2Loss,
  lecamPenalty,
  modeSeekingLoss,
  multiLabelLoss,
  perceptualLoss,
  styleReconstructionLoss,
  type LatentPair,
  type LogitLoss,
} from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';
import { normal } from '../inputs.js';
import type { ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** The losses with their gradients: on logits, on codes, on images and on feature maps. Penalties have a suite of their own. */
export const suite: Suite = {
  name: 'losses',
  cases: ({ models }) => models.flatMap((model) => Object.entries(losses).flatMap(([name, loss]) => casesOf(name, loss, model))),
};

interface Loss {
  /** Shapes of what the loss compares. */
  inputs: (model: ModelScale) => Record<string, number[]>;
  value: (inputs: Readonly<Record<string, Tensor>>) => Tensor;
}

const DOMAINS = 10;

const logits =
  (...names: string[]): Loss['inputs'] =>
  ({ batch }) =>
    Object.fromEntries(names.map((name) => [name, [batch, 1]]));
const classLogits: Loss['inputs'] = ({ batch }) => ({ a: [batch, DOMAINS] });
const styles: Loss['inputs'] = ({ batch, styleDim }) => ({ a: [batch, styleDim], b: [batch, styleDim] });
const images: Loss['inputs'] = ({ batch, imageSize }) => ({ a: [batch, imageSize, imageSize, 3], b: [batch, imageSize, imageSize, 3] });
/** Two images with the latent codes that they were made from. */
const pairs: Loss['inputs'] = (model) => ({ ...images(model), z: [model.batch, model.styleDim], otherZ: [model.batch, model.styleDim] });
/** Feature maps of two layers, of two images. */
const features: Loss['inputs'] = ({ batch, imageSize }) => ({
  a: [batch, imageSize / 2, imageSize / 2, 64],
  b: [batch, imageSize / 2, imageSize / 2, 64],
  deepA: [batch, imageSize / 4, imageSize / 4, 128],
  deepB: [batch, imageSize / 4, imageSize / 4, 128],
});

/** The three losses of each game; where games share one it is measured once. */
function adversarialLosses(): Record<string, Loss> {
  const values = new Map<LogitLoss, string>();
  for (const [family, players] of Object.entries(adversarialFamilies)) {
    for (const [player, loss] of Object.entries<LogitLoss>({ ...players })) if (!values.has(loss)) values.set(loss, `${family}, ${player}`);
  }
  return Object.fromEntries([...values].map(([loss, name]) => [name, { inputs: logits('a'), value: ({ a }) => loss(a!) }]));
}

const losses: Record<string, Loss> = {
  ...adversarialLosses(),
  'discriminator adversarial': { inputs: logits('a', 'b'), value: ({ a, b }) => discriminatorAdversarialLoss(a!, b!) },
  LeCam: {
    inputs: logits('a', 'b', 'anchor', 'otherAnchor'),
    value: ({ a, b, anchor, otherAnchor }) => lecamPenalty(a!, b!, { real: mean(anchor!), fake: mean(otherAnchor!) }),
  },
  classification: {
    inputs: classLogits,
    value: ({ a }) =>
      classificationLoss(
        a!,
        Array.from({ length: a!.shape[0] }, (_, i) => i % DOMAINS),
      ),
  },
  'multi-label': { inputs: classLogits, value: ({ a }) => multiLabelLoss(a!, zeros(a!.shape)) },
  'style reconstruction': { inputs: styles, value: ({ a, b }) => styleReconstructionLoss(a!, b!) },
  'Gaussian divergence': { inputs: styles, value: ({ a, b }) => klToStandardNormal(a!, b!) },
  diversity: { inputs: images, value: ({ a, b }) => diversityLoss(a!, b!) },
  'diversity, mode seeking': { inputs: pairs, value: (p) => modeSeekingLoss(pairOf(p)) },
  'diversity, sensitive': { inputs: pairs, value: (p) => diversitySensitiveLoss(pairOf(p)) },
  'cycle consistency': { inputs: images, value: ({ a, b }) => cycleConsistencyLoss(a!, b!) },
  'content, L2': { inputs: images, value: ({ a, b }) => contentReconstructionLoss(a!, b!, { distance: l2Loss }) },
  'content, Charbonnier': { inputs: images, value: ({ a, b }) => contentReconstructionLoss(a!, b!, { distance: charbonnierLoss }) },
  'feature matching': { inputs: features, value: ({ a, b, deepA, deepB }) => featureMatchingLoss([a!, deepA!], [b!, deepB!]) },
  'perceptual, Gram matrices': { inputs: features, value: ({ a, b }) => perceptualLoss(gramMatrix, a!, b!) },
};

const pairOf = ({ a, b, z, otherZ }: Readonly<Record<string, Tensor>>): LatentPair => ({
  image: a!,
  otherImage: b!,
  latent: z!,
  otherLatent: otherZ!,
});

function casesOf(name: string, { inputs, value }: Loss, model: ModelScale): TensorCase[] {
  const shapes = inputs(model);
  const described = `${name} on ${Object.values(shapes)[0]!.join('×')}`;
  const tensors = (): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(shapes).map(([role, shape], i) => [role, normal(shape, i + 1)]));
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
