import sharp from 'sharp';
import type { Dataset } from '../dataset.js';
import { decodeImage } from '../decode-image.js';
import { evenlySpread } from './evenly-spread.js';

/** Pictures of one domain of a split, side by side. */
export interface ContactStrip {
  /** The split that the images belong to. */
  readonly split: 'train' | 'validation';
  /** Name of the domain. */
  readonly domain: string;
  /** Number of the domain's images. */
  readonly images: number;
  /** [TILE, pictures × TILE, 3] */
  readonly pixels: Buffer;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** Side of a picture in pixels. */
const TILE = 96;
const PICTURES = 12;
/** Strips that are drawn at most; of more domains, evenly spread ones. */
const STRIPS = 40;
/** Stands for a picture that cannot be read. */
const BROKEN = Buffer.alloc(TILE * TILE * 3, Buffer.of(200, 40, 40));

/**
 * A strip for every domain of every split, or for as many as fit on a page; pictures are evenly spread over the files.
 *
 * @param dataset as `openDataset` finds it
 * @param signal aborting it ends the drawing
 */
export async function contactStrips({ train, validation }: Dataset, signal?: AbortSignal): Promise<ContactStrip[]> {
  const all = [
    { split: 'train' as const, folders: train },
    ...(validation ? [{ split: 'validation' as const, folders: validation }] : []),
  ].flatMap(({ split, folders }) => folders.domains.map(({ name, files }) => ({ split, domain: name, files })));
  const strips: ContactStrip[] = [];
  for (const { split, domain, files } of evenlySpread(all, STRIPS)) {
    const tiles: Buffer[] = [];
    for (const file of evenlySpread(files, PICTURES)) {
      signal?.throwIfAborted();
      tiles.push(await tileOf(file));
    }
    strips.push({ split, domain, images: files.length, pixels: await beside(tiles), width: tiles.length * TILE, height: TILE });
  }
  return strips;
}

/** The centre of a picture, as a square. */
async function tileOf(file: string): Promise<Buffer> {
  try {
    const { width, height, data } = await decodeImage(file);
    return await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .resize(TILE, TILE, { fit: 'cover' })
      .raw()
      .toBuffer();
  } catch {
    return BROKEN;
  }
}

function beside(tiles: readonly Buffer[]): Promise<Buffer> {
  const raw = { width: TILE, height: TILE, channels: 3 } as const;
  return sharp({ create: { width: tiles.length * TILE, height: TILE, channels: 3, background: '#000' } })
    .composite(tiles.map((input, i) => ({ input, raw, left: i * TILE, top: 0 })))
    .removeAlpha()
    .raw()
    .toBuffer();
}

/**
 * All strips below each other.
 *
 * @param strips at least one
 * @returns a PNG file
 */
export function contactSheet(strips: readonly ContactStrip[]): Promise<Buffer> {
  return sharp({
    create: { width: Math.max(...strips.map(({ width }) => width)), height: strips.length * TILE, channels: 3, background: '#fff' },
  })
    .composite(
      strips.map(({ pixels, width, height }, i) => ({
        input: pixels,
        raw: { width, height, channels: 3 as const },
        left: 0,
        top: i * TILE,
      })),
    )
    .removeAlpha()
    .png()
    .toBuffer();
}

/**
 * A strip as a `data:` URL.
 *
 * @param strip one of {@link contactStrips}
 */
export async function stripUrl({ pixels, width, height }: ContactStrip): Promise<string> {
  const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
