import { maxPool, pad, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { initializeParameters, parameter, type ParameterSpec } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { rectifiedConvolution } from './rectified-convolution.js';
import { readStateDict, type StateDict } from './state-dict.js';

/** Feature maps of {@link alexnet}; the sizes are for images of 256². */
export type AlexnetMaps = [
  /** [batch, 63, 63, 64] */
  relu1: Tensor4D,
  /** [batch, 31, 31, 192] */
  relu2: Tensor4D,
  /** [batch, 15, 15, 384] */
  relu3: Tensor4D,
  /** [batch, 15, 15, 256] */
  relu4: Tensor4D,
  /** [batch, 15, 15, 256] */
  relu5: Tensor4D,
];

/** The convolutions of AlexNet. */
export interface Alexnet {
  /** Keys of the state dictionary that {@link load} needs, in its order. */
  readonly specs: readonly ParameterSpec[];
  /**
   * Parameters from a state dictionary of torchvision's `alexnet`; its classifier is skipped.
   *
   * @param state as `readStateDict` gives it
   * @returns new tensors, which the caller owns
   * @throws naming the key when one is missing, unexpected or of another shape
   */
  load(state: StateDict): Record<string, Tensor>;
  /**
   * Random parameters (He normal), a pure function of the seed; the caller owns them.
   *
   * @param seed whole number ≥ 0
   */
  init(seed: number): Record<string, Tensor>;
  /**
   * The maps after each of the five ReLUs; the caller owns them.
   *
   * @param parameters what `load` or `init` gave
   * @param image [batch, height, width, 3], at least 31², in the range that the weights were trained with
   */
  apply(parameters: Parameters, image: Tensor): AlexnetMaps;
}

interface LayerOptions {
  inChannels: number;
  outChannels: number;
  size: number;
  /** Whether the map is max-pooled first. */
  pooled?: boolean | undefined;
}

/** By the number that the layer has in `features`. */
const LAYERS: Readonly<Record<string, LayerOptions>> = {
  0: { inChannels: 3, outChannels: 64, size: 11 },
  3: { inChannels: 64, outChannels: 192, size: 5, pooled: true },
  6: { inChannels: 192, outChannels: 384, size: 3, pooled: true },
  8: { inChannels: 384, outChannels: 256, size: 3 },
  10: { inChannels: 256, outChannels: 256, size: 3 },
};

/** Channels of each of the five maps. */
export const ALEXNET_CHANNELS: readonly number[] = Object.values(LAYERS).map(({ outChannels }) => outChannels);

const SPECS: readonly ParameterSpec[] = Object.entries(LAYERS).flatMap(([number, { inChannels, outChannels, size }]): ParameterSpec[] => [
  { name: `features.${number}.weight`, kind: 'convolution', shape: [size, size, inChannels, outChannels] },
  { name: `features.${number}.bias`, kind: 'bias', shape: [outChannels] },
]);

/** Height and width that the network needs at least for its last pool to see a pixel. */
const SMALLEST = 31;

/** The feature extractor of torchvision's AlexNet (Krizhevsky, arXiv 1404.5997), as LPIPS uses it. */
export function alexnet(): Alexnet {
  return {
    specs: SPECS,
    load: (state) => readStateDict('alexnet', SPECS, state, { ignored: /^classifier\./ }),
    init: (seed) => initializeParameters(SPECS, seed, 'alexnet'),
    apply(parameters, image) {
      requireImage(image.shape);
      return tidy(() => {
        const maps: Tensor4D[] = [];
        let x = image;
        for (const [number, { size, pooled = false }] of Object.entries(LAYERS)) {
          const filter = parameter(parameters, `features.${number}.weight`);
          const bias = parameter(parameters, `features.${number}.bias`);
          // The first layer's padding is 2 pixels on each side, which with its stride is not what `same` would pad.
          const map =
            size === 11
              ? rectifiedConvolution(
                  pad(x as Tensor4D, [
                    [0, 0],
                    [2, 2],
                    [2, 2],
                    [0, 0],
                  ]),
                  filter,
                  bias,
                  { stride: 4, padding: 'valid' },
                )
              : rectifiedConvolution(pooled ? maxPool(x as Tensor4D, 3, 2, 'valid') : x, filter, bias);
          maps.push(map);
          x = map;
        }
        return maps as AlexnetMaps;
      });
    },
  };
}

function requireImage(shape: readonly number[]): void {
  if (shape.length !== 4 || shape[3] !== 3 || shape[1]! < SMALLEST || shape[2]! < SMALLEST) {
    throw new Error(
      `alexnet: image must be [batch, height, width, 3] with at least ${SMALLEST}×${SMALLEST} pixels, got [${shape.join(', ')}]`,
    );
  }
}
