import { relative, sep } from 'node:path';
import { openDataset } from '../dataset.js';
import { countPassedOver } from '../passed-over.js';
import { fileImage } from './file-image.js';
import type { PreparationSource, SourceImage, SplitName } from './source-image.js';

/**
 * A folder per domain, or `train/` and `val/` with such folders.
 *
 * @param directory absolute path
 * @throws as `openDataset` does
 */
export async function openFolderSource(directory: string): Promise<PreparationSource> {
  const { train, validation, notes = [] } = await openDataset(directory);
  const splits: readonly (readonly [SplitName, typeof train])[] =
    validation === undefined
      ? [['train', train]]
      : [
          ['train', train],
          ['validation', validation],
        ];
  const within = (folder: string, file: string): string => relative(folder, file).split(sep).join('/');
  const images = splits.flatMap(([split, folders]) =>
    folders.domains.flatMap((domain) =>
      domain.files.map((file): SourceImage => {
        const path = within(directory, file);
        const name = within(domain.directory ?? folders.directory, file);
        const own = { path, domain: domain.name, name, listedAs: [path, within(folders.directory, file)] };
        return fileImage(file, validation === undefined ? own : { ...own, split });
      }),
    ),
  );
  return {
    location: directory,
    kind: 'folder',
    images,
    hasSplits: validation !== undefined,
    passedOver: countPassedOver(splits.flatMap(([, { passedOver = [] }]) => passedOver)),
    notes,
    close: () => Promise.resolve(),
  };
}
