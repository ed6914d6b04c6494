import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openDataset } from '@stargan/data';
import { expect, test } from 'vitest';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { checkTrainingImages } from './check-training-images.js';

const folder = useTemporaryFolder(async (images) => {
  const data = await smallDataset(images);
  await writeFile(path.join(data, 'train', 'circle', 'broken-1.png'), '');
});

test('broken images are refused with the remedies of the command line', async () => {
  const data = path.join(folder(), 'images');
  const check = async (values: Parameters<typeof smallConfig>[0]): Promise<unknown> =>
    checkTrainingImages(await openDataset(data), smallConfig(values), () => undefined);
  await expect(check({ onCorrupt: 'refuse' })).rejects.toThrow(
    /1 image of 17 cannot be used: .*broken-1\.png .*; repair or remove them, or train without it: --set onCorrupt=replace/,
  );
  const circle = path.join(data, 'train', 'circle');
  await copyFile(path.join(circle, 'broken-1.png'), path.join(circle, 'broken-2.png'));
  await expect(check({ corruptLimit: 0 })).rejects.toThrow(
    /2 of the 8 images of "circle" are broken.*; repair or remove them, or raise the limit: --set corruptLimit=SHARE/,
  );
});
