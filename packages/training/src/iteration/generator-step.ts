import { dispose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DomainLabels } from '@stargan/layers';
import { vjp, withoutGradients, type ValueAndGradients } from '@stargan/ops';
import type { Frozen } from '../networks/freeze.js';
import { withParameters, type Networks, type NetworkName, type WeightsOf } from '../networks/networks.js';
import { joinWeights, replaceWeights } from '../networks/weights.js';
import { augmentationOf, type AugmentationDraw } from './augmentation.js';
import { sumGradients } from './gradients.js';
import { OBJECTIVE, type GeneratorReadings } from './objective.js';
import { differentiateTerms, termConfig, weightedSum, weighTerms, type Factors, type Pass, type Term, type TermConfig } from './terms.js';

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
  domain: DomainLabels;
  /** Domain that each is translated to. */
  targetDomain: DomainLabels;
  /** What the styles are made from. */
  styles: StyleSource;
  /** Real images of the target domains, which the relativistic game pairs the translations with. */
  reference?: Tensor;
  /** Random numbers of the augmentation, where there is one. */
  augmentation?: AugmentationDraw | undefined;
}

/** Networks that an update trains: G, F and E with latent guidance, G alone with references. */
const TRAINED_NETWORKS: Record<StyleSource['guidance'], readonly NetworkName[]> = {
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
 * Every term is a function of the translation and of its style. The terms are differentiated by those as soon as each has
 * been computed, one after the other, so that only one of them keeps feature maps at a time; the sum of these gradients is
 * then carried back through the translation.
 *
 * @param networks all four
 * @param weights of all four networks
 * @param inputs source images [batch, S, S, 3], their domains and the target ones, and what the styles are made from
 * @param options game, conditioning and weights of the terms, λ_ds that of the current iteration; what is left out is the
 *   reference's
 * @param trained networks to differentiate
 * @param terms of the objective
 * @param factors of terms as tensors, in place of the configuration's
 * @param frozen parameters of those networks for which no gradients are computed
 * @returns value, gradients by `network.parameter`, and the terms by name; the caller owns them
 */
export function generatorGradients(
  networks: Networks,
  weights: WeightsOf,
  inputs: GeneratorInputs,
  options: Partial<TermConfig> = {},
  trained: readonly NetworkName[] = trainedNetworks(networks, inputs.styles.guidance),
  terms: readonly Term<GeneratorReadings>[] = OBJECTIVE.generator,
  factors: Factors = {},
  frozen: Frozen = {},
): ValueAndGradients {
  const config = termConfig(options);
  const weighted = weighTerms(terms, config, networks, factors);
  const readsSecond = weighted.some(({ reads }) => reads.includes('fake2'));
  const translation = vjp(
    (joined) => translate(networks, replaceWeights(weights, joined, trained), inputs, trained, readsSecond),
    joinWeights(weights, trained, frozen),
  );
  try {
    const passes = generatorPasses(networks, weights, inputs, translation.values, trained, config, frozen);
    const { values, gradients } = differentiateTerms(weighted, passes, config);
    dispose({ ...translation.values });
    const { fake, style, ...ofTerms } = gradients;
    const ofTranslation = translation.pullback({ fake, style });
    dispose([fake, style].filter((gradient) => gradient !== undefined));
    return { value: weightedSum(weighted, values), auxiliary: values, gradients: sumGradients(ofTranslation, ofTerms) };
  } finally {
    translation.dispose();
  }
}

/** A translation, its style and, where a term reads it, a translation of another style, which is a constant. */
type Translation = { fake: Tensor; style: Tensor; fake2?: Tensor };

function translate(
  networks: Networks,
  p: WeightsOf,
  { image, targetDomain, styles }: GeneratorInputs,
  trained: readonly NetworkName[],
  withSecond: boolean,
): Translation {
  const { generator, mappingNetwork } = networks;
  const [style, style2] =
    styles.guidance === 'latent'
      ? [styles.latent, styles.latent2].map((latent) => () => mappingNetwork.apply(p.mappingNetwork, latent, targetDomain))
      : [styles.reference, styles.reference2].map((image) => () => encodeStyle(networks, p, trained, image, targetDomain));
  const first = style!();
  const features = generator.encode(p.generator, image);
  const fake = generator.decode(p.generator, features, first);
  return {
    fake,
    style: first,
    ...(withSecond && { fake2: withoutGradients(() => generator.decode(p.generator, features, style2!())) }),
  };
}

/** Style of images; a constant where the encoder is not trained. */
function encodeStyle(
  { styleEncoder }: Networks,
  p: WeightsOf,
  trained: readonly NetworkName[],
  image: Tensor,
  domain: DomainLabels,
): Tensor {
  const encode = (): Tensor => styleEncoder.apply(p.styleEncoder, image, domain);
  return trained.includes('styleEncoder') ? encode() : withoutGradients(encode);
}

/** What can be computed from a translation, each by the networks that it takes. */
function generatorPasses(
  networks: Networks,
  weights: WeightsOf,
  { image, domain, targetDomain, reference, augmentation }: GeneratorInputs,
  { fake, style, fake2 }: Translation,
  trained: readonly NetworkName[],
  config: TermConfig,
  frozen: Frozen,
): Pass<GeneratorReadings>[] {
  const { generator, styleEncoder, discriminator } = networks;
  const seen = augmentationOf(config, augmentation);
  /** A pass through the networks of these names, differentiated by the translation, by its style and by their weights. */
  function passThrough(
    names: readonly NetworkName[],
    gives: readonly (keyof GeneratorReadings)[],
    compute: (fake: Tensor, p: WeightsOf) => Partial<GeneratorReadings>,
  ): Pass<GeneratorReadings> {
    const own = names.filter((name) => trained.includes(name));
    return {
      gives: ['image', 'targetDomain', 'fake', 'style', ...gives],
      by: { fake, style, ...joinWeights(weights, own, frozen) },
      compute: ({ fake, style, ...joined }) => ({
        ...{ image, targetDomain, fake: fake!, style: style! },
        ...compute(fake!, replaceWeights(weights, joined, own)),
      }),
    };
  }
  /** Logits of the references, which nothing that is trained has a part in. */
  function readReference(p: WeightsOf): Tensor {
    if (reference === undefined) throw new Error("generatorGradients: adversarial 'relativistic' must have reference images, got none");
    return withoutGradients(() => discriminator.apply(p.discriminator, seen.real(reference), targetDomain));
  }
  return [
    passThrough(['discriminator'], ['fakeLogits', 'fakeClasses', 'realLogits'], (x, p) => {
      const pair = config.adversarial === 'relativistic' && { realLogits: readReference(p) };
      if (discriminator.classify === undefined)
        return { ...pair, fakeLogits: discriminator.apply(p.discriminator, seen.fake(x), targetDomain) };
      const { logits, classes } = discriminator.classify(p.discriminator, seen.fake(x));
      return { ...pair, fakeLogits: logits, fakeClasses: classes };
    }),
    passThrough(['styleEncoder'], ['encodedStyle'], (x, p) => ({ encodedStyle: styleEncoder.apply(p.styleEncoder, x, targetDomain) })),
    passThrough([], ['fake2'], () => ({ fake2 })),
    passThrough(['generator', 'styleEncoder'], ['cycled'], (x, p) => ({
      cycled: generator.apply(p.generator, x, encodeStyle(networks, p, trained, image, domain)),
    })),
  ];
}
