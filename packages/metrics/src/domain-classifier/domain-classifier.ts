import { argMax, dispose, losses, nextFrame, oneHot, reshape, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { downsamplingTrunk, initializeParameters, linear } from '@stargan/layers';
import { plainly, valueAndGradients, type Compile, type Parameters } from '@stargan/ops';
import { adam } from '@stargan/optimizers';
import { randomStream } from '@stargan/random';
import { countImages, imageTensor, selectImages, type SquareImages } from '../images.js';
import { disturb } from './disturb.js';

/** Raised whenever the same images would give a classifier with other decisions, to keep the results of both apart. */
export const CLASSIFIER_VERSION = 2;

/** Options of {@link trainDomainClassifier}. */
export interface ClassifierOptions {
  /** Number of domains. */
  domains: number;
  /** Seed of weights, batches and disturbances. */
  seed: number;
  /** Number of updates. */
  steps: number;
  /** Images of an update, 32 by default. */
  batch?: number | undefined;
  /** Learning rate of Adam, 2e-3 by default. */
  learningRate?: number | undefined;
  /** Makes an update faster, such as `(f) => capture(f)` with `capture` of `@stargan/backend`; the classifier is the same. By default updates run as they are. */
  compile?: Compile | undefined;
  /** Aborting it ends the training. */
  signal?: AbortSignal | undefined;
}

/** Tells which domain an image belongs to. */
export interface DomainClassifier {
  /** Size of the images that it was trained on, and that it classifies. */
  readonly size: number;
  /**
   * The most likely domain of each image.
   *
   * @param images of the size that it was trained on
   * @returns the label of each, 0 … domains − 1
   */
  classify(images: SquareImages): number[];
  /** Gives its weights back. */
  dispose(): void;
}

/** Images of several domains. */
export interface LabelledImages extends SquareImages {
  /** Domain of each image. */
  readonly domains: readonly number[];
}

/** Adam's tensors before an update, and the numbers of the update. */
type Moments = Readonly<Record<'first' | 'second' | 'constants', Tensor1D>>;

/** After an update. */
interface Updated extends Record<'first' | 'second', Tensor1D> {
  readonly parameters: Parameters;
}

/** First width × image size, and cap, of the classifier's trunk: small, for it must cost little. */
const WIDTHS = { widthBudget: 512, maxWidth: 64 };
const CLASSIFIED_AT_ONCE = 64;

/**
 * Trains a small residual network to tell the domains of real images apart, so that translations can be judged
 * by the domain they are taken for. The images are blurred, tinted, noisy and partly hidden, as generated ones may be:
 * artefacts should not decide.
 *
 * @param images real images with their domains
 * @param options number of domains, seed and steps; what stops it
 * @returns undefined when `signal` was aborted
 */
export async function trainDomainClassifier(
  images: LabelledImages,
  { domains, seed, steps, batch = 32, learningRate = 2e-3, compile = plainly, signal }: ClassifierOptions,
): Promise<DomainClassifier | undefined> {
  const trunk = downsamplingTrunk('domainClassifier', 'trunk', { imageSize: images.size, ...WIDTHS });
  const head = linear('head', { inFeatures: trunk.channels, outFeatures: domains });
  const logitsOf = (parameters: Parameters, x: Tensor4D): Tensor2D =>
    tidy(() => head.apply(parameters, reshape(trunk.apply(parameters, x), [x.shape[0], trunk.channels])));

  const optimizer = adam({ learningRate, beta1: 0.9, beta2: 0.99 });
  let parameters = initializeParameters([...trunk.specs, ...head.specs], seed, 'domain-classifier');
  let state = optimizer.init(parameters);
  const { layout } = state;
  /** Everything that changes between updates is a tensor, so that one recording serves them all. */
  const update = compile((weights: Parameters, moments: Moments, drawn: Tensor4D, target: Tensor2D): Updated => {
    const { value, gradients } = valueAndGradients((p) => losses.softmaxCrossEntropy<Tensor, Scalar>(target, logitsOf(p, drawn)), weights);
    const { first, second, constants } = moments;
    const next = optimizer.update(weights, gradients, { step: 0, layout, first, second }, constants);
    dispose([value, gradients]);
    return { parameters: next.parameters, first: next.state.first, second: next.state.second };
  });
  for (let step = 0; step < steps; step++) {
    await nextFrame();
    if (signal?.aborted === true) break;
    const random = randomStream(seed, 'domain-classifier-batch', step);
    const indices = Array.from({ length: batch }, () => random.integer(countImages(images)));
    const drawn = disturb(selectImages(images, indices), random);
    const target = tidy(
      () =>
        oneHot(
          tensor1d(
            indices.map((index) => images.domains[index]!),
            'int32',
          ),
          domains,
        ) as Tensor2D,
    );
    const constants = optimizer.stepConstants(step + 1);
    const { first, second } = state;
    const next = update(parameters, { first, second, constants }, drawn, target);
    dispose([parameters, { first, second, constants, drawn, target }]);
    parameters = next.parameters;
    state = { step: step + 1, layout, first: next.first, second: next.second };
  }
  update.dispose();
  dispose({ first: state.first, second: state.second });
  if (signal?.aborted === true) {
    dispose(parameters);
    return undefined;
  }
  return {
    size: images.size,
    classify(toClassify) {
      const found: number[] = [];
      const count = countImages(toClassify);
      for (let start = 0; start < count; start += CLASSIFIED_AT_ONCE) {
        const indices = Array.from({ length: Math.min(CLASSIFIED_AT_ONCE, count - start) }, (_, i) => start + i);
        const best = tidy(() => argMax(logitsOf(parameters, imageTensor(selectImages(toClassify, indices))), 1));
        found.push(...best.dataSync());
        best.dispose();
      }
      return found;
    },
    dispose: () => dispose(parameters),
  };
}
