import type { TrainingConfig } from './training-config.js';

/** One configuration of the paper's component analysis. */
export interface AblationConfig {
  /** What it is, or what it adds to the one before. */
  readonly title: string;
  /** What differs from the full model. */
  readonly values: Partial<TrainingConfig>;
}

/** Names of the configurations. */
export type AblationName = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

const F: Partial<TrainingConfig> = {};
const E: Partial<TrainingConfig> = { ...F, lambdaDiversity: 0 };
const D: Partial<TrainingConfig> = { ...E, conditioning: 'latent', guidance: 'latent' };
// Without a latent code there is one picture per source and domain: nothing to reconstruct, nothing that differs.
const C: Partial<TrainingConfig> = { ...D, conditioning: 'label', lambdaStyle: 0 };
const B: Partial<TrainingConfig> = {
  ...C,
  injection: 'concatenation',
  adversarial: 'wasserstein',
  penalty: 'wganGp',
  criticSteps: 5,
  lambdaCycle: 10,
};
const A: Partial<TrainingConfig> = { ...B, discriminator: 'patchClassifier' };

/**
 * The component analysis of the paper, from the first StarGAN to StarGAN v2: what each configuration changes in the full
 * model.
 *
 * Source: Choi et al. 2020, arXiv 1912.01865, table 1 and section 3.2. What the paper does not say is filled in from
 * the first StarGAN (arXiv 1711.09020): the critic of patches, five critic steps, weights of 10 for penalty and cycle and
 * of 1 for the classification. Networks and optimisers are otherwise those of StarGAN v2 in every configuration, so that
 * they differ only in what their titles name.
 */
export const ABLATION_CONFIGS: Readonly<Record<AblationName, AblationConfig>> = {
  A: { title: 'baseline StarGAN', values: A },
  B: { title: '+ multi-task discriminator', values: B },
  C: { title: '+ R1 and AdaIN', values: C },
  D: { title: '+ latent code', values: D },
  E: { title: '+ style code', values: E },
  F: { title: '+ diversity loss', values: F },
};

/** Names of the configurations, from the baseline to the full model. */
export const ABLATION_NAMES = Object.keys(ABLATION_CONFIGS) as AblationName[];

/** Updates that an iteration makes of the generator, one for each kind of guidance, and of the discriminator. */
export function updatesPerIteration({ guidance, criticSteps }: Pick<TrainingConfig, 'guidance' | 'criticSteps'>): {
  generator: number;
  discriminator: number;
} {
  const generator = guidance === 'both' ? 2 : 1;
  return { generator, discriminator: generator * criticSteps };
}

/**
 * The whole configuration of the given name. All of them make as many discriminator updates, on as many training images:
 * as in the paper, where an iteration is one of the discriminator, and the first StarGAN updates its generator in every
 * fifth.
 *
 * @param base sizes, rates and weights that all configurations share, with the iterations of the full model
 * @param name from `A` to `F`
 */
export function ablationConfig<Base extends TrainingConfig>(base: Base, name: AblationName): Base {
  const config = { ...base, ...ABLATION_CONFIGS[name].values };
  const iterations = Math.ceil((base.iterations * updatesPerIteration(base).discriminator) / updatesPerIteration(config).discriminator);
  return { ...config, iterations };
}
