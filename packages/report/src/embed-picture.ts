import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { Picture, PictureRow } from './document.js';
import { escapeHtml } from './html.js';

const MEBIBYTE = 2 ** 20;

/** The most that pictures take up in a page, so that browsers and mail programs still open it. */
export interface PictureBudget {
  /** Largest picture file in bytes; a larger one is shown reduced. */
  readonly pictureBytes: number;
  /** Bytes of all pictures together; beyond that they are linked. */
  readonly pageBytes: number;
}

const BUDGET: PictureBudget = { pictureBytes: MEBIBYTE, pageBytes: 16 * MEBIBYTE };

/** Largest height and width of reduced pictures, about what screens show. */
const REDUCED_SIZE = 1280;

/** The same for pictures that a slider passes over. */
const PASSED_SIZE = 800;

/** A picture file, and the iteration that it shows. */
export interface PictureFile {
  /** The iteration. */
  readonly iteration: number;
  /** The file: PNG or WebP, which its name tells; what moves keeps moving. */
  readonly file: string;
}

/** Puts pictures into a page until it is full. */
export interface PictureEmbedder {
  /**
   * The picture with its caption as HTML: in full, reduced with a link to the file, or only a link.
   *
   * @param file the picture
   * @param caption as text
   */
  figure(file: string, caption: string): Promise<string>;
  /**
   * Pictures through time: the last one as {@link PictureEmbedder.figure} shows it, and as many of the earlier ones, reduced
   * and evenly spread, as there is room for.
   *
   * @param kind name of the row
   * @param caption as text
   * @param files oldest first
   * @returns undefined when there are none, or the last cannot be shown
   */
  row(kind: string, caption: string, files: readonly PictureFile[]): Promise<PictureRow | undefined>;
}

/** Earlier pictures of a row that a page holds at most. */
const PASSED_PICTURES = 15;

/**
 * Embeds pictures in a page that is one file.
 *
 * @param page path of the page's file, from which links start
 * @param budget the most that pictures take up
 */
export function createPictureEmbedder(page: string, { pictureBytes, pageBytes }: PictureBudget = BUDGET): PictureEmbedder {
  let left = pageBytes;
  const take = (bytes: Buffer): boolean => {
    if (bytes.length > left) return false;
    left -= bytes.length;
    return true;
  };
  const link = (file: string): string => {
    const way = path.relative(path.dirname(page), file).split(path.sep).map(encodeURIComponent).join('/');
    return `<a href="${escapeHtml(way)}">${escapeHtml(path.basename(file))}</a>`;
  };
  const url = (type: string, bytes: Buffer): string => `data:image/${type};base64,${bytes.toString('base64')}`;
  const html = (image: string, caption: string, remark = ''): string =>
    `<figure>${image}<figcaption>${escapeHtml(caption)}${remark}</figcaption></figure>`;
  /** The address of a picture in the page, and what is to be said of it; no address where there is no room. */
  const embed = async (file: string): Promise<{ source?: string; remark: string }> => {
    try {
      const { size } = await stat(file);
      if (size <= Math.min(pictureBytes, left)) {
        const whole = await readFile(file);
        if (take(whole)) return { source: url(path.extname(file).slice(1), whole), remark: '' };
      }
      if (left <= 0) return { remark: ` ${link(file)}` };
      const reduced = await reduce(file, REDUCED_SIZE);
      if (take(reduced)) return { source: url('webp', reduced), remark: ` Reduced; all pixels are in ${link(file)}.` };
      left = 0;
      return { remark: ` The page is full: ${link(file)}` };
    } catch (error) {
      // One missing picture is no reason to have no report.
      return { remark: ` ${link(file)} cannot be shown: ${escapeHtml((error as Error).message)}` };
    }
  };
  return {
    async figure(file, caption) {
      const { source, remark } = await embed(file);
      return html(source === undefined ? '' : `<img src="${source}" alt="${escapeHtml(caption)}">`, caption, remark);
    },
    async row(kind, caption, files) {
      const last = files.at(-1);
      if (last === undefined) return undefined;
      const { source, remark } = await embed(last.file);
      const size = await sizeOf(last.file);
      if (source === undefined || size === undefined) return undefined;
      const passed: Picture[] = [];
      const room = left;
      for (const { iteration, file } of spread(files.slice(0, -1), PASSED_PICTURES)) {
        // Rows that come later have room, too.
        const bytes = await reduce(file, PASSED_SIZE).catch(() => undefined);
        if (bytes !== undefined && left - bytes.length >= room / 2 && take(bytes)) passed.push({ iteration, source: url('webp', bytes) });
      }
      const shown = escapeHtml(caption) + remark;
      return { kind, caption: shown, ...size, pictures: [...passed, { iteration: last.iteration, source }] };
    },
  };
}

const reduce = (file: string, size: number): Promise<Buffer> =>
  // All frames of what moves.
  sharp(file, { animated: true }).resize(size, size, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 80 }).toBuffer();

/** Width and height of a picture; undefined when it cannot be read. */
export async function sizeOf(file: string): Promise<{ width: number; height: number } | undefined> {
  try {
    const { width, height } = await sharp(file).metadata();
    return { width, height };
  } catch {
    return undefined;
  }
}

/** At most `count` of the items, evenly spread, the first among them. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
