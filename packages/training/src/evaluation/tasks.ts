import { concat, dispose, gather, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { permutation, randomStream } from '@stargan/random';
import { latentCodes } from '../iteration/batch.js';
import { encodeStyles, type Sampler } from '../sampling/translate.js';
import type { EvaluationDomain, LoadImages } from './domain.js';

/** Where styles come from. */
export const GUIDANCES = ['latent', 'reference'] as const;

/** Where styles come from. */
export type Guidance = (typeof GUIDANCES)[number];

/** Translating the sources of one domain to another; domains by label. */
export interface Task {
  /** Where its styles come from. */
  readonly guidance: Guidance;
  /** Domain that is translated. */
  readonly source: number;
  /** Domain that it is translated to. */
  readonly target: number;
}

/**
 * All ordered pairs of domains, under both guidances; tasks with the same target, which share its real images, follow each other.
 *
 * @param domains number of domains, at least 2 for any task
 */
export function listTasks(domains: number): Task[] {
  const labels = Array.from({ length: domains }, (_, label) => label);
  return labels.flatMap((target) =>
    labels.filter((source) => source !== target).flatMap((source) => GUIDANCES.map((guidance) => ({ guidance, source, target }))),
  );
}

/** The styles of a task's translations, source by source. */
export interface TaskStyles {
  /** Styles of each source: `outputs`, or as many as there are references. */
  readonly count: number;
  /**
   * Styles of one source.
   *
   * @param index position of the source among those of its domain, from 0
   * @returns [count, styleDim]; the caller owns it
   */
  of(index: number): Tensor2D;
  /** Gives back what it holds in memory. */
  dispose(): void;
}

const ENCODED_AT_ONCE = 16;

/**
 * Styles from latent codes: each source has codes of its own, a function of seed, domains and its position.
 *
 * @param sampler the networks, and the weights to sample with
 * @param task by label
 * @param options styles of each source, the length of latent codes and the seed
 */
export function latentTaskStyles(
  { networks, weights }: Sampler,
  { source, target }: Task,
  {
    outputs,
    latentDim,
    seed,
  }: {
    /** Styles of each source. */
    outputs: number;
    /** Length of a latent code. */
    latentDim: number;
    /** Seed of the latent codes. */
    seed: number;
  },
): TaskStyles {
  const stream = `evaluation-latent-${source}-${target}`;
  return {
    count: outputs,
    of: (index) =>
      tidy(() => {
        const latent = tensor2d(latentCodes(outputs, latentDim, seed, stream, index), [outputs, latentDim]);
        return networks.mappingNetwork.apply(
          weights.mappingNetwork,
          latent,
          Array.from({ length: outputs }, () => target),
        );
      }),
    dispose: () => undefined,
  };
}

/**
 * Styles from the target domain's references: each source draws its own, none of them twice, so that there are at
 * most as many translations of it as there are references.
 *
 * @param sampler the networks, and the weights to sample with
 * @param task by label
 * @param domain the target's images
 * @param options styles of each source, the model's image size and the seed
 */
export async function referenceTaskStyles(
  sampler: Sampler,
  { source, target }: Task,
  { references }: Pick<EvaluationDomain, 'references'>,
  {
    outputs,
    imageSize,
    seed,
    load,
  }: {
    /** Styles of each source, if there are as many references. */
    outputs: number;
    /** Height and width of the model's images. */
    imageSize: number;
    /** Seed of the draws. */
    seed: number;
    /** Reads references. */
    load: LoadImages;
  },
): Promise<TaskStyles> {
  const all = await encodeFiles(
    load,
    sampler,
    references.map(({ file }) => file),
    target,
    imageSize,
  );
  const count = Math.min(outputs, references.length);
  const stream = `evaluation-references-${source}-${target}`;
  return {
    count,
    of: (index) =>
      tidy(() => gather(all, tensor1d([...permutation(references.length, randomStream(seed, stream, index)).slice(0, count)], 'int32'))),
    dispose: () => all.dispose(),
  };
}

/** Styles of image files, few at a time: [files, styleDim]; the caller owns them. */
async function encodeFiles(
  load: LoadImages,
  sampler: Sampler,
  files: readonly string[],
  domain: number,
  imageSize: number,
): Promise<Tensor2D> {
  const parts: Tensor2D[] = [];
  for (let start = 0; start < files.length; start += ENCODED_AT_ONCE) {
    const some = files.slice(start, start + ENCODED_AT_ONCE);
    const labels = some.map(() => domain);
    parts.push(encodeStyles(sampler, { size: imageSize, data: await load(some, imageSize) }, labels));
  }
  const all = concat(parts);
  dispose(parts);
  return all;
}
