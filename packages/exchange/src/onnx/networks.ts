import type { TrainingConfig } from '@stargan/training';
import { graphBuilder, type GraphBuilder, type Name, type Weights } from './graph.js';
import { convolution, instanceNorm, leakyRelu, linear, residualBlock, selectHead, styledResidualBlock } from './layers.js';

/** Sizes of a model, as far as its graphs go. */
export type GraphSizes = Pick<TrainingConfig, 'imageSize' | 'styleDim' | 'latentDim' | 'highPass'> & { readonly domains: number };

const BATCH = 'batch';
const IMAGE = 'RGB images in [-1, 1]';

const domainInput = (graph: GraphBuilder, domains: number): Name =>
  graph.input('domain', 'int64', [BATCH], `domain of each sample, 0 to ${domains - 1}`);

const styleOutput = (graph: GraphBuilder, style: Name, styleDim: number): void =>
  graph.output(style, 'style', [BATCH, styleDim], 'styles, for the generator');

/** F_y(z). latent [batch, latentDim], domain [batch] → style [batch, styleDim] */
export function mappingNetworkGraph(weights: Weights, { latentDim, styleDim, domains }: GraphSizes): GraphBuilder {
  const graph = graphBuilder(weights);
  let h = graph.input('latent', 'float32', [BATCH, latentDim], 'latent codes, drawn from N(0, 1)');
  const domain = domainInput(graph, domains);
  const relu = (at: string, x: Name): Name => graph.node(at, 'Relu', [x]);
  for (const layer of [0, 2, 4, 6]) h = relu(`shared.${layer + 1}`, linear(graph, `shared.${layer}`, h));
  const heads = Array.from({ length: domains }, (_, label) => {
    const at = (layer: number): string => `unshared.${label}.${layer}`;
    const hidden = [0, 2, 4].reduce((x, layer) => relu(at(layer + 1), linear(graph, at(layer), x)), h);
    return linear(graph, at(6), hidden);
  });
  styleOutput(graph, selectHead(graph, 'unshared', heads, domain), styleDim);
  return graph;
}

/** E_y(x). image [batch, 3, S, S], domain [batch] → style [batch, styleDim] */
export function styleEncoderGraph(weights: Weights, { imageSize, styleDim, domains }: GraphSizes): GraphBuilder {
  const graph = graphBuilder(weights);
  const image = graph.input('image', 'float32', [BATCH, 3, imageSize, imageSize], `${IMAGE} whose styles are taken`);
  const domain = domainInput(graph, domains);
  const halvings = Math.log2(imageSize) - 2;
  let h = convolution(graph, 'shared.0', image);
  for (let i = 1; i <= halvings; i++) h = residualBlock(graph, `shared.${i}`, h, { downsample: true });
  h = convolution(graph, `shared.${halvings + 2}`, leakyRelu(graph, `shared.${halvings + 1}`, h), { same: false });
  h = graph.node('shared', 'Flatten', [leakyRelu(graph, `shared.${halvings + 3}`, h)], { axis: { int: 1 } });
  const heads = Array.from({ length: domains }, (_, label) => linear(graph, `unshared.${label}`, h));
  styleOutput(graph, selectHead(graph, 'unshared', heads, domain), styleDim);
  return graph;
}

/** Sizes of feature maps at which the high-pass skip is. */
const SKIP_SIZES: readonly number[] = [32, 64, 128];

/**
 * G(x, s). image [batch, 3, S, S], style [batch, styleDim] → translated [batch, 3, S, S]
 *
 * @param hasMasks whether the masks of the high-pass skip are inputs; without them the skip is left out
 */
export function generatorGraph(weights: Weights, { imageSize, styleDim, highPass }: GraphSizes, hasMasks: boolean): GraphBuilder {
  const graph = graphBuilder(weights);
  const levels = Math.log2(imageSize) - 4 + (highPass > 0 ? 1 : 0);
  const image = graph.input('image', 'float32', [BATCH, 3, imageSize, imageSize], `${IMAGE} to translate`);
  const style = graph.input('style', 'float32', [BATCH, styleDim], 'styles to translate them to');
  const skip = hasMasks ? highPassSkip(graph, imageSize, highPass) : undefined;

  const kept = new Map<number, Source>();
  let size = imageSize;
  let h = convolution(graph, 'from_rgb', image);
  for (let i = 0; i < levels + 2; i++) {
    if (SKIP_SIZES.includes(size)) kept.set(size, { name: h, channels: graph.shapeOf(`encode.${i}.conv1.weight`)[1]!, size });
    const downsample = i < levels;
    h = residualBlock(graph, `encode.${i}`, h, { downsample });
    if (downsample) size /= 2;
  }
  for (let i = 0; i < levels + 2; i++) {
    const up = i >= 2;
    h = styledResidualBlock(graph, `decode.${i}`, h, style, { up, hasShortcut: highPass === 0 });
    if (up) size *= 2;
    const source = kept.get(size);
    if (skip !== undefined && source !== undefined) h = skip(`decode.${i}`, h, source);
  }
  const translated = convolution(graph, 'to_rgb.2', leakyRelu(graph, 'to_rgb.1', instanceNorm(graph, 'to_rgb.0', h)));
  graph.output(translated, 'translated', [BATCH, 3, imageSize, imageSize], 'translations, about in [-1, 1]');
  return graph;
}

/** Feature maps of the encoder. */
interface Source {
  readonly name: Name;
  readonly channels: number;
  /** Height and width. */
  readonly size: number;
}

/** Adds what of the source passes the filter, where the masks let it: h + HP(mask ⊙ source). */
function highPassSkip(graph: GraphBuilder, imageSize: number, weight: number): (at: string, h: Name, source: Source) => Name {
  const sides = [BATCH, 1, imageSize, imageSize] as const;
  const coarse = graph.input('mask_coarse', 'float32', sides, 'where features of 32 × 32 pass, in [0, 1]');
  const fine = graph.input('mask_fine', 'float32', sides, 'where features of 64 × 64 and 128 × 128 pass, in [0, 1]');
  return (at, h, { name, channels, size }) => {
    const mask = graph.node(`${at}/mask`, 'Resize', [size === 32 ? coarse : fine, '', '', graph.integers(size, size)], {
      mode: { string: 'linear' },
      coordinate_transformation_mode: { string: 'half_pixel' },
      axes: { ints: [2, 3] },
    });
    const passed = graph.node(`${at}/passed`, 'Mul', [name, mask]);
    return graph.node(`${at}/skip`, 'Add', [h, highPassFilter(graph, at, passed, weight, channels)]);
  };
}

/** The filter [-1 -1 -1; -1 8 -1; -1 -1 -1] / weight, of each channel by itself. */
function highPassFilter(graph: GraphBuilder, at: string, x: Name, weight: number, channels: number): Name {
  const filter = Array.from({ length: 9 * channels }, (_, i) => (i % 9 === 4 ? 8 : -1) / weight);
  return graph.node(`${at}/hpf`, 'Conv', [x, graph.constant(`hpf/${channels}`, [channels, 1, 3, 3], filter)], {
    kernel_shape: { ints: [3, 3] },
    pads: { ints: [1, 1, 1, 1] },
    group: { int: channels },
  });
}
