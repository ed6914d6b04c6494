import { archiveLayout } from './archive-layout.js';
import type { PreparationSource } from './source-image.js';
import { openZipArchive } from './zip-archive.js';

/**
 * The images of a ZIP archive, which is not unpacked: each image is read from it when its turn comes.
 *
 * @param path absolute path
 * @throws Error as `openZipArchive` and `archiveLayout`
 */
export async function openZipSource(path: string): Promise<PreparationSource> {
  const archive = await openZipArchive(path);
  try {
    const { images, hasSplits, passedOver, notes } = await archiveLayout(path, archive.files);
    return {
      location: path,
      kind: 'zip',
      images: images.map(({ file, domain, name, split }) => ({
        path: file.path,
        domain,
        name,
        split,
        listedAs: [`${domain}/${name}`, file.path],
        stamp: () => Promise.resolve(file.stamp),
        open: (use) => use(file.content),
      })),
      hasSplits,
      passedOver,
      notes: [
        ...notes,
        ...(archive.repeated === 0
          ? []
          : [
              `${archive.repeated} ${archive.repeated === 1 ? 'entry' : 'entries'} of the archive occur again further behind, where the last is read`,
            ]),
      ],
      close: () => archive.close(),
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}
