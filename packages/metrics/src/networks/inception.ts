import { dispose, mean, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { initializeParameters, parameter, type ParameterSpec } from '@stargan/layers';
import { affine, type Parameters } from '@stargan/ops';
import { foldedConvolution } from './folded-convolution.js';
import { blockA, blockB, blockC, blockD, blockE, type InceptionBlock } from './inception-blocks.js';
import { averageWithPadding, averageWithoutPadding, maxPoolStride2 } from './pooling.js';
import type { RectifiedConvolutionOptions } from './rectified-convolution.js';
import { readStateDict, type StateDict } from './state-dict.js';

/**
 * Whose Inception-v3 it is; weights of one give plausible nonsense in the other.
 *
 * - `torchvision`: average pools count the padding, 1000 classes
 * - `fid`: TensorFlow's network of 2015 that FID was defined with, as pytorch-fid ported it: average pools leave the
 *   padding out, the last block takes a maximum, 1008 classes
 */
export type InceptionLayout = 'torchvision' | 'fid';

/** Options of {@link inception}. */
export interface InceptionOptions {
  /** Whose network it is; weights fit one of them only. */
  layout: InceptionLayout;
}

/** Feature maps of {@link Inception.stages}, for images of 299². */
export type InceptionStages = {
  /** `[batch, 73, 73, 64]`: after the first max pool */
  pool1: Tensor4D;
  /** `[batch, 35, 35, 192]`: after the second max pool */
  pool2: Tensor4D;
  /** `[batch, 17, 17, 768]`: before the auxiliary classifier's branch */
  mixed6: Tensor4D;
  /** `[batch, 8, 8, 2048]`: the last ones */
  mixed7: Tensor4D;
};

/** Inception-v3 in inference. */
export interface Inception {
  /** Whose network it is. */
  readonly layout: InceptionLayout;
  /** Classes of the head: 1000 (`torchvision`) or 1008 (`fid`). */
  readonly classes: number;
  /** Keys of the state dictionary that {@link load} needs, in its order, without the head's. */
  readonly specs: readonly ParameterSpec[];
  /** `fc.weight` and `fc.bias`, which only {@link logits} needs. */
  readonly headSpecs: readonly ParameterSpec[];
  /**
   * Parameters from a state dictionary of torchvision's or pytorch-fid's network. Batch normalisations are folded
   * into the convolutions; counters of batches and the auxiliary classifier are skipped.
   *
   * @param state as `readStateDict` gives it
   * @returns new tensors, which the caller owns
   * @throws naming the key when one is missing, unexpected or of another shape, or when the head is of the other layout
   */
  load(state: StateDict): Record<string, Tensor>;
  /**
   * Random parameters (He normal), a pure function of the seed; the caller owns them. For measuring and testing:
   * their features order images, but no published number was made with them.
   *
   * @param seed whole number ≥ 0
   */
  init(seed: number): Record<string, Tensor>;
  /**
   * Pooled features, as FID and KID compare them.
   *
   * @param parameters what `load` or `init` gave
   * @param image [batch, height, width, 3], at least 75², in the range that the weights were trained with
   * @returns [batch, 2048]
   */
  apply(parameters: Parameters, image: Tensor): Tensor2D;
  /**
   * Feature maps on the way to {@link apply}'s; the caller owns them all.
   *
   * @param parameters what `load` or `init` gave
   * @param image [batch, height, width, 3], at least 75², in the range that the weights were trained with
   */
  stages(parameters: Parameters, image: Tensor): InceptionStages;
  /**
   * Unnormalised class scores.
   *
   * @param parameters what `load` or `init` gave, with its head
   * @param features [batch, 2048]
   * @returns [batch, classes]
   * @throws when the parameters were loaded without a head
   */
  logits(parameters: Parameters, features: Tensor): Tensor2D;
}

/** Height and width that the network needs at least for its last pool to see a pixel. */
const SMALLEST = 75;
const CLASSES: Record<InceptionLayout, number> = { torchvision: 1000, fid: 1008 };
const IGNORED = /(^AuxLogits\.|\.num_batches_tracked$)/;

/**
 * Inception-v3 (Szegedy et al., arXiv 1512.00567) as a pure function of its parameters: the features of FID (Heusel
 * et al., arXiv 1706.08500) and KID.
 *
 * @param options whose network it is, torchvision's or FID's
 * @throws when the layout is none of the known ones
 */
export function inception({ layout }: InceptionOptions): Inception {
  if (!Object.hasOwn(CLASSES, layout)) throw new Error(`inception: layout must be torchvision or fid, got ${String(layout)}`);
  const classes = CLASSES[layout];
  const stages = stagesOf(layout);
  const layers = stages.flatMap((blocks) => blocks.flatMap((block) => block.layers));
  const specs = layers.flatMap((layer) => layer.specs);
  const headSpecs: ParameterSpec[] = [
    { name: 'fc.weight', kind: 'linear', shape: [2048, classes] },
    { name: 'fc.bias', kind: 'bias', shape: [classes] },
  ];

  const fold = (state: Record<string, Tensor>): Record<string, Tensor> => {
    const head = Object.fromEntries(headSpecs.flatMap(({ name }) => (state[name] === undefined ? [] : [[name, state[name]]])));
    const folded = Object.assign({}, ...layers.map((layer) => layer.fold(state))) as Record<string, Tensor>;
    dispose(specs.map(({ name }) => state[name]!));
    return { ...folded, ...head };
  };
  const run = (parameters: Parameters, image: Tensor): InceptionStages => {
    requireImage(image.shape);
    const maps: Tensor4D[] = [];
    let x = image;
    for (const blocks of stages) {
      x = through(parameters, x, blocks);
      maps.push(x as Tensor4D);
    }
    const [pool1, pool2, mixed6, mixed7] = maps as [Tensor4D, Tensor4D, Tensor4D, Tensor4D];
    return { pool1, pool2, mixed6, mixed7 };
  };

  return {
    layout,
    classes,
    specs,
    headSpecs,
    load(state) {
      requireHead(layout, state);
      return fold(readStateDict('inception', specs, state, { optional: headSpecs, ignored: IGNORED }));
    },
    init: (seed) => fold(initializeParameters([...specs, ...headSpecs], seed, 'inception')),
    apply: (parameters, image) => {
      requireImage(image.shape);
      return tidy(() => mean<Tensor2D>(through(parameters, image, stages.flat()), [1, 2]));
    },
    stages: run,
    logits: (parameters, features) => affine(features, parameter(parameters, 'fc.weight'), parameter(parameters, 'fc.bias')),
  };
}

/** The blocks of each stage, in the order of the state dictionary. */
function stagesOf(layout: InceptionLayout): InceptionBlock[][] {
  const average = layout === 'fid' ? averageWithoutPadding : averageWithPadding;
  const lastPool = layout === 'fid' ? 'max' : average;
  const convolution = (
    name: string,
    inChannels: number,
    outChannels: number,
    size: number,
    walk: RectifiedConvolutionOptions = {},
  ): InceptionBlock => {
    const layer = foldedConvolution(name, { inChannels, outChannels, size: [size, size], ...walk });
    return { layers: [layer], apply: (parameters, x) => layer.apply(parameters, x) };
  };
  const halve: InceptionBlock = { layers: [], apply: (_, x) => maxPoolStride2(x) };
  return [
    [
      convolution('Conv2d_1a_3x3', 3, 32, 3, { stride: 2, padding: 'valid' }), // 149×149
      convolution('Conv2d_2a_3x3', 32, 32, 3, { padding: 'valid' }), // 147×147
      convolution('Conv2d_2b_3x3', 32, 64, 3),
      halve,
    ],
    [
      convolution('Conv2d_3b_1x1', 64, 80, 1), // 73×73
      convolution('Conv2d_4a_3x3', 80, 192, 3, { padding: 'valid' }), // 71×71
      halve,
    ],
    [
      blockA('Mixed_5b', { inChannels: 192, poolChannels: 32, average }), // 35×35
      blockA('Mixed_5c', { inChannels: 256, poolChannels: 64, average }),
      blockA('Mixed_5d', { inChannels: 288, poolChannels: 64, average }),
      blockB('Mixed_6a', { inChannels: 288 }), // 17×17
      blockC('Mixed_6b', { width: 128, average }),
      blockC('Mixed_6c', { width: 160, average }),
      blockC('Mixed_6d', { width: 160, average }),
      blockC('Mixed_6e', { width: 192, average }),
    ],
    [
      blockD('Mixed_7a'), // 8×8
      blockE('Mixed_7b', { inChannels: 1280, pool: average }),
      blockE('Mixed_7c', { inChannels: 2048, pool: lastPool }),
    ],
  ];
}

/** One block after the other; what lies between is freed at once. */
function through(parameters: Parameters, image: Tensor, blocks: readonly InceptionBlock[]): Tensor4D {
  let x = image;
  for (const block of blocks) {
    const next = block.apply(parameters, x);
    if (x !== image) x.dispose();
    x = next;
  }
  return x as Tensor4D;
}

function requireImage(shape: readonly number[]): void {
  if (shape.length !== 4 || shape[3] !== 3 || shape[1]! < SMALLEST || shape[2]! < SMALLEST) {
    throw new Error(
      `inception: image must be [batch, height, width, 3] with at least ${SMALLEST}×${SMALLEST} pixels, got [${shape.join(', ')}]`,
    );
  }
}

/** The head is all that tells the layouts' weights apart. */
function requireHead(layout: InceptionLayout, state: StateDict): void {
  const classes = Object.hasOwn(state, 'fc.weight') ? state['fc.weight']!.shape[0] : undefined;
  const other = layout === 'fid' ? 'torchvision' : 'fid';
  if (classes === CLASSES[other]) {
    throw new Error(
      `inception: fc.weight has ${classes} classes: these are weights of the layout ${other}, and ${layout} has ${CLASSES[layout]}`,
    );
  }
}
