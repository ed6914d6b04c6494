import { scalar, slice, tensor2d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  adaptiveProbability,
  augment,
  augmentationUniforms,
  initialAdaptiveProbability,
  UNIFORMS_PER_IMAGE,
  updateAdaptiveProbability,
  type AugmentationOperation,
} from '@stargan/augmentation';
import { randomStream } from '@stargan/random';
import type { ObjectiveConfig } from './config-fields.js';
import type { TrainingState } from './state.js';

/** What settles the augmentation. */
export type AugmentationConfig = Pick<
  ObjectiveConfig,
  'augmentation' | 'augmentationImages' | 'augmentationProbability' | 'augmentationTarget'
>;

/** What an update augments its images with. */
export interface AugmentationDraw {
  /** Random numbers for the real images, [batch, UNIFORMS_PER_IMAGE]. */
  readonly real: Tensor;
  /** Others for the generated ones. */
  readonly fake: Tensor;
  /** How likely each operation is. */
  readonly probability: Scalar;
}

/** What the discriminator sees of its images. */
export interface Augmentation {
  /** Augments real images. */
  readonly real: (image: Tensor) => Tensor;
  /** Augments generated images. */
  readonly fake: (image: Tensor) => Tensor;
}

const none: Augmentation = { real: (image) => image, fake: (image) => image };

/** The updates of an iteration: each draws numbers of its own. */
const UPDATES = ['D/latent', 'D/ref', 'G/latent', 'G/ref'] as const;

/** An update, as its losses are logged. */
export type UpdateName = (typeof UPDATES)[number];

/** Whether the probability follows the discriminator. */
export function isAdaptive({ augmentation, augmentationTarget }: AugmentationConfig): boolean {
  return augmentation !== 'off' && augmentationTarget > 0;
}

/** All random numbers of an iteration's images, a function of seed and iteration: those of both sides of every update. */
export function augmentationNumbers(images: number, seed: number, iteration: number): Tensor2D {
  const perImage = UPDATES.length * 2;
  const numbers = augmentationUniforms(images * perImage, randomStream(seed, 'augmentation', iteration));
  return tensor2d(numbers, [images, perImage * UNIFORMS_PER_IMAGE]);
}

/**
 * An update's own numbers, and the probability at present; nothing where nothing is augmented. The caller owns the tensors.
 *
 * @throws when the batch holds no numbers
 */
export function drawAugmentation(
  config: AugmentationConfig,
  { augmentationNumbers: all }: { readonly augmentationNumbers?: Tensor },
  state: Pick<TrainingState, 'augmentation'>,
  update: UpdateName,
): AugmentationDraw | undefined {
  if (config.augmentation === 'off') return undefined;
  if (all === undefined)
    throw new Error(
      `trainIteration: augmentation '${config.augmentation}' must have random numbers in the batch, got none; name it to tensorBatch too`,
    );
  const [batch = 0] = all.shape;
  const numbers = (side: 0 | 1): Tensor =>
    slice(all, [0, (UPDATES.indexOf(update) * 2 + side) * UNIFORMS_PER_IMAGE], [batch, UNIFORMS_PER_IMAGE]);
  const adaptive = isAdaptive(config) ? adaptiveProbability(probabilityOf(state)) : undefined;
  return { real: numbers(0), fake: numbers(1), probability: adaptive ?? scalar(config.augmentationProbability) };
}

/** The adaptive probability of a state, which begins at 0. */
function probabilityOf(state: Pick<TrainingState, 'augmentation'>): NonNullable<TrainingState['augmentation']> {
  return (state.augmentation ??= initialAdaptiveProbability());
}

/**
 * The augmentation of an update's images: the same operations for real and generated ones.
 *
 * @throws when there is one, and no numbers for it
 */
export function augmentationOf({ augmentation }: AugmentationConfig, draw: AugmentationDraw | undefined): Augmentation {
  if (augmentation === 'off') return none;
  if (draw === undefined)
    throw new Error(`augmentation '${augmentation}' must have random numbers, got none; give the inputs an augmentation`);
  const { real, fake, probability } = draw;
  const options = { operations: augmentation.split(',') as AugmentationOperation[], probability };
  return { real: (image) => augment(image, real, options), fake: (image) => augment(image, fake, options) };
}

/** Moves the adaptive probability of a state after a discriminator update, by the mean sign of its real logits. */
export function followDiscriminator(config: AugmentationConfig, state: TrainingState, sign: Tensor | undefined, images: number): void {
  if (!isAdaptive(config) || sign === undefined) return;
  const before = probabilityOf(state);
  state.augmentation = updateAdaptiveProbability(before, sign as Scalar, images, {
    target: config.augmentationTarget,
    rampImages: config.augmentationImages,
    limit: config.augmentationProbability,
  });
  before.dispose();
}
