import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { dispose, fill, randomUniform, util, type Tensor } from '@tensorflow/tfjs-core';
import { writeSafetensors } from '@stargan/checkpoints';
import { initializeParameters, toTorchLayout, type ParameterSpec } from '@stargan/layers';
import { inception, lpips, type Inception, type InceptionLayout } from '@stargan/metrics';
import { storedTensors } from '@stargan/training';

/** Adds a file of weights to those in a folder: `addWeights` of `@stargan/pretrained`. */
export type AddWeights = (file: string, options: { readonly folder: string }) => Promise<unknown>;

/**
 * Adds random weights of Inception to a cache: right in every shape, and their features order images.
 *
 * @param shift that its last batch normalisation adds; Infinity for damaged weights
 */
export async function addInception(add: AddWeights, cache: string, layout: InceptionLayout, shift = 0): Promise<void> {
  const { specs, headSpecs } = inception({ layout });
  const all = [...specs, ...headSpecs];
  const parameters = madeUp(all);
  if (shift !== 0) {
    const last = specs.filter(({ name }) => name.endsWith('branch_pool.bn.bias')).at(-1)!;
    dispose(parameters[last.name]!);
    parameters[last.name] = fill([...last.shape], shift);
  }
  await addFile(add, cache, `inception-${layout}.safetensors`, (file) => writeSafetensors(file, storedTensors(all, parameters)));
  dispose(parameters);
}

/** Inception with random parameters: right in every shape. */
export function madeUpInception(layout: InceptionLayout): { readonly network: Inception; readonly parameters: Record<string, Tensor> } {
  const network = inception({ layout });
  const made = madeUp(network.specs);
  const state = Object.fromEntries(network.specs.map((spec) => [spec.name, toTorchLayout(spec, made[spec.name]!)]));
  const parameters = network.load(state);
  dispose([made, state]);
  return { network, parameters };
}

/** Parameters whose spread is that of initial ones; even, not normal, numbers, of which tens of millions are drawn in no time. */
function madeUp(specs: readonly ParameterSpec[]): Record<string, Tensor> {
  const isDrawn = ({ kind }: ParameterSpec): boolean => kind === 'convolution' || kind === 'linear';
  const drawn = specs.filter(isDrawn).map(({ name, shape }, seed) => {
    const bound = Math.sqrt((6 * shape.at(-1)!) / util.sizeFromShape([...shape]));
    return [name, randomUniform([...shape], -bound, bound, 'float32', seed + 1)] as const;
  });
  const others = specs.filter((spec) => !isDrawn(spec));
  return { ...initializeParameters(others, 1, 'made-up'), ...Object.fromEntries(drawn) };
}

/** Adds random AlexNet features and even weights of LPIPS to a cache. */
export async function addLpips(add: AddWeights, cache: string, seed = 1): Promise<void> {
  const distance = lpips();
  const parameters = distance.init(seed);
  for (const [name, specs] of Object.entries(distance.specs))
    await addFile(add, cache, `${name}.safetensors`, (file) => writeSafetensors(file, storedTensors(specs, parameters)));
  dispose(parameters);
}

async function addFile(add: AddWeights, cache: string, name: string, write: (file: string) => Promise<void>): Promise<void> {
  const folder = path.join(cache, 'weights');
  await mkdir(folder, { recursive: true });
  const file = path.join(cache, name);
  await write(file);
  await add(file, { folder });
  await rm(file);
}
