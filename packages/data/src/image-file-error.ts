import { printablePath } from './path-names.js';

/** An image file that cannot be used: missing, empty, truncated, corrupt, of another format or too large. */
export class ImageFileError extends Error {
  override readonly name = 'ImageFileError';

  /**
   * @param file path of the image, or what else it is called
   * @param reason what is wrong with it
   * @param remedy what to do about it
   */
  constructor(
    readonly file: string,
    readonly reason: string,
    readonly remedy = 'repair or remove the file',
  ) {
    super(`${printablePath(file)}: ${reason}; ${remedy}`);
  }
}
