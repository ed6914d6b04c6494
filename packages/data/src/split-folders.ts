import { join, resolve } from 'node:path';
import { readEntries } from './folder-entries.js';
import type { PassedOverFile } from './passed-over.js';
import { printablePath } from './path-names.js';

/** Where the images of a data set lie. */
export interface DatasetLayout {
  /** Folder that holds the domains to train on. */
  readonly train: string;
  /** Folder that holds the domains to validate with. */
  readonly validation?: {
    readonly directory: string;
    /** Name of the folder. */
    readonly name: string;
    /** Whether the name says that it is for validation; a `test` serves where it fits. */
    readonly certain: boolean;
  };
  /** What lies beside the splits and is not read. */
  readonly passedOver: readonly PassedOverFile[];
  /** What was decided and should be known. */
  readonly notes: readonly string[];
}

/** Folders to validate with, the first that is there taken. Data sets such as AFHQ v2 have `test`. */
export const validationNames = ['val', 'valid', 'validation', 'test'];
const splitNames = ['train', ...validationNames];
export const isSplitName = (name: string): boolean => splitNames.includes(name.toLowerCase());

/**
 * Tells where the domains of a data set lie, and refuses what is certainly a mistake.
 *
 * A folder `train` is taken for a split when it holds folders, or when nothing but splits is beside it. So a domain
 * called `train` (trains and boats, say) is still possible.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error with what to do about a layout that would be misread
 */
export async function datasetLayout(directory: string): Promise<DatasetLayout> {
  const root = resolve(directory);
  const { folders, images, passedOver } = await readEntries(root);
  refuseJoinedSplits(directory, folders);
  const train = await trainFolder(root, folders);
  if (train === undefined) {
    await refuseSplitsWithoutTrain(directory, folders);
    await refuseOneTooHigh(directory, folders);
    return { train: root, passedOver: [], notes: [] };
  }
  await refuseOneTooHigh(join(directory, train), (await readEntries(join(root, train))).folders);
  const candidates = folders
    .filter((name) => validationNames.includes(name.toLowerCase()))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const [name, ...unused] = candidates;
  const others = folders.filter((folder) => folder !== train && !candidates.includes(folder));
  const notes = [
    ...(train === 'train' ? [] : [`${printablePath(train)}/ is read as train/`]),
    ...(unused.length === 0
      ? []
      : [`${list(unused)} ${unused.length === 1 ? 'is' : 'are'} not read: ${printablePath(name!)}/ is there for validation`]),
    ...(others.length === 0 ? [] : [`${list(others)} beside ${printablePath(train)}/ ${others.length === 1 ? 'is' : 'are'} not read`]),
  ];
  const stray = images.map((image) => ({ file: join(root, image), kind: 'stray' as const, called: image }));
  return {
    train: join(root, train),
    ...(name !== undefined && { validation: { directory: join(root, name), name, certain: name.toLowerCase() !== 'test' } }),
    passedOver: [...passedOver, ...stray],
    notes,
  };
}

const rank = (name: string): number => validationNames.indexOf(name.toLowerCase());

function list(folders: readonly string[]): string {
  const shown = folders.slice(0, 4).map((name) => `${printablePath(name)}/`);
  return folders.length > shown.length ? `${shown.join(', ')} and ${folders.length - shown.length} more folders` : shown.join(', ');
}

/** The folder to train on, where there are splits. */
async function trainFolder(root: string, folders: readonly string[]): Promise<string | undefined> {
  const candidates = folders.filter((name) => name.toLowerCase() === 'train');
  const [name] = candidates;
  if (name === undefined) return undefined;
  if (candidates.length > 1)
    throw new Error(
      `openDataset: ${printablePath(root)} holds ${candidates.join(' and ')}, which differ in case alone; move the images of one into the other`,
    );
  if (folders.every(isSplitName)) return name;
  // In another case it may as well be the name of a domain.
  return name === 'train' && (await readEntries(join(root, name))).folders.length > 0 ? name : undefined;
}

/** CycleGAN's layout: each domain's training images beside its test images. */
export function refuseJoinedSplits(directory: string, folders: readonly string[]): void {
  const joined = folders.filter((name) => /^(train|test|val)[-_]?[ab]$/i.test(name));
  const trained = joined.filter((name) => /^train/i.test(name));
  if (trained.length < 2) return;
  throw new Error(
    `openDataset: ${printablePath(directory)} has the layout of CycleGAN (${joined.join(', ')}), which would make each of these folders a domain; ` +
      `move ${trained.join(' and ')} to train/A and train/B, and what is for testing to val/A and val/B`,
  );
}

/** `val/` and `test/` alone would become two domains. */
async function refuseSplitsWithoutTrain(directory: string, folders: readonly string[]): Promise<void> {
  if (folders.length === 0 || !folders.every(isSplitName)) return;
  for (const name of folders) {
    const { images, folders: inside } = await readEntries(join(resolve(directory), name));
    if (images.length > 0 || inside.length === 0) return;
  }
  throw new Error(
    `openDataset: ${printablePath(directory)} holds ${list(folders)} but no train/; add it, or give the folder whose domains are to be trained on, such as ${printablePath(join(directory, folders[0]!))}`,
  );
}

/** A single folder of folders is the data set rather than its only domain. */
async function refuseOneTooHigh(directory: string, folders: readonly string[]): Promise<void> {
  if (folders.length !== 1) return;
  const inner = join(directory, folders[0]!);
  const { folders: inside, images } = await readEntries(resolve(inner));
  if (images.length > 0 || (inside.length < 2 && !inside.some(isSplitName))) return;
  throw new Error(
    `openDataset: ${printablePath(directory)} holds one folder, ${printablePath(folders[0]!)}, which holds folders itself (${list(inside)}) and would be the only domain; ` +
      `give ${printablePath(inner)} if these are the domains, or put all images into ${printablePath(folders[0]!)} itself if it is one`,
  );
}
