import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '@stargan/backend';
import sharp from 'sharp';
import { escapeHtml } from './page.js';

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

/** Puts pictures into a page until it is full. */
export interface PictureEmbedder {
  /** The picture with its caption as HTML: in full, reduced with a link to the file, or only a link. */
  figure(file: string, caption: string): Promise<string>;
}

/**
 * Embeds pictures in a page.
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
  const html = (image: string, caption: string, remark = ''): string =>
    `<figure>${image}<figcaption>${escapeHtml(caption)}${remark}</figcaption></figure>`;
  const image = (type: string, bytes: Buffer, caption: string): string =>
    `<img src="data:image/${type};base64,${bytes.toString('base64')}" alt="${escapeHtml(caption)}">`;
  return {
    async figure(file, caption) {
      try {
        const { size } = await stat(file);
        if (size <= Math.min(pictureBytes, left)) {
          const whole = await readFile(file);
          if (take(whole)) return html(image(path.extname(file).slice(1), whole, caption), caption);
        }
        if (left <= 0) return html('', caption, ` ${link(file)}`);
        // All frames of what moves.
        const reduced = await sharp(file, { animated: true })
          .resize(REDUCED_SIZE, REDUCED_SIZE, { fit: 'inside', withoutEnlargement: true })
          .webp({ quality: 80 })
          .toBuffer();
        if (!take(reduced)) {
          left = 0;
          return html('', caption, ` The page is full: ${link(file)}`);
        }
        return html(image('webp', reduced, caption), caption, ` Reduced; all pixels are in ${link(file)}.`);
      } catch (error) {
        // One missing picture is no reason to have no report.
        return html('', caption, ` ${link(file)} cannot be shown: ${escapeHtml(describeError(error))}`);
      }
    },
  };
}
