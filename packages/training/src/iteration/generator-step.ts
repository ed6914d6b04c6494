import { add, mul, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import {
  adversarialFamilies,
  classificationLoss,
  cycleConsistencyLoss,
  diversityLoss,
  generatorObjective,
  styleReconstructionLoss,
} from '@stargan/losses';
import { unrecorded, valueAndGradients, withoutGradients, type ValueAndGradients } from '@stargan/ops';
import type { TrainingConfig } from '../config/schema.js';
import { withParameters, type Networks, type NetworkName, type WeightsOf } from '../networks/networks.js';
import { joinWeights, splitWeights } from '../networks/weights.js';
import { addWeighted } from './discriminator-step.js';
import { sumGradients } from './sum-gradients.js';

/** Where the styles of a generator update come from: latent codes or reference images, two of each. */
export type StyleSource =
  | {
      /** Styles of the mapping network. */
      guidance: 'latent';
      /** z, [batch, latentDim]. */
      latent: Tensor;
      /** z₂, of the same shape: for the diversity term. */
      latent2: Tensor;
    }
  | {
      /** Styles of the style encoder. */
      guidance: 'reference';
      /** Reference images, [batch, S, S, 3] in [-1, 1]. */
      reference: Tensor;
      /** Others of the same domains: for the diversity term. */
      reference2: Tensor;
    };

/** Inputs of a generator update. */
export interface GeneratorInputs {
  /** Source images [batch, S, S, 3]. */
  image: Tensor;
  /** Domain of each source image. */
  domain: readonly number[];
  /** Domain that each is translated to. */
  targetDomain: readonly number[];
  /** What the styles are made from. */
  styles: StyleSource;
}

/** Weights of equation (6), λ_ds the one of the current iteration; and the game and the kind of style, the reference's when left out. */
export interface GeneratorOptions extends Partial<Pick<TrainingConfig, 'adversarial' | 'style' | 'lambdaClassification'>> {
  /** λ_sty ≥ 0. */
  lambdaStyle: number;
  /** λ_ds ≥ 0 of the current iteration. */
  lambdaDiversity: number;
  /** λ_cyc ≥ 0. */
  lambdaCycle: number;
}

/** Networks that an update trains: G, F and E with latent guidance, G alone with references. */
export const TRAINED_NETWORKS: Record<StyleSource['guidance'], readonly NetworkName[]> = {
  latent: ['generator', 'mappingNetwork', 'styleEncoder'],
  reference: ['generator'],
};

/** The networks of {@link TRAINED_NETWORKS} that there is anything to train in. */
export function trainedNetworks(networks: Networks, guidance: StyleSource['guidance']): NetworkName[] {
  return withParameters(networks, TRAINED_NETWORKS[guidance]);
}

/**
 * The objective of generator, mapping network and style encoder, equation (6), and its gradients for the
 * networks of `trained`. Both translations share the generator's encoder half, and nothing is
 * differentiated for networks that are not updated.
 *
 * Every term is a function of the translation and of its style. The terms are differentiated with respect to those as
 * soon as each has been computed, one after the other, so that only one of them keeps feature maps at a time; what
 * remains is to carry the sum of these gradients back through the translation itself.
 *
 * Where the style is the label alone, there is nothing to reconstruct and nothing that differs: those terms are left out.
 *
 * @param networks all four
 * @param weights of all four networks
 * @param inputs source images [batch, S, S, 3], their domains and the target ones, and what the styles are made from
 * @param options weights of the terms, the game, and the kind of style
 * @param trained networks to differentiate
 * @returns value, gradients by `network.parameter`, and the terms `adv`, `sty`, `ds`, `cyc` and, with a classifier, `cls`;
 *   the caller owns them
 */
export function generatorGradients(
  networks: Networks,
  weights: WeightsOf,
  inputs: GeneratorInputs,
  options: GeneratorOptions,
  trained: readonly NetworkName[] = trainedNetworks(networks, inputs.styles.guidance),
): ValueAndGradients {
  const { generator, mappingNetwork, styleEncoder } = networks;
  const { image, targetDomain, styles } = inputs;
  const isLabel = options.style === 'label';
  const ofTranslation = valueAndGradients(
    (joined) => {
      const p: WeightsOf = { ...weights, ...splitWeights(joined, trained) };
      const style = targetStyle();
      const features = generator.encode(p.generator, image);
      const fake = generator.decode(p.generator, features, style);
      const fake2 = isLabel
        ? undefined
        : withoutGradients(() => {
            const style2 =
              styles.guidance === 'latent'
                ? mappingNetwork.apply(p.mappingNetwork, styles.latent2, targetDomain)
                : styleEncoder.apply(p.styleEncoder, styles.reference2, targetDomain);
            return generator.decode(p.generator, features, style2);
          });
      const terms = unrecorded(() => differentiateTerms(networks, weights, inputs, { fake, fake2, style }, options, trained));
      const { fake: byFake, style: byStyle, ...rest } = terms.gradients;
      // Linear in fake and style, with the terms' own derivatives.
      const value = add<Scalar>(sum(mul(fake, byFake!)), sum(mul(style, byStyle!)));
      return { value, auxiliary: { ...terms.values, ...rest } };

      function targetStyle(): Tensor {
        if (styles.guidance === 'latent') return mappingNetwork.apply(p.mappingNetwork, styles.latent, targetDomain);
        return encodeStyle(networks, p, trained, styles.reference, targetDomain);
      }
    },
    joinWeights(weights, trained),
  );
  ofTranslation.value.dispose();
  const { adv, sty, ds, cyc, cls, ...gradientsOfTerms } = ofTranslation.auxiliary as Terms['values'] & Record<string, Tensor>;
  const base = generatorObjective({ adversarial: adv, style: sty, diversity: ds, cycle: cyc }, options) as Scalar;
  const value = cls === undefined ? base : addWeighted(base, cls, options.lambdaClassification ?? 1);
  return {
    value,
    auxiliary: { adv, ...(sty && { sty }), ...(ds && { ds }), cyc, ...(cls && { cls }) },
    gradients: sumGradients(ofTranslation.gradients, gradientsOfTerms),
  };
}

/** The terms, and the gradient of their weighted sum for `fake`, `style` and the trained networks' parameters. */
interface Terms {
  values: Record<'adv' | 'cyc', Tensor> & Partial<Record<'sty' | 'ds' | 'cls', Tensor>>;
  gradients: Record<string, Tensor>;
}

/** A translation, the one that must look different where the style allows for one, and the first one's style. */
interface Translation {
  fake: Tensor;
  fake2: Tensor | undefined;
  style: Tensor;
}

/** Style of reference images; a constant where the encoder is not trained. */
function encodeStyle(
  { styleEncoder }: Networks,
  p: WeightsOf,
  trained: readonly NetworkName[],
  reference: Tensor,
  domain: readonly number[],
): Tensor {
  const encode = (): Tensor => styleEncoder.apply(p.styleEncoder, reference, domain);
  return trained.includes('styleEncoder') ? encode() : withoutGradients(encode);
}

function differentiateTerms(
  networks: Networks,
  weights: WeightsOf,
  { image, domain, targetDomain }: GeneratorInputs,
  { fake, fake2, style }: Translation,
  { lambdaStyle, lambdaDiversity, lambdaCycle, lambdaClassification = 1, adversarial = 'nonSaturating' }: GeneratorOptions,
  trained: readonly NetworkName[],
): Terms {
  const { generator, styleEncoder, discriminator } = networks;
  let gradients: Record<string, Tensor> = {};
  type WeightedTerms = Record<string, readonly [weight: number, term: Tensor]>;
  /** Values of the terms of one pass; the gradient of their weighted sum goes to the others'. */
  function differentiate(
    names: readonly NetworkName[],
    terms: (fake: Tensor, style: Tensor, p: WeightsOf) => WeightedTerms,
  ): Record<string, Tensor> {
    const own = names.filter((name) => trained.includes(name));
    const result = valueAndGradients(
      ({ fake, style, ...joined }) => {
        const weighted = terms(fake, style, { ...weights, ...splitWeights(joined, own) });
        const value = Object.values(weighted)
          .map(([weight, term]) => mul<Scalar>(term, weight))
          .reduce((sum, term) => add<Scalar>(sum, term));
        return { value, auxiliary: Object.fromEntries(Object.entries(weighted).map(([name, [, term]]) => [name, term])) };
      },
      { fake, style, ...joinWeights(weights, own) },
    );
    result.value.dispose();
    gradients = sumGradients(gradients, result.gradients);
    return result.auxiliary;
  }

  const { generator: adversarialLoss } = adversarialFamilies[adversarial];
  const values = {
    ...differentiate(['discriminator'], (x, _, p): WeightedTerms => {
      if (discriminator.classify === undefined) return { adv: [1, adversarialLoss(discriminator.apply(p.discriminator, x, targetDomain))] };
      const { logits, classes } = discriminator.classify(p.discriminator, x);
      return { adv: [1, adversarialLoss(logits)], cls: [lambdaClassification, classificationLoss(classes, targetDomain)] };
    }),
    ...(fake2 !== undefined && {
      ...differentiate(['styleEncoder'], (x, s, p) => ({
        sty: [lambdaStyle, styleReconstructionLoss(s, styleEncoder.apply(p.styleEncoder, x, targetDomain))],
      })),
      ...differentiate([], (x) => ({ ds: [-lambdaDiversity, diversityLoss(x, fake2)] })),
    }),
    ...differentiate(['generator', 'styleEncoder'], (x, _, p) => ({
      cyc: [lambdaCycle, cycleConsistencyLoss(image, generator.apply(p.generator, x, encodeStyle(networks, p, trained, image, domain)))],
    })),
  } as Terms['values'];
  return { values, gradients };
}
