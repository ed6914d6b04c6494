import { dispose, slice, Tensor, tensor1d, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import type { DomainLabels } from '@stargan/layers';
import { normalArray, randomStream } from '@stargan/random';
import { augmentationNumbers } from './augmentation.js';
import type { ObjectiveConfig } from './config-fields.js';

/** What one training iteration sees. */
export interface Batch {
  /** Source images [batch, S, S, 3] in [-1, 1]. */
  readonly image: Tensor;
  /** Domain y of each source image: numbers, or a tensor of them [batch]. */
  readonly domain: DomainLabels;
  /** Reference images [batch, S, S, 3]. */
  readonly reference: Tensor;
  /** Further reference images, of the same domains. */
  readonly reference2: Tensor;
  /** Target domain ỹ of each sample: that of its reference images. */
  readonly targetDomain: DomainLabels;
  /** Latent codes [batch, latentDim]. */
  readonly latent: Tensor;
  /** Further latent codes. */
  readonly latent2: Tensor;
  /** Where between a real and a generated image WGAN-GP's penalty is taken, [batch] in [0, 1]; only where it is. */
  readonly position?: Tensor;
  /** Random numbers of the augmentation of all updates, [batch, …]; only where there is one. */
  readonly augmentationNumbers?: Tensor;
}

/**
 * How a batch holds its domains. `lists` are numbers: each sample goes through the branches of its own domain and no other, so that
 * shapes depend on the numbers. `tensors` are not read: each sample goes through all branches and its own are kept, so that the
 * iteration is the same for every batch, and can be recorded once and replayed.
 */
export type LabelForm = 'lists' | 'tensors';

/** Branches beyond which the samples' own are computed alone. */
const MOST_BRANCHES = 16;

/**
 * The form in which a training holds its domains: tensors, whose further branches cost next to nothing, as long as there are at most 16.
 *
 * @param domains how many there are
 */
export const labelForm = (domains: number): LabelForm => (domains <= MOST_BRANCHES ? 'tensors' : 'lists');

/** Labels in this form; the caller owns the tensor. */
export const domainLabels = (domains: readonly number[], form: LabelForm): DomainLabels =>
  form === 'lists' ? domains : tensor1d([...domains], 'int32');

/** Decoded images of one iteration, as `@stargan/data` prepares them; pixels in [-1, 1]. */
export interface DecodedImages {
  /** Number of the iteration, from 0: latent codes are a function of it. */
  readonly iteration: number;
  /** Images to translate, [batch, S, S, 3], and the domain of each. */
  readonly source: { readonly images: Float32Array; readonly domains: readonly number[] };
  /** Two images of one domain for each sample, [batch, S, S, 3] each, and that domain. */
  readonly reference: { readonly images: Float32Array; readonly images2: Float32Array; readonly domains: readonly number[] };
}

/**
 * Images of each kind that an iteration sees: those of every discriminator update, in all their parts.
 *
 * @param options `batch`, `gradientAccumulation` and `criticSteps` of the configuration
 */
export function imagesPerIteration({
  batch,
  gradientAccumulation,
  criticSteps,
}: {
  batch: number;
  gradientAccumulation: number;
  criticSteps: number;
}): number {
  return batch * gradientAccumulation * criticSteps;
}

/**
 * Latent codes of one iteration, N(0, I): a function of seed, stream and iteration.
 *
 * @param count number of codes
 * @param latentDim length of a code
 * @param seed whole number ≥ 0
 * @param stream tells apart what is drawn with one seed
 * @param iteration number of the iteration, from 0; 0 by default, for codes that are drawn once
 * @returns [count, latentDim]
 */
export function latentCodes(count: number, latentDim: number, seed: number, stream: string, iteration = 0): Float32Array {
  return normalArray(count * latentDim, randomStream(seed, stream, iteration));
}

/**
 * An iteration's images as tensors, with its latent codes and, where they are needed, the positions of WGAN-GP's penalty and the numbers
 * of the augmentation; the caller owns them.
 *
 * @param images decoded images of the iteration
 * @param imageSize height and width of the images
 * @param latentDim length of a latent code
 * @param seed whole number ≥ 0: the run's
 * @param penalty `wganGp` adds positions; `r1`, the default, and `r1r2` take none
 * @param labels how the batch holds its domains; as lists, unless said otherwise
 * @param augmentation any but `off`, the default, adds random numbers
 */
export function tensorBatch(
  { iteration, source, reference }: DecodedImages,
  imageSize: number,
  latentDim: number,
  seed: number,
  penalty: ObjectiveConfig['penalty'] = 'r1',
  labels: LabelForm = 'lists',
  augmentation: ObjectiveConfig['augmentation'] = 'off',
): Batch {
  const count = source.domains.length;
  const images = (values: Float32Array): Batch['image'] => tensor4d(values, [count, imageSize, imageSize, 3]);
  const latents = (stream: string): Batch['latent'] => tensor2d(latentCodes(count, latentDim, seed, stream, iteration), [count, latentDim]);
  return {
    image: images(source.images),
    domain: domainLabels(source.domains, labels),
    reference: images(reference.images),
    reference2: images(reference.images2),
    targetDomain: domainLabels(reference.domains, labels),
    latent: latents('latent'),
    latent2: latents('latent2'),
    ...(penalty === 'wganGp' && { position: tensor1d(positions(count, seed, iteration)) }),
    ...(augmentation !== 'off' && { augmentationNumbers: augmentationNumbers(count, seed, iteration) }),
  };
}

/** Numbers of [0, 1), a function of seed and iteration. */
function positions(count: number, seed: number, iteration: number): Float32Array {
  const random = randomStream(seed, 'penalty-position', iteration);
  return Float32Array.from({ length: count }, () => random.uniform());
}

/**
 * Disposes a batch's tensors.
 *
 * @param batch not to be used afterwards
 */
export function disposeBatch(batch: Batch): void {
  dispose(Object.values(batch).filter((value) => value instanceof Tensor));
}

/**
 * Cuts a batch into equal parts, in order. The caller owns them, and still the batch.
 *
 * @param batch stays as it is
 * @param parts number of parts, ≥ 1
 * @throws unless `parts` divides the batch
 */
export function splitBatch(batch: Batch, parts: number): Batch[] {
  const total = batch.image.shape[0]!;
  const size = total / parts;
  if (!Number.isInteger(size) || size < 1) throw new Error(`splitBatch: parts must divide the batch of ${total} images, got ${parts}`);
  return Array.from({ length: parts }, (_, i) => {
    const rows = (tensor: Tensor): Tensor => slice(tensor, i * size, size);
    const those = (domains: DomainLabels): DomainLabels =>
      domains instanceof Tensor ? rows(domains) : Array.from(domains).slice(i * size, (i + 1) * size);
    return {
      image: rows(batch.image),
      domain: those(batch.domain),
      reference: rows(batch.reference),
      reference2: rows(batch.reference2),
      targetDomain: those(batch.targetDomain),
      latent: rows(batch.latent),
      latent2: rows(batch.latent2),
      ...(batch.position && { position: rows(batch.position) }),
      ...(batch.augmentationNumbers && { augmentationNumbers: rows(batch.augmentationNumbers) }),
    };
  });
}
