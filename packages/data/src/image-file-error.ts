import { printablePath } from './path-names.js';

/**
 * What makes an image file unusable:
 * - `unreadable`: missing, not a regular file, or not to be read by this user;
 * - `not-an-image`: no picture of a known kind;
 * - `unsupported`: a picture, probably whole, of a kind that is not read;
 * - `damaged`: truncated or corrupt;
 * - `too-large`: more pixels, or more memory to decode, than allowed;
 * - `box-outside`: whole, but the box that it is to be cropped around lies outside.
 */
export type ImageFileProblem = 'unreadable' | 'not-an-image' | 'unsupported' | 'damaged' | 'too-large' | 'box-outside';

const remedies: Readonly<Record<ImageFileProblem, string>> = {
  unreadable: 'repair or remove the file',
  'not-an-image': 'convert or remove the file',
  unsupported: 'convert or remove the file',
  damaged: 'repair or remove the file',
  'too-large': 'make the image smaller or raise maxPixels',
  'box-outside': 'correct the box: pixels of this very picture, upright',
};

/** An image file that cannot be used: missing, empty, truncated, corrupt, of another format or too large. */
export class ImageFileError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'ImageFileError';

  /**
   * @param file path of the image, or what else it is called
   * @param reason what is wrong with it
   * @param remedy what to do about it
   * @param problem the kind of fault, for those who count them
   */
  constructor(
    readonly file: string,
    readonly reason: string,
    readonly remedy = 'repair or remove the file',
    readonly problem: ImageFileProblem = 'damaged',
  ) {
    super(`${printablePath(file)}: ${reason}; ${remedy}`);
  }
}

/** A file's fault before the file has a name: thrown inside the decoder, and given the name at its edge. */
export class ImageFault extends Error {
  override readonly name = 'ImageFault';

  /**
   * @param problem the kind of fault
   * @param reason what is wrong
   * @param remedy what to do about it
   */
  constructor(
    readonly problem: ImageFileProblem,
    readonly reason: string,
    readonly remedy: string = remedies[problem],
  ) {
    super(reason);
  }

  /** The fault of a file with this name. */
  in(file: string): ImageFileError {
    return new ImageFileError(file, this.reason, this.remedy, this.problem);
  }
}
