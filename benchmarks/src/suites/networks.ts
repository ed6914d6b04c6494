import type { Tensor } from '@tensorflow/tfjs-core';
import { discriminator, labelMapDiscriminator, patchClassifier, projectionDiscriminator } from '@stargan/discriminator';
import type { Network } from '@stargan/layers';
import { conditionalMappingNetwork, mappingNetwork } from '@stargan/mapping-network';
import type { Parameters } from '@stargan/ops';
import { conditionalStyleEncoder, styleEncoder } from '@stargan/style-encoder';
import { gradientsOf, normal } from '../inputs.js';
import type { ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

const LATENT = 16;

interface Conditioned extends Network {
  readonly apply: (parameters: Parameters, input: Tensor, domain: readonly number[]) => Tensor;
}

interface Alternative {
  build: (model: ModelScale, domains: number) => Conditioned;
  /** Numbers of domains that it is measured with: some grow with them. */
  domains: readonly number[];
  /** Shape of its input. */
  input: (model: ModelScale) => number[];
  /** Convolutions take most of its time. */
  arithmetic: boolean;
}

const ofLatents = (build: typeof mappingNetwork): Alternative => ({
  build: ({ styleDim }, domains) => build({ domains, styleDim, latentDim: LATENT }),
  domains: [2, 10],
  input: ({ batch }) => [batch, LATENT],
  arithmetic: false,
});

const ofImages = (
  build: (options: { imageSize: number; widthBudget: number; domains: number; styleDim: number }) => Conditioned,
): Alternative => ({
  build: ({ imageSize, widthBudget, styleDim }, domains) => build({ imageSize, widthBudget, domains, styleDim }),
  domains: [2],
  input: ({ batch, imageSize }) => [batch, imageSize, imageSize, 3],
  arithmetic: true,
});

const alternatives: Readonly<Record<string, Alternative>> = {
  'mapping network, branches': ofLatents(mappingNetwork),
  'mapping network, conditional': ofLatents(conditionalMappingNetwork),
  'style encoder, branches': ofImages(styleEncoder),
  'style encoder, conditional': ofImages(conditionalStyleEncoder),
  'discriminator, branches': ofImages(discriminator),
  'discriminator, projection': ofImages(projectionDiscriminator),
  'discriminator, label maps': ofImages(labelMapDiscriminator),
  'discriminator, patch classifier': ofImages((options) => {
    const network = patchClassifier(options);
    return { ...network, apply: (parameters, image) => network.apply(parameters, image).patches };
  }),
};

/**
 * Networks that take the domain in different ways: a branch for each, or the domain as an input. They are different
 * functions, so each is a case of its own: compare launches, FLOPs and bytes, and times within one session.
 */
export const suite: Suite = {
  name: 'networks',
  cases: ({ models }) =>
    models.flatMap((model) =>
      Object.entries(alternatives).flatMap(([name, one]) => one.domains.flatMap((domains) => casesOf(name, model, domains))),
    ),
};

function casesOf(name: string, model: ModelScale, domains: number): TensorCase[] {
  const { build, input, arithmetic } = alternatives[name]!;
  const described = `${name} of ${domains} domains on ${input(model).join('×')} of the ${model.imageSize}² model`;
  const domain = Array.from({ length: model.batch }, (_, i) => i % domains);
  const prepare =
    (run: (network: Conditioned, parameters: Parameters, x: Tensor) => Tensor | Record<string, Tensor>) =>
    (): ReturnType<TensorCase['prepare']> => {
      const network = build(model, domains);
      const parameters = network.init(1);
      const x = normal(input(model));
      return { network: () => run(network, parameters, x) };
    };
  return [
    { name: described, arithmetic, prepare: prepare((network, parameters, x) => network.apply(parameters, x, domain)) },
    {
      name: `${described}, with gradients`,
      arithmetic,
      prepare: prepare((network, parameters, x) => gradientsOf((p) => network.apply(p, x, domain), parameters)),
    },
  ];
}
