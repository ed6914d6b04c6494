import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renameDurably, writeWholeFile } from '@stargan/checkpoints';
import sharp from 'sharp';
import { demoBackgrounds, demoShapes, demoTextures, sampleDemoPicture, type DemoChoice, type DemoShape } from './demo-picture.js';
import { demoSvg } from './demo-svg.js';
import { mapConcurrently } from './map-concurrently.js';
import { requireWhole } from './requirements.js';

/** Options of {@link writeDemoImages}. */
export interface DemoImagesOptions extends DemoChoice {
  /** Seed of all draws. Default 777. */
  seed?: number | undefined;
  /** Training images of each domain. Default 400. */
  imagesPerDomain?: number | undefined;
  /** Validation images of each domain; 0 leaves `val/` out. Default 40. */
  validationPerDomain?: number | undefined;
  /** Sides of the images in pixels. Default 64. */
  imageSize?: number | undefined;
  /** Default: `circle`, `square` and `triangle`. */
  domains?: readonly DemoShape[] | undefined;
}

/** The data set that {@link writeDemoImages} left. */
export interface DemoImages {
  /** Folder that holds `train/` and `val/`. */
  readonly directory: string;
  /** Images drawn by this call: 0 when the whole set was there. */
  readonly written: number;
}

/** Changes whenever the same options give other pictures. */
const format = 2;
const stampName = 'demo-images.json';

/**
 * Draws a data set in which domain, style and content are separate and known: the domain is a shape (circle, square,
 * triangle), the style its colours, size and texture and the background, the content its place and rotation.
 *
 * Writes `train/DOMAIN/00001.png` … and `val/DOMAIN/00001.png` …; beside them `attributes.jsonl` has one line per
 * image: `{file, shape, place, style}` (see `DemoPicture`). Images of one number share their place in all domains.
 *
 * Can be interrupted at any point: a folder appears when it is whole, and the next call draws what is missing.
 * A whole set of the same options is left alone.
 *
 * @param directory made where it is missing; else empty, or holding a set of the same options, whole or not
 * @throws Error when the directory holds something else, or a demo set of other options
 * @throws RangeError when an option is out of range
 */
export async function writeDemoImages(directory: string, options: DemoImagesOptions = {}): Promise<DemoImages> {
  const { seed = 777, imagesPerDomain = 400, validationPerDomain = 40, imageSize = 64, domains = demoShapes } = options;
  const { textures = demoTextures, backgrounds = demoBackgrounds, rotation = 12 } = options;
  requireWhole('writeDemoImages', 'seed', seed, 0);
  requireWhole('writeDemoImages', 'imagesPerDomain', imagesPerDomain, 1);
  requireWhole('writeDemoImages', 'validationPerDomain', validationPerDomain, 0);
  requireWhole('writeDemoImages', 'imageSize', imageSize, 8);
  requireSome('domains', domains, demoShapes);
  requireSome('textures', textures, demoTextures);
  requireSome('backgrounds', backgrounds, demoBackgrounds);
  if (!(rotation >= 0 && rotation <= 180)) throw new RangeError(`writeDemoImages: rotation must be from 0 to 180 degrees, got ${rotation}`);
  const choice = { textures: [...textures].sort(), backgrounds: [...backgrounds].sort(), rotation };
  const stamp = { format, seed, imagesPerDomain, validationPerDomain, imageSize, domains: [...domains].sort(), ...choice };
  await claim(directory, JSON.stringify(stamp));

  let written = 0;
  for (const [split, count] of [
    ['train', imagesPerDomain],
    ['val', validationPerDomain],
  ] as const) {
    if (count === 0) continue;
    for (const shape of stamp.domains) {
      if (await exists(join(directory, split, shape))) continue;
      await writeFolder(join(directory, split), shape, split, { count, imageSize, seed, choice });
      written += count;
    }
  }
  return { directory, written };
}

/** Makes sure that the directory is ours to write into, and marks it. */
async function claim(directory: string, stamp: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = await readdir(directory);
  if (names.includes(stampName)) {
    const found = (await readFile(join(directory, stampName), 'utf8')).trim();
    if (found === stamp) return;
    throw new Error(
      `writeDemoImages: ${directory} holds demo images of other options: expected ${stamp}, got ${found}; ` +
        'remove it or choose another directory',
    );
  }
  const foreign = names.filter((name) => !name.startsWith('.'));
  if (foreign.length > 0) {
    throw new Error(`writeDemoImages: ${directory} must be empty or hold demo images, got ${foreign[0]!}; choose another directory`);
  }
  await writeWholeFile(join(directory, stampName), `${stamp}\n`);
}

async function writeFolder(
  parent: string,
  shape: DemoShape,
  split: string,
  { count, imageSize, seed, choice }: { count: number; imageSize: number; seed: number; choice: DemoChoice },
): Promise<void> {
  // Hidden until it is whole; what an interrupted call left is begun again.
  const partial = join(parent, `.${shape}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const lines = await mapConcurrently(numbers, 4, async (number) => {
    const picture = sampleDemoPicture(shape, split, number, seed, choice);
    const file = `${String(number).padStart(5, '0')}.png`;
    await sharp(Buffer.from(demoSvg(picture, imageSize)))
      .removeAlpha()
      .png()
      .toFile(join(partial, file));
    return JSON.stringify({ file, ...picture });
  });
  await writeFile(join(partial, 'attributes.jsonl'), `${lines.join('\n')}\n`);
  await renameDurably(partial, join(parent, shape));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function requireSome(name: string, given: readonly string[], known: readonly string[]): void {
  if (given.length === 0 || given.some((entry) => !known.includes(entry)) || new Set(given).size < given.length) {
    throw new RangeError(
      `writeDemoImages: ${name} must be different ones of ${known.join(', ')}, got [${given.join(', ')}]; correct the list`,
    );
  }
}
