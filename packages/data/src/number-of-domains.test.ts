import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataset } from './dataset.js';
import { describeDataset } from './inspection/describe-dataset.js';
import { inspectDataset } from './inspection/inspect-dataset.js';
import { contactSheet, contactStrips } from './inspection/contact-sheet.js';
import { reportDataset } from './dataset-report.js';
import { prepareDataset } from './preparation/prepare-dataset.js';
import { noiseImage, writePng } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { createTrainingStream } from './training-stream.js';

/** Domains of one and two images in turn. */
async function dataset(domains: number, side: number): Promise<string> {
  const directory = join(await temporaryDirectory(), 'source');
  for (let domain = 0; domain < domains; domain++)
    for (let image = 0; image <= domain % 2; image++)
      await writePng(join(directory, `d${String(domain).padStart(3, '0')}`, `${image}.png`), noiseImage(side, side, 2 * domain + image));
  return directory;
}

test.each([
  [1, 16],
  [1, 1024],
  [100, 16],
  [3, 1024],
])('%i domains of one or two images of %i² are inspected, prepared and drawn from', async (domains, side) => {
  const source = await dataset(domains, side);
  const inspection = await inspectDataset(await openDataset(source), { full: true });
  expect(inspection.domains.map(({ images }) => images)).toEqual(Array.from({ length: domains }, (_, i) => 1 + (i % 2)));
  expect(inspection.width).toEqual({ min: side, median: side, max: side });
  expect([inspection.broken, inspection.duplicates, inspection.nearEmpty]).toEqual([[], [], []]);

  const prepared = `${source}-prepared`;
  const { made } = await prepareDataset(source, prepared, { imageSize: side });
  const opened = await openDataset(prepared);
  expect(made).toBe(domains + Math.floor(domains / 2));
  expect(describeDataset(reportDataset(opened))[0]!.length).toBeLessThan(250);
  const strips = await contactStrips(opened);
  expect(strips).toHaveLength(Math.min(domains, 40));
  expect((await contactSheet(strips)).subarray(1, 4).toString()).toBe('PNG');

  const batch = domains === 100 ? 40 : 1;
  const stream = createTrainingStream(opened.train, { imageSize: side, batch, seed: 1 });
  const seen = new Set<number>();
  for (let iteration = 0; iteration < (domains === 100 ? 8 : 2); iteration++) {
    const { source: from, reference } = await stream.next();
    for (const images of [from.images, reference.images, reference.images2]) {
      expect(images).toHaveLength(batch * side * side * 3);
      expect(images.every((value) => value >= -1 && value <= 1)).toBe(true);
    }
    for (const label of [...from.domains, ...reference.domains]) seen.add(label);
  }
  expect(stream.statistics().skipped).toEqual([]);
  await stream.close();
  expect(Math.max(...seen)).toBeLessThan(domains);
  // 640 draws of 100: about two in a thousand are not among them.
  expect(seen.size).toBeGreaterThan(domains === 100 ? 95 : 0);
});
