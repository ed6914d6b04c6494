import path from 'node:path';
import { add, dispose, mean, mul, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { readSafetensors } from '@stargan/checkpoints';
import { torchShape, type ParameterSpec } from '@stargan/layers';
import { inception, lpips, pytorchFidInput, type Lpips, type LpipsFeatures, type StateDict } from '@stargan/metrics';
import { z } from 'zod';
import { inputTensor, parameterValues } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
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
  return { shape: [batch, Math.ceil(channels / 8), 4, 4], data: kept.flatMap((plane) => Array.from({ length: 16 }, (_, i) => data[plane * 16 + i]!)) };
}

/** Inception's features and the feature maps of its stages. */
export function inceptionCase(golden: GoldenCase): Outcome {
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

/** The images of a case; the second of two near ones is the first with a little of its own input. */
function imagesOf(golden: GoldenCase): Tensor4D[] {
  const images = golden.inputs.map((input) => inputTensor(input) as Tensor4D);
  if (golden.config.second_image === undefined) return images;
  if (golden.config.second_image !== 'image a + 0.01 * image b') throw new Error(`config.second_image of case ${golden.id} is not known: ${JSON.stringify(golden.config.second_image)}`);
  const [a, b] = images as [Tensor4D, Tensor4D];
  const near = tidy(() => add<Tensor4D>(a, mul(b, 0.01)));
  b.dispose();
  return [a, near];
}

/** LPIPS of all pairs of a case's images, and the maps that it compares. */
export async function lpipsCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  const { tensors: heads } = await readSafetensors(path.join(directory, HEADS));
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
    per_layer: { shape: [pairs.length, layers], data: reference.flatMap((pair) => numbers(layers).map((layer) => average(ofLayer(pair, layer)))) },
    per_layer_per_image: { shape: [pairs.length, layers, batch], data: reference.flatMap((pair) => numbers(layers).flatMap((layer) => ofLayer(pair, layer))) },
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
