import path from 'node:path';
import { add, dispose, mean, mul, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { readSafetensors } from '@stargan/checkpoints';
import { torchShape, type ParameterSpec } from '@stargan/layers';
import { inception, lpips, pytorchFidInput, type Lpips, type LpipsFeatures, type StateDict } from '@stargan/metrics';
import { z } from 'zod';
import { configNumber, requireConstant } from '../case-inputs.js';
import { inputTensor, inputValues, parameterValues } from '../hashed-values.js';
import type { GoldenCase, InputEntry } from '../manifest.js';
import { computed, computedFrom, type Computed, type Outcome } from '../outcome.js';

/** State dictionary whose values are made from their names. */
function hashedStateDict(specs: readonly ParameterSpec[], { weights }: GoldenCase): StateDict {
  const { prefix, seed } = weights[0]!;
  return Object.fromEntries(
    specs.map((spec) => {
      const shape = torchShape(spec);
      return [spec.name, { shape, data: parameterValues(`${prefix}.${spec.name}`, shape, seed) }];
    }),
  );
}

/** Mean of each channel over all positions. */
function channelMeans(map: Tensor4D): Computed {
  return computedFrom(() => mean(map, [1, 2]));
}

const layout = z.enum(['torchvision', 'pytorch-fid']);

/** Every eighth channel of the top-left 4×4 positions. */
function corner(map: Tensor4D): Computed {
  const { shape, data } = computedFrom(() => slice(map, [0, 0, 0, 0], [map.shape[0], 4, 4, map.shape[3]]));
  const [batch, channels] = shape as [number, number];
  const kept = Array.from({ length: batch * channels }, (_, plane) => plane).filter((plane) => (plane % channels) % 8 === 0);
  return {
    shape: [batch, Math.ceil(channels / 8), 4, 4],
    data: kept.flatMap((plane) => Array.from({ length: 16 }, (_, i) => data[plane * 16 + i]!)),
  };
}

/** Inception's features and the feature maps of its stages. */
export function inceptionCase(golden: GoldenCase): Outcome {
  requireConstant(golden, 'bn_eps', 1e-3);
  const variant = layout.parse(golden.config.variant);
  const network = inception({ layout: variant === 'torchvision' ? 'torchvision' : 'fid' });
  const parameters = network.load(hashedStateDict(network.specs, golden));
  const given = inputTensor(golden.inputs[0]!) as Tensor4D;
  const image = variant === 'torchvision' ? given.clone() : pytorchFidInput(given);
  const features = network.apply(parameters, image);
  const stages = network.stages(parameters, image);
  const tensors: Outcome['tensors'] = { features: computed(features) };
  [stages.pool1, stages.pool2, stages.mixed6].forEach((map, i) => {
    tensors[`stage${i + 1}_channel_mean`] = channelMeans(map);
    tensors[`stage${i + 1}_corner`] = corner(map);
  });
  dispose([parameters, given, image, features, Object.values(stages)]);
  return { tensors, scalars: {} };
}

/** The learned layer weights, which come with the goldens. */
const HEADS = 'lpips-lin-weights.safetensors';

const isHead = ({ name }: InputEntry): boolean => name.startsWith('lpips_weights.');

/** The weights of the layers: made from their names where the case lists them, the learned ones of the goldens otherwise. */
async function headsOf(golden: GoldenCase, directory: string): Promise<StateDict> {
  const made = golden.inputs.filter(isHead);
  if (made.length === 0) return (await readSafetensors(path.join(directory, HEADS))).tensors;
  return Object.fromEntries(made.map((entry) => [entry.name, { shape: entry.shape, data: inputValues(entry) }]));
}

/** The images of a case; with `mix`, the second of two is the first with so much of its own input added. */
function imagesOf(golden: GoldenCase): Tensor4D[] {
  const images = golden.inputs.filter((input) => !isHead(input)).map((input) => inputTensor(input) as Tensor4D);
  if (golden.config.mix === undefined) {
    if (golden.config.second_image !== undefined) throw new Error(`case ${golden.id} has second_image but no mix, the share of it`);
    return images;
  }
  const mix = configNumber(golden, 'mix');
  const [a, b] = images as [Tensor4D, Tensor4D];
  const near = tidy(() => add<Tensor4D>(a, mul(b, mix)));
  b.dispose();
  return [a, near];
}

/** LPIPS of all pairs of a case's images, and the maps that it compares. */
export async function lpipsCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  requireConstant(golden, 'mean', [-0.03, -0.088, -0.188]);
  requireConstant(golden, 'std', [0.458, 0.448, 0.45]);
  requireConstant(golden, 'feature_norm_eps', 1e-10);
  const heads = await headsOf(golden, directory);
  const distances = lpips();
  const parameters = distances.load({ alexnet: hashedStateDict(distances.specs.alexnet, golden), heads });
  const images = imagesOf(golden);
  const pairs = images.flatMap((_, a) => images.slice(a + 1).map((_, offset) => [a, a + 1 + offset] as const));

  const layerDistances = (metric: Lpips, a: LpipsFeatures, b: LpipsFeatures): number[][] => {
    const values = metric.layerDistances(parameters, a, b);
    const result = values.arraySync();
    values.dispose();
    return result;
  };
  const perPair = (metric: Lpips): number[][][] => {
    const features = images.map((image) => metric.features(parameters, image));
    const result = pairs.map(([a, b]) => layerDistances(metric, features[a]!, features[b]!));
    dispose(features.flat());
    return result;
  };
  // [pair, image, layer]
  const reference = perPair(distances);
  const original = perPair(lpips({ normalization: 'original' }));
  const [batch, layers] = [reference[0]!.length, reference[0]![0]!.length];
  const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const ofLayer = (pair: number[][], layer: number): number[] => pair.map((image) => image[layer]!);
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

  const tensors: Outcome['tensors'] = {
    total: { shape: [pairs.length], data: reference.map((pair) => average(pair.map(sum))) },
    per_layer: {
      shape: [pairs.length, layers],
      data: reference.flatMap((pair) => numbers(layers).map((layer) => average(ofLayer(pair, layer)))),
    },
    per_layer_per_image: {
      shape: [pairs.length, layers, batch],
      data: reference.flatMap((pair) => numbers(layers).flatMap((layer) => ofLayer(pair, layer))),
    },
    perceptual_similarity: { shape: [pairs.length, batch], data: original.flatMap((pair) => pair.map(sum)) },
  };
  distances.maps(parameters, images[0]!).forEach((map, i) => {
    tensors[`relu${i + 1}_channel_mean`] = channelMeans(map);
    map.dispose();
  });
  const overPairs = distances.meanOverPairs(parameters, images);
  const group = average([...overPairs.dataSync<'float32'>()]);
  dispose([parameters, images, overPairs]);
  return { tensors, scalars: golden.scalars.group === undefined ? {} : { group } };
}
