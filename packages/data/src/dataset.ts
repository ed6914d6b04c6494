import { resolve } from 'node:path';
import { domainFolders, openImageFolders, type ImageFolders, type ImageFoldersOptions } from './image-folders.js';
import { printablePath } from './path-names.js';
import { datasetLayout, type DatasetLayout } from './split-folders.js';

/** Images to train on and, where there are any, images to validate with. The labels of both agree. */
export interface Dataset {
  /** Absolute path of the data set. */
  readonly directory?: string | undefined;
  /** Images to train on. */
  readonly train: ImageFolders;
  /** Images to validate with, where there are such. */
  readonly validation?: ImageFolders | undefined;
  /** Sentences about what was decided on reading it, such as which folder serves for validation. */
  readonly notes?: readonly string[] | undefined;
}

/**
 * Opens a data set: a directory with one folder per domain, or with `train/` that holds such folders and perhaps, to
 * validate with, `val/`, `valid/`, `validation/` or `test/`; the first of these that is there is taken. A `test/` of
 * other domains is left out. `notes` say what was decided.
 *
 * `minimumImages` is asked of the training domains; a validation domain needs one image.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error as `openImageFolders`, when the domains of both splits differ, and for layouts that are certainly a
 *   mistake: `trainA`, `trainB`, `testA`, `testB`; a single folder that holds the domains; splits without `train/`
 */
export async function openDataset(directory: string, options: ImageFoldersOptions = {}): Promise<Dataset> {
  const layout = await datasetLayout(directory);
  const folders = await openImageFolders(layout.train, options);
  const train = { ...folders, passedOver: [...layout.passedOver, ...(folders.passedOver ?? [])] };
  const { validation, notes } = await openValidation(directory, layout, train);
  const single = train.domains.length === 1 ? ['there is one domain only: nothing to translate between'] : [];
  return {
    directory: resolve(directory),
    train,
    ...(validation !== undefined && { validation }),
    notes: [...layout.notes, ...notes, ...single, ...(train.notes ?? []), ...(validation?.notes ?? [])],
  };
}

async function openValidation(
  directory: string,
  { validation }: DatasetLayout,
  train: ImageFolders,
): Promise<{ validation?: ImageFolders; notes: string[] }> {
  if (validation === undefined) return { notes: [] };
  try {
    const { folders } = await domainFolders(validation.directory);
    requireSameNames(
      directory,
      train,
      validation.name,
      folders.map(({ name }) => name),
    );
    const opened = await openImageFolders(validation.directory);
    return { validation: opened, notes: validation.name === 'val' ? [] : [`${printablePath(validation.name)}/ is used for validation`] };
  } catch (error) {
    if (validation.certain || !(error instanceof Error)) throw error;
    // Whoever has a `test` of another kind (without labels, say) trained without it so far.
    return { notes: [`${printablePath(validation.name)}/ is not used for validation: ${error.message.replace(/^open\w+: /, '')}`] };
  }
}

/**
 * Names of a data set's domains, in the order of their labels, without looking for images.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error when the directory is missing or has no domain folders
 */
export async function listDomains(directory: string): Promise<string[]> {
  const { train } = await datasetLayout(directory);
  return (await domainFolders(train)).folders.map(({ name }) => name);
}

function requireSameNames(directory: string, train: ImageFolders, split: string, names: readonly string[]): void {
  const trained = train.domains.map(({ name }) => name);
  if (trained.join('/') === names.join('/')) return;
  const list = (domains: readonly string[]): string => domains.map(printablePath).join(', ');
  throw new Error(
    `openDataset: ${printablePath(directory)}: ${printablePath(split)}/ must hold the domains of train/ (${list(trained)}), got ${list(names)}; ` +
      'rename, add or remove folders until they agree',
  );
}
