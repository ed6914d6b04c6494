import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  readPyTorchFile,
  readPyTorchTensors,
  tensorsByName,
  type PyTorchDict,
  type PyTorchValue,
  type StoredTensor,
} from '@stargan/checkpoints';
import { z } from 'zod';
import { buildNetworks, disposeAll, restoreTensors } from '@stargan/training';
import { configLabels, configNumber, requireInput } from '../case-inputs.js';
import type { GoldenCase } from '../manifest.js';
import { modelConfig } from '../model-config.js';
import { computed, type Computed, type Outcome } from '../outcome.js';

type Tensors = Readonly<Record<string, StoredTensor>>;

const numbersOf = ({ shape, data }: StoredTensor): Computed => ({ shape, data: Array.from(data as Iterable<bigint | number>, Number) });

function requireEqual(what: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

/** The tensors that all files of a case hold alike. @throws naming a file that differs from the first */
async function readAlike(golden: GoldenCase, directory: string, read: (file: string) => Promise<Tensors>): Promise<Tensors> {
  const [first, ...others] = golden.extra_files;
  if (first === undefined) throw new Error(`case ${golden.id} names no files`);
  const tensors = await read(path.join(directory, first));
  for (const file of others) {
    const same = await read(path.join(directory, file));
    requireEqual(`${file}: the list of names`, Object.keys(same).sort(), Object.keys(tensors).sort());
    for (const [name, tensor] of Object.entries(tensors)) {
      const [a, b] = [numbersOf(tensor), numbersOf(same[name]!)];
      requireEqual(`${file}: ${name}`, b, a);
    }
  }
  return tensors;
}

/** What networks restored from a file of the reference make; only those that the case has expectations of. */
function forward(golden: GoldenCase, tensors: Tensors): Outcome['tensors'] {
  const { config, domains } = modelConfig(golden);
  const networks = buildNetworks({ ...config, hiddenDim: configNumber(golden, 'mapping_hidden', config.hiddenDim) }, domains);
  const labels = configLabels(golden, 'y');
  const made: Outcome['tensors'] = {};
  const wanted = (name: string): boolean => golden.tensors.some((entry) => entry.name === name);
  const owned: Record<string, Tensor>[] = [];
  const restore = (name: 'generator' | 'mappingNetwork' | 'styleEncoder', prefix: string): Record<string, Tensor> => {
    owned.push(restoreTensors(networks[name].specs, tensors, golden.id, prefix));
    return owned.at(-1)!;
  };
  const keep = <T extends Tensor>(name: string, tensor: T): T => {
    made[name] = computed(tensor);
    owned.push({ tensor });
    return tensor;
  };
  const input = (pattern: RegExp): Tensor => {
    const tensor = requireInput(golden, pattern);
    owned.push({ tensor });
    return tensor;
  };
  const image = wanted('forward.image');
  if (image || wanted('forward.style_from_latent')) {
    const style = keep(
      'forward.style_from_latent',
      networks.mappingNetwork.apply(restore('mappingNetwork', 'mapping_network.'), input(/^latent\./), labels),
    );
    if (image) keep('forward.image', networks.generator.apply(restore('generator', 'generator.'), input(/^input\./), style));
  }
  if (wanted('forward.style_from_image')) {
    keep('forward.style_from_image', networks.styleEncoder.apply(restore('styleEncoder', 'style_encoder.'), input(/^input\./), labels));
  }
  disposeAll(...owned);
  return made;
}

/** Weights of the reference, in files of every layout, and what the networks make with them. */
export async function networkCheckpointCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  const tensors = await readAlike(golden, directory, (file) => readPyTorchTensors(file, { stripPrefix: 'module.' }));
  const values = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, numbersOf(tensor)]));
  return { tensors: { ...values, ...forward(golden, tensors) }, scalars: {}, verified: golden.extra_files.length - 1 };
}

