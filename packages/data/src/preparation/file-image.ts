import { stat } from 'node:fs/promises';
import { pathBytes } from '../path-names.js';
import { withRegularFile } from '../regular-file.js';
import { unreadable, type SourceImage } from './source-image.js';

/** A picture that is a file of its own. */
export function fileImage(file: string, place: Omit<SourceImage, 'file' | 'stamp' | 'open'>): SourceImage {
  return {
    ...place,
    file,
    async stamp() {
      try {
        const { size, mtimeMs } = await stat(pathBytes(file));
        return `${size} bytes, ${new Date(mtimeMs).toISOString()}`;
      } catch (error) {
        throw unreadable(error);
      }
    },
    open: (use) => withRegularFile(file, use),
  };
}
