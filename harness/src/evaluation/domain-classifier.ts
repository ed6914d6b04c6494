import { argMax, losses, oneHot, reshape, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { downsamplingTrunk, initializeParameters, linear } from '@stargan/layers';
import { valueAndGradients, type Parameters } from '@stargan/ops';
import { adam } from '@stargan/optimizers';
import { randomStream } from '@stargan/random';
import { countImages, disposeAll, type ImageBatch, type LabelledImages, selectImages, toTensor, yieldToEventLoop } from '@stargan/training';
import { disturb } from './disturb.js';

/** Grows when the same images would give a classifier that judges otherwise, so that results of the two are kept apart. */
export const CLASSIFIER_VERSION = 2;

/** Options of {@link trainDomainClassifier}. */
export interface ClassifierOptions {
  domains: number;
  seed: number;
  steps: number;
  batch?: number;
  learningRate?: number;
  /** Aborting it ends the training. */
  signal?: AbortSignal;
}

/** Tells which domain an image belongs to. */
export interface DomainClassifier {
  /** The most likely domain of each image. */
  classify(images: ImageBatch): number[];
  dispose(): void;
}

/** First width × image size, and cap, of the classifier's trunk: small, for it must cost little. */
const WIDTHS = { widthBudget: 512, maxWidth: 64 };
const CLASSIFIED_AT_ONCE = 64;

/**
 * Trains a small residual network to tell the domains of real images apart, so that translations can be judged
 * by the domain they are taken for. The images are disturbed as generated ones are, see {@link disturb}: artefacts should
 * not decide.
 *
 * @param images real images with their domains
 * @returns undefined when `signal` was aborted
 */
export async function trainDomainClassifier(
  images: LabelledImages,
  { domains, seed, steps, batch = 32, learningRate = 2e-3, signal }: ClassifierOptions,
): Promise<DomainClassifier | undefined> {
  const trunk = downsamplingTrunk('domainClassifier', 'trunk', { imageSize: images.size, ...WIDTHS });
  const head = linear('head', { inFeatures: trunk.channels, outFeatures: domains });
  const logitsOf = (parameters: Parameters, x: Tensor4D): Tensor2D =>
    tidy(() => head.apply(parameters, reshape(trunk.apply(parameters, x), [x.shape[0], trunk.channels])));

  const optimizer = adam({ learningRate, beta1: 0.9, beta2: 0.99 });
  let parameters = initializeParameters([...trunk.specs, ...head.specs], seed, 'domain-classifier');
  let state = optimizer.init(parameters);
  for (let step = 0; step < steps; step++) {
    await yieldToEventLoop();
    if (signal?.aborted === true) break;
    const random = randomStream(seed, 'domain-classifier-batch', step);
    const indices = Array.from({ length: batch }, () => random.integer(countImages(images)));
    const drawn = disturb(selectImages(images, indices), random);
    const labels = indices.map((index) => images.domains[index]!);
    const { value, gradients } = valueAndGradients((p) => {
      const target = oneHot(tensor1d(labels, 'int32'), domains);
      return losses.softmaxCrossEntropy<Tensor, Scalar>(target, logitsOf(p, drawn));
    }, parameters);
    const next = optimizer.update(parameters, gradients, state);
    disposeAll(parameters, gradients, { drawn, value, first: state.first, second: state.second });
    ({ parameters, state } = next);
  }
  disposeAll({ first: state.first, second: state.second });
  if (signal?.aborted === true) {
    disposeAll(parameters);
    return undefined;
  }
  return {
    classify(toClassify) {
      const found: number[] = [];
      const count = countImages(toClassify);
      for (let start = 0; start < count; start += CLASSIFIED_AT_ONCE) {
        const indices = Array.from({ length: Math.min(CLASSIFIED_AT_ONCE, count - start) }, (_, i) => start + i);
        const best = tidy(() => argMax(logitsOf(parameters, toTensor(selectImages(toClassify, indices))), 1));
        found.push(...best.dataSync());
        best.dispose();
      }
      return found;
    },
    dispose: () => disposeAll(parameters),
  };
}
