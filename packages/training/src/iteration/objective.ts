import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { meanSign } from '@stargan/augmentation';
import type { DomainLabels } from '@stargan/layers';
import {
  adversarialFamilies,
  classificationLoss,
  cycleConsistencyLoss,
  discriminatorRelativisticLoss,
  diversityLoss,
  generatorRelativisticLoss,
  r1PenaltyOfGradient,
  styleReconstructionLoss,
  wganGpPenalty,
  type AdversarialLosses,
} from '@stargan/losses';
import { withoutGradients } from '@stargan/ops';
import { isAdaptive } from './augmentation.js';
import type { Term, TermConfig } from './terms.js';

/** What the terms of a discriminator update can read. */
export interface DiscriminatorReadings {
  /** D_y(x): logits of real images; in the relativistic game D_ỹ of the references, which the translations are paired with. */
  realLogits: Tensor;
  /** ∇ₓ D_y(x), which has the shape of the images; only with R1. Of the images before they are augmented. */
  realGradient: Tensor;
  /** Logits of the domains of real images, [batch, domains]; only where the discriminator tells domains. */
  realClasses: Tensor2D;
  /** D_ỹ(G(x, s̃)): logits of translations. */
  fakeLogits: Tensor;
  /** ∇ D_ỹ at the translations; only with R2. Before they are augmented. */
  fakeGradient: Tensor;
  /** D_ỹ as a function of images. */
  critic: (image: Tensor) => Tensor;
  /** The domains y of the real images. */
  domain: DomainLabels;
  /** Translations G(x, s̃), without gradient. */
  fake: Tensor;
  /** Real images of the domains ỹ. */
  reference: Tensor;
  /** A place between each reference and translation, [batch] in [0, 1]. */
  position: Tensor;
}

/** What the terms of a generator update can read. */
export interface GeneratorReadings {
  /** Source images x. */
  image: Tensor;
  /** The translation G(x, s̃). */
  fake: Tensor;
  /** A second translation G(x, s̃₂) of another style, without gradient; not where the label is all that conditions. */
  fake2: Tensor;
  /** The style s̃. */
  style: Tensor;
  /** E_ỹ(G(x, s̃)): the style of the translation. */
  encodedStyle: Tensor;
  /** G(G(x, s̃), E_y(x)): the translation translated back. */
  cycled: Tensor;
  /** D_ỹ(G(x, s̃)): logits of the translation. */
  fakeLogits: Tensor;
  /** D_ỹ of the references, without gradient: what the translations are paired with; only in the relativistic game. */
  realLogits: Tensor;
  /** Logits of the domains of the translation, [batch, domains]; only where the discriminator tells domains. */
  fakeClasses: Tensor2D;
  /** The domains ỹ. */
  targetDomain: DomainLabels;
}

const discriminatorTerm = <Key extends keyof DiscriminatorReadings>(
  term: Term<DiscriminatorReadings, Key>,
): Term<DiscriminatorReadings, Key> => term;

const generatorTerm = <Key extends keyof GeneratorReadings>(term: Term<GeneratorReadings, Key>): Term<GeneratorReadings, Key> => term;

/** Both objectives: each the weighted sum of its terms. */
export interface Objective {
  /** Terms of a discriminator update. */
  readonly discriminator: readonly Term<DiscriminatorReadings>[];
  /** Terms of an update of generator, mapping network and style encoder. */
  readonly generator: readonly Term<GeneratorReadings>[];
}

const isRelativistic = ({ adversarial }: Pick<TermConfig, 'adversarial'>): boolean => adversarial === 'relativistic';

/** The losses of logits of a game. Of the relativistic one they are those of differences of logits. */
function familyOf({ adversarial }: TermConfig): AdversarialLosses {
  return adversarialFamilies[adversarial === 'relativistic' ? 'nonSaturating' : adversarial];
}

