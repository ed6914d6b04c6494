import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Layer } from '../layer.js';
import type { Input } from './input-shapes.js';
import { flagOption, wholeNumberOption, type OptionTable } from './options.js';

/** The seed of a layer that is given none. */
export const DEFAULT_SEED = 777;

/** Options of every layer with convolution or linear weights. */
export interface WeightOptions {
  /** Whole number ≥ 0 (default 777). The initial weights are a pure function of it, the layer's name and theirs. */
  seed?: number | undefined;
  /**
   * Divide convolution and linear weights by their largest singular value (default false). The vectors of the power
   * iteration are weights that are not trained; each call with `training: true`, as `model.fit` makes them, moves them by
   * one step.
   */
  spectralNormalization?: boolean | undefined;
}

/** The entries of {@link WeightOptions} in a kind's table: a kind that has them takes these options. */
export const weightOptions: OptionTable<WeightOptions> = {
  seed: wholeNumberOption(0, DEFAULT_SEED),
  spectralNormalization: flagOption(false),
};

/** What makes a layer of tf.layers from one of ours. */
export interface LayerKind<Options extends object> {
  /** What errors call it. */
  readonly name: string;
  /** What saved models call it; it stays as it is. */
  readonly className: string;
  /** Its options with what they may be and are by default. */
  readonly options: OptionTable<Options>;
  /** The first one is the layer's `x`, the others follow it in `apply`. */
  readonly inputs: readonly Input[];
  /**
   * Makes our layer.
   *
   * @param sizes of the inputs' last axes, in the inputs' order
   */
  make(options: Required<Options>, ...sizes: number[]): Layer<Tensor[], Tensor>;
  /**
   * Shape of the output for that of `x` (default: the same); `null` is a size that is not known.
   *
   * @param options of the layer, with defaults filled in
   * @param x shape of the first input, with the batch in front
   */
  outputShape?(options: Required<Options>, x: Shape): Shape;
}

/** The input of most layers. */
export const FEATURE_MAP_INPUT: Input = { name: 'x', axes: ['batch', 'height', 'width', 'channels'] };
