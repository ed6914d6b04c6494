import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { cycleConsistencyLoss, diversityLoss, generatorObjective, nonSaturatingLogisticLoss, styleReconstructionLoss } from '@stargan/losses';
import { valueAndGradients, withoutGradients, type Parameters, type ValueAndGradients } from '@stargan/ops';
import type { Networks, NetworkName, WeightsOf } from '../model/networks.js';
import { joinWeights, splitWeights } from '../model/weights.js';

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
 * @param weights of all four networks
 * @param trained networks to differentiate
 * @returns value, gradients by `network.parameter`, and the terms `adv`, `sty`, `ds`, `cyc`; the caller owns them
 */
export function generatorGradients(
  networks: Networks,
  weights: WeightsOf,
  { image, domain, targetDomain, styles }: GeneratorInputs,
  lambdas: GeneratorLambdas,
  trained: readonly NetworkName[] = TRAINED_NETWORKS[styles.guidance],
): ValueAndGradients {
  const { generator, mappingNetwork, styleEncoder, discriminator } = networks;
  // A style from the encoder is a constant where the encoder is not trained.
  const fromEncoder = (encode: () => Tensor): Tensor => (trained.includes('styleEncoder') ? encode() : withoutGradients(encode));

  return valueAndGradients((joined) => {
    const p: Record<NetworkName, Parameters> = { ...weights, ...splitWeights(joined, trained) };

    const style =
      styles.guidance === 'latent'
        ? mappingNetwork.apply(p.mappingNetwork, styles.latent, targetDomain)
        : fromEncoder(() => styleEncoder.apply(p.styleEncoder, styles.reference, targetDomain));
    const style2 = withoutGradients(() =>
      styles.guidance === 'latent'
        ? mappingNetwork.apply(p.mappingNetwork, styles.latent2, targetDomain)
        : styleEncoder.apply(p.styleEncoder, styles.reference2, targetDomain),
    );

    const features = generator.encode(p.generator, image);
    const fake = generator.decode(p.generator, features, style);
    const fake2 = withoutGradients(() => generator.decode(p.generator, features, style2));

    const adv = nonSaturatingLogisticLoss(discriminator.apply(p.discriminator, fake, targetDomain));
    const sty = styleReconstructionLoss(style, styleEncoder.apply(p.styleEncoder, fake, targetDomain));
    const ds = diversityLoss(fake, fake2);
    const ownStyle = fromEncoder(() => styleEncoder.apply(p.styleEncoder, image, domain));
    const cyc = cycleConsistencyLoss(image, generator.apply(p.generator, fake, ownStyle));

    const value = generatorObjective({ adversarial: adv, style: sty, diversity: ds, cycle: cyc }, lambdas) as Scalar;
    return { value, auxiliary: { adv, sty, ds, cyc } };
  }, joinWeights(weights, trained));
}
