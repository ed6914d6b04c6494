import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeSafetensors, writeWholeFile, type TensorSource } from '@stargan/checkpoints';
import type { ImageFolders, TrainingSampler } from '@stargan/data';
import type { DomainLabels } from '@stargan/layers';
import { imagesPerIteration, stateValues, type Batch, type Losses, type StateValues, type TrainingState } from '@stargan/training';
import { Tensor } from '@tensorflow/tfjs-core';
import { type Config, runPaths } from '@stargan/run';
import { describeFinding, type NonFiniteFinding } from '@stargan/training';

/** The first loss that is not finite, in the order of the updates. */
export function nonFiniteLoss(losses: Losses): NonFiniteFinding['loss'] {
  const found = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  return found && { name: found[0], value: found[1] };
}

/** Contents of a dump. */
export interface NonFiniteDump {
  readonly finding: NonFiniteFinding;
  readonly state: TrainingState;
  readonly losses: Losses;
  readonly batch: Batch;
  /** Number of the draw that gave the batch. */
  readonly draw: number;
  readonly folders: ImageFolders;
  /** Chose the images of the batch. */
  readonly sampler: TrainingSampler;
  readonly config: Config;
  readonly lastCheckpoint: string | undefined;
}

/**
 * Writes down what led to values that are not finite: `batch.safetensors` holds everything the iteration saw,
 * `statistics.json` the images that were drawn, the losses, and the range of every tensor.
 *
 * @param run folder of the run
 * @returns the folder, `non-finite/ITERATION`; an earlier dump of the same iteration is kept beside it
 */
export async function dumpNonFinite(
  run: string,
  { finding, state, losses, batch, draw, folders, sampler, config, lastCheckpoint }: NonFiniteDump,
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
    domain: numbersOf(batch.domain),
    targetDomain: numbersOf(batch.targetDomain),
    images: drawnImages(sampler(folders, { seed: config.seed, iteration: draw, batch: imagesPerIteration(config) })),
    tensors: Array.from(stateValues(state), describeValues),
  };
  await writeWholeFile(path.join(folder, 'statistics.json'), `${JSON.stringify(statistics, null, 2)}\n`);
  const { domain, targetDomain, ...tensors } = batch;
  const labels = (domains: DomainLabels): TensorSource => {
    const data = Int32Array.from(numbersOf(domains));
    return { dtype: 'I32', shape: [data.length], data };
  };
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

const numbersOf = (domains: DomainLabels): number[] => Array.from(domains instanceof Tensor ? domains.dataSync() : domains);

/** JSON has neither NaN nor infinity: they are written as text. */
function writable(numbers: Readonly<Record<string, number>>): Record<string, number | string> {
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number.isFinite(value) ? value : `${value}`]));
}

/** The files that were drawn; a broken one may have been replaced by another of its domain. */
function drawnImages({ source, reference }: ReturnType<TrainingSampler>): { source: string[]; reference: string[][] } {
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
