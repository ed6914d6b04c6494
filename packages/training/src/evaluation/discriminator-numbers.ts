import type { Parameters } from '@stargan/ops';
import type { Tensor } from '@tensorflow/tfjs-core';
import { mean, reshape, tidy } from '@tensorflow/tfjs-core';
import type { DomainDiscriminator } from '../networks/build-discriminator.js';
import { imagesTogether, toTensor } from '../sampling/translate.js';
import { yieldToEventLoop } from '../yield-to-event-loop.js';
import type { EvaluationDomain, ImageFile, LoadImages } from './domain.js';

/** What a discriminator says of real images as images of their own domains, and not augmented. */
export interface DiscriminatorNumbers {
  /** Mean logit of training images. */
  trainingLogit: number;
  /** Mean logit of held-out images. */
  heldOutLogit: number;
  /** Mean sign of the logits of training images, in [-1, 1]. */
  trainingSign: number;
  /** Mean sign of the logits of held-out images, in [-1, 1]. */
  heldOutSign: number;
  /**
   * How often a training image has a larger logit than a held-out image of its domain, ties counted half; the mean over domains. 0.5 is a
   * discriminator that cannot tell them apart, 1 one that knows its training images by heart. It does not depend on the scale of logits,
   * nor on a constant added to them, so that it compares objectives with each other.
   */
  recognition: number;
}

/** What {@link measureDiscriminator} takes. */
export interface MeasureDiscriminatorOptions {
  /** By label: `examples` are the training images, `references` the held-out ones. */
  readonly domains: readonly Pick<EvaluationDomain, 'name' | 'examples' | 'references'>[];
  /** Reads images. */
  readonly load: LoadImages;
  /** The network. */
  readonly discriminator: Pick<DomainDiscriminator, 'apply'>;
  /** Its weights, which stay the caller's. */
  readonly weights: Parameters;
  /** Height and width of its images. */
  readonly imageSize: number;
  /** Aborting it ends the measurement. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures whether a discriminator knows its training images by heart: whether it takes them for more real than images
 * of the same domains that it has not seen.
 *
 * @param options images, network and weights
 * @returns undefined when `signal` was aborted
 * @throws RangeError naming a domain that lacks either kind of images
 */
export async function measureDiscriminator(options: MeasureDiscriminatorOptions): Promise<DiscriminatorNumbers | undefined> {
  const { domains, signal } = options;
  const training: number[][] = [];
  const heldOut: number[][] = [];
  for (const [label, { name, examples, references }] of domains.entries()) {
    if (examples.length === 0 || references.length === 0) {
      const kind = examples.length === 0 ? 'training' : 'held-out';
      throw new RangeError(`measureDiscriminator: domain ${name} must have training and held-out images, got no ${kind} images`);
    }
    training.push(await logitsOf(options, examples, label));
    heldOut.push(await logitsOf(options, references, label));
    if (signal?.aborted === true) return undefined;
  }
  return {
    trainingLogit: average(training.flat()),
    heldOutLogit: average(heldOut.flat()),
    trainingSign: average(training.flat().map(Math.sign)),
    heldOutSign: average(heldOut.flat().map(Math.sign)),
    recognition: average(training.map((logits, label) => shareAbove(logits, heldOut[label]!))),
  };
}

/** One logit for each image: the mean of its patches where a discriminator looks at patches. */
async function logitsOf(
  { load, discriminator, weights, imageSize, signal }: MeasureDiscriminatorOptions,
  images: readonly ImageFile[],
  label: number,
): Promise<number[]> {
  const logits: number[] = [];
  const together = imagesTogether(imageSize);
  for (let start = 0; start < images.length && signal?.aborted !== true; start += together) {
    const files = images.slice(start, start + together).map(({ file }) => file);
    const data = await load(files, imageSize);
    const judged = tidy((): Tensor => {
      const labels = files.map(() => label);
      const output = discriminator.apply(weights, toTensor({ size: imageSize, data }), labels);
      return mean(reshape(output, [files.length, -1]), 1);
    });
    logits.push(...judged.dataSync());
    judged.dispose();
    await yieldToEventLoop();
  }
  return logits;
}

/** The share of pairs in which the first is larger, ties counted half. */
function shareAbove(some: readonly number[], others: readonly number[]): number {
  return average(some.map((one) => average(others.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)))));
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
