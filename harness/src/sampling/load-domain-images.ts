import { loadImages, type ImageFolders } from '@stargan/data';
import type { LabelledImages } from '@stargan/training';

/** All images of the folders, at most `perDomain` of each, with their domains. */
export async function loadDomainImages(folders: ImageFolders, imageSize: number, perDomain = Infinity): Promise<LabelledImages> {
  const chosen = folders.domains.flatMap(({ files }, domain) => files.slice(0, perDomain).map((file) => ({ file, domain })));
  const data = await loadImages(
    chosen.map(({ file }) => file),
    imageSize,
  );
  return { size: imageSize, data, domains: chosen.map(({ domain }) => domain) };
}
