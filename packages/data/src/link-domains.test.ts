import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDataset } from './dataset.js';
import { writeDemoImages } from './demo-images.js';
import { ForeignLinkError, linkDomains } from './link-domains.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

it('makes a data set of links to some domains once, and does not take links that lead elsewhere for them', async () => {
  const folder = await temporaryDirectory();
  const [data, other, target] = [join(folder, 'three'), join(folder, 'other'), join(folder, 'linked')];
  const images = { imagesPerDomain: 4, validationPerDomain: 2, imageSize: 16 };
  await writeDemoImages(data, { ...images, domains: ['circle', 'square', 'triangle'] });
  await writeDemoImages(other, { ...images, domains: ['circle', 'square'] });
  await linkDomains(data, ['square', 'circle'], target);
  await linkDomains(data, ['square', 'circle'], target);
  const { train, validation } = await openDataset(target);
  expect(train.domains.map(({ name, files }) => [name, files.length])).toEqual([
    ['circle', 4],
    ['square', 4],
  ]);
  expect(validation!.domains.map(({ files }) => files.length)).toEqual([2, 2]);
  const again = linkDomains(other, ['circle'], target);
  await expect(again).rejects.toThrow(ForeignLinkError);
  await expect(again).rejects.toThrow(/leads to .*three.*, not to .*other.*; name another folder/);
});
