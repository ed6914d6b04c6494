import sharp from 'sharp';
import type { Dataset } from '../dataset.js';
import { decodeImage } from '../decode-image.js';
import { printablePath } from '../path-names.js';
import { counted } from './counts.js';
import { evenlySpread } from './evenly-spread.js';

/** Pictures of one domain of a split, side by side. */
export interface ContactStrip {
  /** The split that the images belong to. */
  readonly split: 'train' | 'validation';
  /** Name of the domain. */
  readonly domain: string;
  /** Number of the domain's images. */
  readonly images: number;
  /** [height, width, 3] */
  readonly pixels: Buffer;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** Side of a picture in pixels. */
const TILE = 96;
const PICTURES = 12;
/** Between pictures, in pixels. */
const GAP = 4;
/** Height of the line of text above a strip. */
const LABEL = 26;
/** Enough for most names of domains, also where there is one picture. */
const LEAST_WIDTH = 400;
const GROUND = '#fff';
/** Beside pictures that are not square, so that white ones can be told from it. */
const TILE_GROUND = '#d8d8d8';
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
    strips.push({ split, domain, images: files.length, pixels: await beside(tiles), width: stripWidth(tiles.length), height: TILE });
  }
  return strips;
}

const stripWidth = (tiles: number): number => tiles * (TILE + GAP) - GAP;

/** A whole picture, its shape kept. */
async function tileOf(file: string): Promise<Buffer> {
  try {
    const { width, height, data } = await decodeImage(file);
    return await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .resize(TILE, TILE, { fit: 'contain', background: TILE_GROUND })
      .raw()
      .toBuffer();
  } catch {
    return BROKEN;
  }
}

function beside(tiles: readonly Buffer[]): Promise<Buffer> {
  const raw = { width: TILE, height: TILE, channels: 3 } as const;
  return sharp({ create: { width: stripWidth(tiles.length), height: TILE, channels: 3, background: GROUND } })
    .composite(tiles.map((input, i) => ({ input, raw, left: i * (TILE + GAP), top: 0 })))
    .removeAlpha()
    .raw()
    .toBuffer();
}

/**
 * All strips below each other, each below the name of its domain, the split and the number of images. The text is set in
 * a font of the system; where there is none, boxes stand in its place.
 *
 * @param strips at least one
 * @returns a PNG file
 */
export async function contactSheet(strips: readonly ContactStrip[]): Promise<Buffer> {
  const width = Math.max(LEAST_WIDTH, ...strips.map((strip) => strip.width)) + 2 * GAP;
  const row = LABEL + TILE + GAP;
  const labels = await Promise.all(strips.map((strip) => labelOf(strip, width - 2 * GAP)));
  return sharp({ create: { width, height: strips.length * row, channels: 3, background: GROUND } })
    .composite(
      strips.flatMap(({ pixels, width: columns, height }, i) => [
        { input: labels[i]!, left: GAP, top: i * row + GAP },
        { input: pixels, raw: { width: columns, height, channels: 3 as const }, left: GAP, top: i * row + LABEL },
      ]),
    )
    .removeAlpha()
    .png()
    .toBuffer();
}

/** Pixels of the split and the number of images, and of a letter of the name, generously. */
const COUNT_WIDTH = 200;
const LETTER_WIDTH = 9;

async function labelOf({ split, domain, images }: ContactStrip, width: number): Promise<Buffer> {
  const name = printablePath(domain);
  const most = Math.floor((width - COUNT_WIDTH) / LETTER_WIDTH);
  const shown = name.length > most ? `${name.slice(0, most)}…` : name;
  const text = `<b>${escapeMarkup(shown)}</b>  ${split}, ${counted(images, 'image')}`;
  const drawn = await sharp({ text: { text, font: 'sans 10', dpi: 96, rgba: true } })
    .png()
    .toBuffer({ resolveWithObject: true });
  const [columns, rows] = [Math.min(drawn.info.width, width), Math.min(drawn.info.height, LABEL - GAP)];
  return sharp(drawn.data).extract({ left: 0, top: 0, width: columns, height: rows }).png().toBuffer();
}

const escapeMarkup = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

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
