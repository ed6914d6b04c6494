/**
 * Reads image files; `loadImages` of `@stargan/data` is one. It is an argument, so that this package decodes no files.
 *
 * @returns [files, size, size, 3] in [-1, 1]
 */
export type LoadImages = (files: readonly string[], size: number) => Promise<Float32Array>;

/** An image file. */
export interface ImageFile {
  /** Its path. */
  readonly file: string;
}

/** Images of one domain, by what an evaluation uses them for. */
export interface EvaluationDomain<File extends ImageFile = ImageFile> {
  /** The domain. */
  readonly name: string;
  /** Validation images that are translated. */
  readonly sources: readonly File[];
  /** Validation images that styles are taken from: all of them. */
  readonly references: readonly File[];
  /** Training images that translations are compared with. */
  readonly reals: readonly File[];
  /** Training images that the domain classifier learns from. */
  readonly examples: readonly File[];
}
