/** An image file. */
export interface ImageFile {
  /** Path of the file, as {@link LoadImages} takes it. */
  readonly file: string;
}

/**
 * Reads image files at a size, such as `loadImages` of `@stargan/data` does: [files, size, size, 3] in [-1, 1].
 */
export type LoadImages = (files: readonly string[], size: number) => Promise<Float32Array>;

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
