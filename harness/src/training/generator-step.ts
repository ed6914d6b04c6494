import { add, mul, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { cycleConsistencyLoss, diversityLoss, generatorObjective, nonSaturatingLogisticLoss, styleReconstructionLoss } from '@stargan/losses';
import { unrecorded, valueAndGradients, withoutGradients, type ValueAndGradients } from '@stargan/ops';
import type { Networks, NetworkName, WeightsOf } from '../model/networks.js';
import { joinWeights, splitWeights } from '../model/weights.js';
import { sumGradients } from './sum-gradients.js';

/** Where the styles of a generator update come from: latent codes or reference images, two of each. */
export type StyleSource =
  | { guidance: 'latent'; latent: Tensor; latent2: Tensor }
  | { guidance: 'reference'; reference: Tensor; reference2: Tensor };

/** Inputs of a generator update. */
export interface GeneratorInputs {
  /** Source images [batch, S, S, 3]. */
  image: Tensor;
  domain: readonly number[];
  targetDomain: readonly number[];
  styles: StyleSource;
}

/** Weights of equation (6); λ_ds is the one of the current iteration. */
export interface GeneratorLambdas {
  lambdaStyle: number;
  lambdaDiversity: number;
  lambdaCycle: number;
}

/** Networks that an update trains: G, F and E with latent guidance, G alone with references. */
export const TRAINED_NETWORKS: Record<StyleSource['guidance'], readonly NetworkName[]> = {
  latent: ['generator', 'mappingNetwork', 'styleEncoder'],
  reference: ['generator'],
};

/**
 * The objective of generator, mapping network and style encoder, equation (6), and its gradients for the
 * networks of `trained`. Both translations share the generator's encoder half, and nothing is
 * differentiated for networks that are not updated.
 *
 * Every term is a function of the translation and of its style. The terms are differentiated with respect to those as
 * soon as each has been computed, one after the other, so that only one of them keeps feature maps at a time; what
 * remains is to carry the sum of these gradients back through the translation itself.
 *
 * @param weights of all four networks
 * @param trained networks to differentiate
 * @returns value, gradients by `network.parameter`, and the terms `adv`, `sty`, `ds`, `cyc`; the caller owns them
 */
export function generatorGradients(
  networks: Networks,
  weights: WeightsOf,
  inputs: GeneratorInputs,
  lambdas: GeneratorLambdas,
  trained: readonly NetworkName[] = TRAINED_NETWORKS[inputs.styles.guidance],
): ValueAndGradients {
  const { generator, mappingNetwork, styleEncoder } = networks;
  const { image, targetDomain, styles } = inputs;
  const ofTranslation = valueAndGradients((joined) => {
    const p: WeightsOf = { ...weights, ...splitWeights(joined, trained) };
    const style = targetStyle();
    const features = generator.encode(p.generator, image);
    const fake = generator.decode(p.generator, features, style);
    const fake2 = withoutGradients(() => {
      const style2 =
        styles.guidance === 'latent'
          ? mappingNetwork.apply(p.mappingNetwork, styles.latent2, targetDomain)
          : styleEncoder.apply(p.styleEncoder, styles.reference2, targetDomain);
      return generator.decode(p.generator, features, style2);
    });
    const terms = unrecorded(() => differentiateTerms(networks, weights, inputs, { fake, fake2, style }, lambdas, trained));
    const { fake: byFake, style: byStyle, ...rest } = terms.gradients;
    // Linear in fake and style, with the terms' own derivatives.
    const value = add<Scalar>(sum(mul(fake, byFake!)), sum(mul(style, byStyle!)));
    return { value, auxiliary: { ...terms.values, ...rest } };

    function targetStyle(): Tensor {
      if (styles.guidance === 'latent') return mappingNetwork.apply(p.mappingNetwork, styles.latent, targetDomain);
      return encodeStyle(networks, p, trained, styles.reference, targetDomain);
    }
  }, joinWeights(weights, trained));
  ofTranslation.value.dispose();
  const { adv, sty, ds, cyc, ...gradientsOfTerms } = ofTranslation.auxiliary as Record<TermName, Tensor> & Record<string, Tensor>;
  const value = generatorObjective({ adversarial: adv, style: sty, diversity: ds, cycle: cyc }, lambdas) as Scalar;
  return { value, auxiliary: { adv, sty, ds, cyc }, gradients: sumGradients(ofTranslation.gradients, gradientsOfTerms) };
}

type TermName = 'adv' | 'sty' | 'ds' | 'cyc';

/** The terms, and the gradient of their weighted sum for `fake`, `style` and the trained networks' parameters. */
interface Terms {
  values: Record<TermName, Tensor>;
  gradients: Record<string, Tensor>;
}

/** A translation, the one that must look different, and the first one's style. */
interface Translation {
  fake: Tensor;
  fake2: Tensor;
  style: Tensor;
}

/** Style of reference images; a constant where the encoder is not trained. */
function encodeStyle({ styleEncoder }: Networks, p: WeightsOf, trained: readonly NetworkName[], reference: Tensor, domain: readonly number[]): Tensor {
  const encode = (): Tensor => styleEncoder.apply(p.styleEncoder, reference, domain);
  return trained.includes('styleEncoder') ? encode() : withoutGradients(encode);
}

function differentiateTerms(
  networks: Networks,
  weights: WeightsOf,
  { image, domain, targetDomain }: GeneratorInputs,
  { fake, fake2, style }: Translation,
  { lambdaStyle, lambdaDiversity, lambdaCycle }: GeneratorLambdas,
  trained: readonly NetworkName[],
): Terms {
  const { generator, styleEncoder, discriminator } = networks;
  let gradients: Record<string, Tensor> = {};
  /** Value of a term, whose gradient, times `weight`, goes to the others'. */
  function differentiate(weight: number, names: readonly NetworkName[], term: (fake: Tensor, style: Tensor, p: WeightsOf) => Tensor): Tensor {
    const own = names.filter((name) => trained.includes(name));
    const result = valueAndGradients(
      ({ fake, style, ...joined }) => {
        const value = term(fake, style, { ...weights, ...splitWeights(joined, own) });
        return { value: mul<Scalar>(value, weight), auxiliary: { value } };
      },
      { fake, style, ...joinWeights(weights, own) },
    );
    result.value.dispose();
    gradients = sumGradients(gradients, result.gradients);
    return result.auxiliary.value!;
  }

  const values = {
    adv: differentiate(1, ['discriminator'], (x, _, p) => nonSaturatingLogisticLoss(discriminator.apply(p.discriminator, x, targetDomain))),
    sty: differentiate(lambdaStyle, ['styleEncoder'], (x, s, p) => styleReconstructionLoss(s, styleEncoder.apply(p.styleEncoder, x, targetDomain))),
    ds: differentiate(-lambdaDiversity, [], (x) => diversityLoss(x, fake2)),
    cyc: differentiate(lambdaCycle, ['generator', 'styleEncoder'], (x, _, p) =>
      cycleConsistencyLoss(image, generator.apply(p.generator, x, encodeStyle(networks, p, trained, image, domain)))),
  };
  return { values, gradients };
}