/** The objectives of StarGAN v2 (arXiv 1912.01865), with what may take the place of their terms. */
export const OBJECTIVE: Objective = {
  // (5): L_D = −L_adv + λ_reg R1
  discriminator: [
    discriminatorTerm({
      name: 'real', // −E[log D_y(x)], half of (1)
      when: (config) => !isRelativistic(config),
      reads: ['realLogits'],
      of: ({ realLogits }, config) => familyOf(config).real(realLogits),
    }),
    discriminatorTerm({
      name: 'fake', // −E[log(1 − D_ỹ(G(x, s̃)))], the other half
      when: (config) => !isRelativistic(config),
      reads: ['fakeLogits'],
      of: ({ fakeLogits }, config) => familyOf(config).fake(fakeLogits),
    }),
    discriminatorTerm({
      name: 'rel', // E[log(1 + exp(D_ỹ(G(x, s̃)) − D_ỹ(x̃)))], in place of both
      when: isRelativistic,
      reads: ['realLogits', 'fakeLogits'],
      of: ({ realLogits, fakeLogits }) => discriminatorRelativisticLoss(realLogits, fakeLogits),
    }),
    discriminatorTerm({
      name: 'reg', // ½ E[‖∇ₓ D_y(x)‖²]
      chart: { title: 'Gradient penalty', latent: 'latent step', ref: 'reference step' },
      weight: ({ penalty, lambdaR1 }) => (penalty === 'r1' || penalty === 'r1r2' ? lambdaR1 : undefined),
      reads: ['realGradient'],
      of: ({ realGradient }) => r1PenaltyOfGradient(realGradient),
    }),
    discriminatorTerm({
      name: 'reg2', // ½ E[‖∇ D_ỹ(G(x, s̃))‖²]
      chart: { title: 'Gradient penalty', latent: 'R2, latent step', ref: 'R2, reference step' },
      weight: ({ penalty, lambdaR1 }) => (penalty === 'r1r2' ? lambdaR1 : undefined),
      reads: ['fakeGradient'],
      of: ({ fakeGradient }) => r1PenaltyOfGradient(fakeGradient),
    }),
    discriminatorTerm({
      name: 'gp', // E[(‖∇ D_ỹ‖ − 1)²] between references and translations
      chart: { title: 'Gradient penalty', latent: 'WGAN-GP, latent step', ref: 'WGAN-GP, reference step' },
      weight: ({ penalty, lambdaGradientPenalty }) => (penalty === 'wganGp' ? lambdaGradientPenalty : undefined),
      reads: ['critic', 'reference', 'fake', 'position'],
      of: ({ critic, reference, fake, position }) => wganGpPenalty(critic, reference, fake, position),
    }),
    discriminatorTerm({
      name: 'cls',
      chart: { title: 'Classification of domains', latent: 'of real images' },
      weight: ({ lambdaClassification }, { discriminator }) => discriminator.classify && lambdaClassification,
      reads: ['realClasses', 'domain'],
      of: ({ realClasses, domain }) => classificationLoss(realClasses, domain),
    }),
    discriminatorTerm({
      name: 'sign', // E[sign D_y(x)], which the adaptive augmentation follows: measured, not minimised
      chart: { title: 'Sign of the real logits', latent: 'latent step', ref: 'reference step' },
      weight: (config) => (isAdaptive(config) ? 0 : undefined),
      reads: ['realLogits'],
      of: ({ realLogits }) => withoutGradients(() => meanSign(realLogits)),
    }),
  ],
  // (6): L_F,G,E = L_adv + λ_sty L_sty − λ_ds L_ds + λ_cyc L_cyc
  generator: [
    generatorTerm({
      name: 'adv', // (1), in the form that the generator minimises
      chart: { title: 'Adversarial losses', latent: 'G latent', ref: 'G reference' },
      when: (config) => !isRelativistic(config),
      reads: ['fakeLogits'],
      of: ({ fakeLogits }, config) => familyOf(config).generator(fakeLogits),
    }),
    generatorTerm({
      name: 'adv', // E[log(1 + exp(D_ỹ(x̃) − D_ỹ(G(x, s̃))))], in its place
      chart: { title: 'Adversarial losses', latent: 'G latent', ref: 'G reference' },
      when: isRelativistic,
      reads: ['realLogits', 'fakeLogits'],
      of: ({ realLogits, fakeLogits }) => generatorRelativisticLoss(realLogits, fakeLogits),
    }),
    generatorTerm({
      name: 'sty', // (2): E[‖s̃ − E_ỹ(G(x, s̃))‖₁]
      chart: { title: 'Reconstruction and diversity', latent: 'style (latent)', ref: 'style (reference)' },
      weight: ({ conditioning, lambdaStyle }) => (conditioning === 'label' ? undefined : lambdaStyle),
      reads: ['style', 'encodedStyle'],
      of: ({ style, encodedStyle }) => styleReconstructionLoss(style, encodedStyle),
    }),
    generatorTerm({
      name: 'ds', // (3): E[‖G(x, s̃) − G(x, s̃₂)‖₁], maximised
      chart: { title: 'Reconstruction and diversity', latent: 'diversity (latent)', ref: 'diversity (reference)' },
      weight: ({ conditioning, lambdaDiversity }) => (conditioning === 'label' ? undefined : -lambdaDiversity),
      reads: ['fake', 'fake2'],
      of: ({ fake, fake2 }) => diversityLoss(fake, fake2),
    }),
    generatorTerm({
      name: 'cyc', // (4): E[‖x − G(G(x, s̃), E_y(x))‖₁]
      chart: { title: 'Reconstruction and diversity', latent: 'cycle (latent)' },
      weight: ({ lambdaCycle }) => lambdaCycle,
      reads: ['image', 'cycled'],
      of: ({ image, cycled }) => cycleConsistencyLoss(image, cycled),
    }),
    generatorTerm({
      name: 'cls',
      chart: { title: 'Classification of domains', latent: 'of translations' },
      weight: ({ lambdaClassification }, { discriminator }) => discriminator.classify && lambdaClassification,
      reads: ['fakeClasses', 'targetDomain'],
      of: ({ fakeClasses, targetDomain }) => classificationLoss(fakeClasses, targetDomain),
    }),
  ],
};
