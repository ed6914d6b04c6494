import {
  add,
  dispose,
  div,
  fill,
  matMul,
  mean,
  mul,
  reshape,
  squaredDifference,
  stack,
  sub,
  sum,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { parameter, type ParameterSpec } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { alexnet, ALEXNET_CHANNELS, type AlexnetMaps } from '../networks/alexnet.js';
import { readStateDict, type StateDict } from '../networks/state-dict.js';
import { unitNormalize, type LpipsNormalization } from './unit-normalize.js';

/** Options of {@link lpips}. */
export interface LpipsOptions {
  /** Default `stargan2`. */
  normalization?: LpipsNormalization | undefined;
}

/** What LPIPS compares of images: the unit-normalised maps of each layer, [batch, height, width, channels]. */
export type LpipsFeatures = Tensor4D[];

/** Where the weights of {@link Lpips.load} come from. */
export interface LpipsWeights {
  /** torchvision's AlexNet. */
  alexnet: StateDict;
  /** The learned weight of each channel: `lin0.model.1.weight` … of the authors' package, or the names of the reference implementation of StarGAN v2. */
  heads: StateDict;
}

/** The learned perceptual distance of images, on AlexNet. */
export interface Lpips {
  /** Keys of both state dictionaries that {@link load} needs. */
  readonly specs: { readonly alexnet: readonly ParameterSpec[]; readonly heads: readonly ParameterSpec[] };
  /**
   * Parameters from state dictionaries.
   *
   * @param weights of AlexNet's convolutions and of the linear layers on them
   * @returns new tensors, which the caller owns
   * @throws naming the key when one is missing, unexpected or of another shape
   */
  load(weights: LpipsWeights): Record<string, Tensor>;
  /**
   * Random features (He normal), all of whose channels weigh 1 / channels; a pure function of the seed. For measuring and testing.
   *
   * @param seed whole number ≥ 0
   */
  init(seed: number): Record<string, Tensor>;
  /**
   * The distance of each pair of images.
   *
   * @param parameters what `load` or `init` gave
   * @param a [batch, height, width, 3] in [-1, 1], at least 31²
   * @param b of the same shape
   * @returns [batch], 0 for equal images
   */
  apply(parameters: Parameters, a: Tensor, b: Tensor): Tensor1D;
  /**
   * AlexNet's feature maps as they are; the caller owns them.
   *
   * @param parameters what `load` or `init` gave
   * @param image [batch, height, width, 3] in [-1, 1], at least 31²
   */
  maps(parameters: Parameters, image: Tensor): AlexnetMaps;
  /**
   * What {@link layerDistances} compares, for images that are compared more than once; the caller owns it.
   *
   * @param parameters what `load` or `init` gave
   * @param image [batch, height, width, 3] in [-1, 1], at least 31²
   */
  features(parameters: Parameters, image: Tensor): LpipsFeatures;
  /**
   * The distance of each pair in each layer; {@link apply} gives their sum.
   *
   * @param parameters what `load` or `init` gave
   * @param a {@link features} of [batch, height, width, 3]
   * @param b of as many images of the same size
   * @returns [batch, 5]
   */
  layerDistances(parameters: Parameters, a: LpipsFeatures, b: LpipsFeatures): Tensor2D;
  /**
   * The mean distance over all pairs of n ≥ 2 samples, in the time of n + 1 distances: with weights per channel
   * Σᵢ﹤ⱼ w (aᵢ − aⱼ)² = n Σᵢ w (aᵢ − ā)², so that distances to the mean features are enough.
   *
   * @param parameters what `load` or `init` gave
   * @param samples n batches of images, each [batch, height, width, 3]: the i-th images of all belong together
   * @returns [batch]
   * @throws for fewer than two samples
   */
  meanOverPairs(parameters: Parameters, samples: readonly Tensor[]): Tensor1D;
}

/** Constants of the authors' package, for images in [-1, 1]. */
const MEAN = [-0.03, -0.088, -0.188];
const DEVIATION = [0.458, 0.448, 0.45];

const HEADS: readonly ParameterSpec[] = ALEXNET_CHANNELS.map((channels, i) => ({
  name: `lin${i}.model.1.weight`,
  kind: 'convolution',
  shape: [1, 1, channels, 1],
}));

/**
 * LPIPS (Zhang et al., arXiv 1801.03924), version 0.1, on AlexNet: features of five layers are scaled to unit length,
 * their squared differences weighted per channel, averaged over positions and summed over layers.
 *
 * @throws when the normalization is none of the known ones
 */
export function lpips({ normalization = 'stargan2' }: LpipsOptions = {}): Lpips {
  if (normalization !== 'stargan2' && normalization !== 'original') {
    throw new Error(`lpips: normalization must be stargan2 or original, got ${String(normalization)}`);
  }
  const network = alexnet();

  const maps: Lpips['maps'] = (parameters, image) =>
    tidy(() => network.apply(parameters, div(sub(image, tensor1d(MEAN)), tensor1d(DEVIATION))));
  const features: Lpips['features'] = (parameters, image) =>
    tidy(() => maps(parameters, image).map((map) => unitNormalize(map, normalization)));

  return {
    specs: { alexnet: network.specs, heads: HEADS },
    load({ alexnet: state, heads }) {
      const convolutions = network.load(state);
      try {
        return {
          ...convolutions,
          ...readStateDict('lpips', HEADS, Object.fromEntries(Object.entries(heads).map(([key, entry]) => [originalKey(key), entry]))),
        };
      } catch (error) {
        dispose(convolutions);
        throw error;
      }
    },
    init: (seed) => ({ ...network.init(seed), ...evenHeads() }),
    maps,
    features,
    layerDistances,
    apply: (parameters, a, b) => {
      requireSameShape(a, b);
      return tidy(() => sum<Tensor1D>(layerDistances(parameters, features(parameters, a), features(parameters, b)), 1));
    },
    meanOverPairs(parameters, samples) {
      if (samples.length < 2) throw new Error(`lpips: samples must be at least two, got ${samples.length}`);
      for (const sample of samples) requireSameShape(samples[0]!, sample);
      return tidy(() => {
        const all = samples.map((sample) => features(parameters, sample));
        const centre = all[0]!.map((_, layer) =>
          div<Tensor4D>(
            all.map((one) => one[layer]!).reduce((a, b) => add(a, b)),
            all.length,
          ),
        );
        const toCentre = all.map((one) => sum<Tensor1D>(layerDistances(parameters, one, centre), 1));
        return mul<Tensor1D>(
          toCentre.reduce((a, b) => add(a, b)),
          2 / (samples.length - 1),
        );
      });
    },
  };
}

const layerDistances: Lpips['layerDistances'] = (parameters, a, b) =>
  tidy(
    () =>
      stack(
        a.map((map, layer) => layerDistance(map, b[layer]!, parameter(parameters, HEADS[layer]!.name))),
        1,
      ) as Tensor2D,
  );

/** @returns [batch] */
function layerDistance(a: Tensor4D, b: Tensor4D, weight: Tensor): Tensor1D {
  const [batch, height, width, channels] = a.shape;
  const difference = reshape(squaredDifference(a, b), [batch * height * width, channels]);
  const weighted = matMul(difference as Tensor2D, reshape(weight, [channels, 1]));
  return mean<Tensor1D>(reshape(weighted, [batch, height * width]), 1);
}

/** The authors' name for a key of the reference implementation of StarGAN v2. */
const originalKey = (key: string): string => key.replace(/^lpips_weights\.(\d)\.main\.1\.weight$/, 'lin$1.model.1.weight');

function evenHeads(): Record<string, Tensor> {
  return Object.fromEntries(HEADS.map(({ name, shape }) => [name, fill([...shape], 1 / shape[2]!)]));
}

function requireSameShape(a: Tensor, b: Tensor): void {
  if (a.shape.join() !== b.shape.join())
    throw new Error(`lpips: both images must have the same shape, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
}
