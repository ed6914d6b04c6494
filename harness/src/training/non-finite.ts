import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeSafetensors, writeWholeFile, type TensorSource } from '@stargan/checkpoints';
import { planTrainingBatch, type ImageFolders } from '@stargan/data';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import {
  type Batch,
  describeFault,
  describeOverflow,
  findNonFinite,
  findOverflow,
  imagesPerIteration,
  type Losses,
  type NetworkName,
  type Networks,
  type NonFiniteTensor,
  type ProbeSizes,
  stateValues,
  type StateValues,
  type TrainingState,
} from '@stargan/training';
import { runPaths } from './run-directory.js';

/** What was found not to be finite after an iteration. */
export interface NonFiniteFinding {
  /** The first of the losses. */
  readonly loss?: { readonly name: string; readonly value: number };
  /** The first of the tensors. */
  readonly tensor?: NonFiniteTensor;
  /** The first network whose finite weights are too large to compute with, and whether the moving averages are meant. */
  readonly overflow?: { readonly network: NetworkName; readonly averages: boolean };
}

/**
 * What keeps a state from being saved, drawn from or called done: a tensor that is not finite, or networks that give
 * values that are not.
 *
 * @param domains how many there are
 */
export function findUnusable(networks: Networks, state: TrainingState, domains: number, sizes: ProbeSizes): NonFiniteFinding | undefined {
  const tensor = findNonFinite(state);
  if (tensor !== undefined) return { tensor };
  for (const averages of [false, true]) {
    const network = findOverflow(networks, averages ? state.ema : state.weights, domains, sizes);
    if (network !== undefined) return { overflow: { network, averages } };
  }
  return undefined;
}

/** The first loss that is not finite, in the order of the updates. */
export function nonFiniteLoss(losses: Losses): NonFiniteFinding['loss'] {
  const found = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  return found && { name: found[0], value: found[1] };
}

/** `the loss D/latent_reg is NaN, and the weight … is not finite` */
export function describeFinding({ loss, tensor, overflow }: NonFiniteFinding): string {
  return [
    ...(loss === undefined ? [] : [`the loss ${loss.name} is ${loss.value}`]),
    ...(tensor === undefined ? [] : [describeFault(tensor)]),
    ...(overflow === undefined ? [] : [`${describeOverflow(overflow.network)}${overflow.averages ? ' (with the moving averages)' : ''}`]),
  ].join(', and ');
}

/** What {@link dumpNonFinite} writes down. */
export interface NonFiniteDump {
  readonly finding: NonFiniteFinding;
  readonly state: TrainingState;
  readonly losses: Losses;
  readonly batch: Batch;
  /** Number of the draw that the batch is. */
  readonly draw: number;
  readonly folders: ImageFolders;
  readonly config: Config;
  readonly lastCheckpoint: string | undefined;
}

/**
 * Writes what is needed to look into it: `batch.safetensors`, all that the iteration saw, and `statistics.json`, with
 * the images that were drawn, the losses, and the range of every tensor.
 *
 * @param run folder of the run
 * @returns the folder, `non-finite/` and the iteration; one that is there already is kept beside it
 */
export async function dumpNonFinite(
  run: string,
  { finding, state, losses, batch, draw, folders, config, lastCheckpoint }: NonFiniteDump,
): Promise<string> {
  const name = `${state.iteration}`.padStart(7, '0');
  const base = path.join(runPaths(run).nonFinite, name);
  let folder = base;
  for (let n = 2; existsSync(folder); n++) folder = `${base}-${n}`;
  const statistics = {
    formatVersion: 1,
    iteration: state.iteration,
    draw,
    found: {
      what: describeFinding(finding),
      ...finding,
      ...(finding.loss && { loss: { ...finding.loss, value: `${finding.loss.value}` } }),
    },
    lastCheckpoint,
    losses: writable(losses),
    domain: batch.domain,
    targetDomain: batch.targetDomain,
    images: drawnImages(folders, config, draw),
    tensors: Array.from(stateValues(state), describeValues),
  };
  await writeWholeFile(path.join(folder, 'statistics.json'), `${JSON.stringify(statistics, null, 2)}\n`);
  const { domain, targetDomain, ...tensors } = batch;
  const labels = (values: readonly number[]): TensorSource => ({ dtype: 'I32', shape: [values.length], data: Int32Array.from(values) });
  await writeSafetensors(path.join(folder, 'batch.safetensors'), {
    ...Object.fromEntries(
      Object.entries(tensors).map(([key, tensor]: [string, Tensor]) => [
        key,
        { dtype: 'F32' as const, shape: tensor.shape, data: () => tensor.dataSync<'float32'>() },
      ]),
    ),
    domain: labels(domain),
    targetDomain: labels(targetDomain),
  });
  return folder;
}

/** JSON has no NaN and no infinity: those go as text. */
function writable(numbers: Readonly<Record<string, number>>): Record<string, number | string> {
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number.isFinite(value) ? value : `${value}`]));
}

/** Files that were drawn; a broken one among them may have been replaced by another of its domain. */
function drawnImages(folders: ImageFolders, config: Config, draw: number): { source: string[]; reference: string[][] } {
  const { source, reference } = planTrainingBatch(folders, { seed: config.seed, iteration: draw, batch: imagesPerIteration(config) });
  return { source: source.map(({ file }) => file), reference: reference.map(({ first, second }) => [first.file, second.file]) };
}

function describeValues({ role, network, name, values }: StateValues): Record<string, number | string> {
  let [nan, infinite, finite, sum, min, max] = [0, 0, 0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) nan++;
    else if (!Number.isFinite(value)) infinite++;
    else {
      finite++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { network, name, role, size: values.length, nan, infinite, ...(finite > 0 && { min, max, mean: sum / finite }) };
}
