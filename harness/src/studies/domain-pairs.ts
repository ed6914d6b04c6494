import { mkdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { nameOfBytes, openDataset, pathBytes, printablePath, type ImageFolders } from '@stargan/data';
import type { DomainLabels } from '@stargan/layers';
import type { Sampler } from '@stargan/training';
import { gather, Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { UsageError } from '../usage-error.js';

/** Labels of two domains, the smaller first. */
export type DomainPair = readonly [first: number, second: number];

/** Every pair of so many domains. */
export function domainPairs(domains: number): DomainPair[] {
  return Array.from({ length: domains }, (_, first) =>
    Array.from({ length: domains - first - 1 }, (_, i): DomainPair => [first, first + 1 + i]),
  ).flat();
}

/**
 * Makes a data set of some of a data set's domains, without copying: a folder of links. Existing links are kept.
 *
 * @throws UsageError when a link of the name leads elsewhere
 */
export async function linkDomains(data: string, names: readonly string[], target: string): Promise<void> {
  const { train, validation } = await openDataset(data);
  // Without a split there are training images alone.
  for (const [split, folders] of [
    ['train', train],
    ['val', validation],
  ] as const) {
    if (folders !== undefined) await linkFolders(folders, names, path.join(target, split));
  }
}

async function linkFolders({ directory, domains }: ImageFolders, names: readonly string[], target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of names) {
    const [from, link] = [domains.find((domain) => domain.name === name)?.directory ?? path.join(directory, name), path.join(target, name)];
    try {
      // A junction needs no rights on Windows; elsewhere the type has no meaning.
      await symlink(pathBytes(from), pathBytes(link), 'junction');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const there = await readlink(pathBytes(link), 'buffer').then(nameOfBytes, () => 'no link');
      if (path.resolve(there) !== from)
        throw new UsageError(
          `${printablePath(link)} leads to ${printablePath(there)}, not to ${printablePath(from)}; name another folder as --out`,
        );
    }
  }
}

/** A model of all domains that knows only some of them, numbered by their places in `labels`. */
export function samplerOf({ networks, weights }: Sampler, labels: readonly number[]): Sampler {
  const { mappingNetwork, styleEncoder } = networks;
  const own = (domain: DomainLabels): DomainLabels =>
    domain instanceof Tensor ? gather(tensor1d([...labels], 'int32'), domain) : Array.from(domain, (place) => labels[place]!);
  return {
    weights,
    networks: {
      ...networks,
      mappingNetwork: { ...mappingNetwork, apply: (parameters, latent, domain) => mappingNetwork.apply(parameters, latent, own(domain)) },
      styleEncoder: { ...styleEncoder, apply: (parameters, image, domain) => styleEncoder.apply(parameters, image, own(domain)) },
    },
  };
}
