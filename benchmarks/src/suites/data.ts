import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTrainingStream,
  decodeImage,
  openImageFolders,
  type Box,
  type ImageFolders,
  type RgbImage,
  type TrainingStream,
} from '@stargan/data';
import { prepareDataset } from '@stargan/data/preparation';
import { randomStream } from '@stargan/random';
import sharp from 'sharp';
import { loadVariants } from '../load-variants.js';
import type { ModelScale, Scale } from '../scale.js';
import type { ImageCase, Suite } from '../suite.js';

/** Cuts a box out of a picture and brings it to side × side pixels. */
export type ResizeVariant = (image: RgbImage, side: number, box: Box) => RgbImage | Promise<RgbImage>;

const resizes = await loadVariants<ResizeVariant>('resize');

/** Files to batches: decoding, resizing, and whole streams with more workers, from large JPEG and from what `dataset prepare` makes of it. */
export const suite: Suite = {
  name: 'data',
  cases: ({ models, pictures }) => [
    decodeCase(pictures),
    ...models.map((model) => resizeCase(model, pictures)),
    ...[...models, demoModel].flatMap((model) => [streamCase(model, pictures), preparedStreamCase(model, pictures)]),
  ],
};

type Pictures = Scale['pictures'];

/** Of the preset `demo`, whose iterations are the shortest: what waits for images first. */
const demoModel = { imageSize: 32, batch: 8 };
type StreamScale = Pick<ModelScale, 'imageSize' | 'batch'>;

/** A JPEG file of soft shapes and fine grain, which costs about what a photograph does; another for each seed. */
async function drawPicture(side: number, seed: number): Promise<Buffer> {
  const random = randomStream(seed, 'benchmarks/picture');
  const coarse = Math.max(2, side >> 5);
  const shapes = Uint8Array.from({ length: coarse * coarse * 3 }, () => random.integer(256));
  const soft = await sharp(shapes, { raw: { width: coarse, height: coarse, channels: 3 } })
    .resize(side, side, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  for (let i = 0; i < soft.length; i++) soft[i] = Math.min(255, Math.max(0, soft[i]! + random.integer(17) - 8));
  return sharp(soft, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

const drawPictures = ({ side, count }: Pictures): Promise<Buffer[]> =>
  Promise.all(Array.from({ length: count }, (_, seed) => drawPicture(side, seed)));

/** Node decodes on four threads; more at a time would wait. */
const AT_ONCE = 4;

function decodeCase(pictures: Pictures): ImageCase {
  return {
    name: `decode JPEG ${pictures.side}²`,
    images: AT_ONCE,
    prepareImages: async () => {
      const files = await drawPictures({ ...pictures, count: AT_ONCE });
      return {
        variants: {
          'one at a time': async () => {
            for (const file of files) await decodeImage(file);
          },
          'four at a time': () => Promise.all(files.map((file) => decodeImage(file))),
        },
      };
    },
  };
}

function resizeCase({ imageSize }: ModelScale, { side }: Pictures): ImageCase {
  // Four fifths of the sides, which is what a random crop leaves as a rule.
  const cut = Math.round(side * 0.8);
  const box = { left: 3, top: 3, width: cut, height: cut };
  return {
    name: `resize a crop of ${cut}² to ${imageSize}²`,
    images: 1,
    prepareImages: async () => {
      const image = await decodeImage(await drawPicture(side, 1));
      return {
        variants: Object.fromEntries(
          Object.entries(resizes).map(([name, resize]) => [name, () => Promise.resolve(resize(image, imageSize, box))]),
        ),
      };
    },
  };
}

/** Batches that a run of a stream takes, enough for two workers to be busy. */
const BATCHES = 4;
const CACHE = 2 ** 30;

const settings: Readonly<Record<string, { workers: number; cacheBytes: number }>> = {
  '1 worker': { workers: 1, cacheBytes: 0 },
  '2 workers': { workers: 2, cacheBytes: 0 },
  '1 worker, decoded before': { workers: 1, cacheBytes: CACHE },
};

function streamCase(model: StreamScale, pictures: Pictures): ImageCase {
  return streamsOf(model, `JPEG ${pictures.side}²`, (directory) => writePictures(directory, pictures));
}

function preparedStreamCase(model: StreamScale, pictures: Pictures): ImageCase {
  const { imageSize } = model;
  return streamsOf(model, `prepared PNG ${imageSize}²`, async (directory) => {
    const source = join(directory, 'source');
    await writePictures(source, pictures);
    const { directory: prepared } = await prepareDataset(source, join(directory, 'prepared'), { imageSize });
    return join(prepared, 'train');
  });
}

/** @param write writes folders of pictures below a new one, and gives theirs */
function streamsOf(model: StreamScale, from: string, write: (directory: string) => Promise<string>): ImageCase {
  const { imageSize, batch } = model;
  return {
    name: `stream of ${batch}×${imageSize}² from ${from}`,
    // A source and two references for every place of a batch.
    images: 3 * batch * BATCHES,
    prepareImages: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'stargan-bench-'));
      const folders = await openImageFolders(await write(directory));
      const streams = openStreams(folders, model);
      return {
        variants: Object.fromEntries(Object.entries(streams).map(([name, stream]) => [name, () => takeBatches(stream)])),
        close: async () => {
          await Promise.all(Object.values(streams).map((stream) => stream.close()));
          await rm(directory, { recursive: true });
        },
      };
    },
  };
}

/** Two domains of pictures. */
async function writePictures(directory: string, pictures: Pictures): Promise<string> {
  const files = await drawPictures(pictures);
  for (const domain of ['0', '1']) await mkdir(join(directory, domain), { recursive: true });
  await Promise.all(files.map((file, i) => writeFile(join(directory, `${i % 2}`, `${i}.jpg`), file)));
  return directory;
}

function openStreams(folders: ImageFolders, { imageSize, batch }: StreamScale): Record<string, TrainingStream> {
  // Nothing is prepared ahead: it would be prepared while another variant is timed.
  const open = (setting: { workers: number; cacheBytes: number }): TrainingStream =>
    createTrainingStream(folders, { imageSize, batch, seed: 1, prefetch: 0, ...setting });
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, open(setting)]));
}

/** Asks for all at once, so that no worker waits for the next question. */
const takeBatches = (stream: TrainingStream): Promise<unknown> => Promise.all(Array.from({ length: BATCHES }, () => stream.next()));