const groups = z.record(
  z.string(),
  z.object({ lr: z.number(), betas: z.array(z.number()), eps: z.number(), weight_decay: z.number(), params: z.number(), step: z.number() }),
);

function dict(value: PyTorchValue<StoredTensor> | undefined, what: string): PyTorchDict<StoredTensor> {
  if (!(value instanceof Map)) throw new Error(`${what} is no dict`);
  return value as PyTorchDict<StoredTensor>;
}

/** A number, or the only value of a tensor: the step is either, by the age of PyTorch. */
function scalar(value: PyTorchValue<StoredTensor> | undefined): unknown {
  return typeof value === 'object' && value !== null && 'data' in value ? Number(value.data[0]) : value;
}

/** Checks one network's settings of Adam. @returns the number of facts checked */
function checkSettings(name: string, state: PyTorchDict<StoredTensor>, expected: z.infer<typeof groups>[string]): number {
  const group = dict((state.get('param_groups') as readonly PyTorchValue<StoredTensor>[] | undefined)?.[0], `${name}.param_groups[0]`);
  for (const key of ['lr', 'betas', 'eps', 'weight_decay'] as const) requireEqual(`${name}.${key}`, group.get(key), expected[key]);
  requireEqual(`${name}.params`, (group.get('params') as readonly unknown[]).length, expected.params);
  for (const [index, moments] of dict(state.get('state'), `${name}.state`)) {
    const where = `${name}.state.${JSON.stringify(index)}`;
    requireEqual(`${where}.step`, scalar(dict(moments, where).get('step')), expected.step);
  }
  return Object.keys(expected).length;
}

/** Optimiser states of the reference, in files of both layouts. */
export async function optimizerCheckpointCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  const settings = groups.parse(golden.config.param_groups);
  let verified = 0;
  const tensors = await readAlike(golden, directory, async (file) => {
    const networks = dict(await readPyTorchFile(file), file);
    for (const [name, expected] of Object.entries(settings)) verified += checkSettings(name, dict(networks.get(name), name), expected);
    const moments = Array.from(tensorsByName<StoredTensor>(networks), ([name, tensor]) => [name.replace('.state.', '.'), tensor] as const);
    return Object.fromEntries(moments.filter(([name]) => !name.endsWith('.step')));
  });
  return { tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, numbersOf(tensor)])), scalars: {}, verified };
}

/** Views, every dtype and plain values, in files of both layouts. */
export async function viewsCheckpointCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  let verified = 0;
  const tensors = await readAlike(golden, directory, async (file) => {
    const content = dict(await readPyTorchFile(file, { narrowDoubles: true }), file);
    requireEqual(`${file}: iteration`, content.get('iteration'), golden.config.step);
    verified += 1;
    // The tensors are in a dict of their own.
    return Object.fromEntries(Array.from(tensorsByName<StoredTensor>(content), ([name, tensor]) => [name.replace(/^[^.]*\./, ''), tensor]));
  });
  requireEqual('the shape of the empty tensor', tensors.empty?.shape, golden.config.empty_shape);
  return {
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, numbersOf(tensor)])),
    scalars: {},
    verified: verified + 1,
  };
}

const refusals = z.object({ hostile: z.array(z.string()), broken: z.array(z.string()) });

/** Files that must be refused, by an error that names the file and, where it is hostile, what it would have run. */
export async function badCheckpointCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  const { hostile, broken } = refusals.parse(golden.config.refuse);
  const refuse = async (name: string, reason: RegExp): Promise<void> => {
    const file = path.join(directory, 'checkpoints', name);
    const message = await readPyTorchFile(file).then(
      () => 'no error',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (!message.includes(file) || !reason.test(message))
      throw new Error(`${name} must be refused, naming the file and the fault, got: ${message}`);
  };
  for (const name of hostile) await refuse(name, /it names \S+\.\S+, .*nothing was run/);
  for (const name of broken) await refuse(name, /empty|cut short|begins neither|damaged/);
  return { tensors: {}, scalars: {}, verified: hostile.length + broken.length };
}
