import { ImageFault } from '../image-file-error.js';
import type { PassedOverCount } from '../passed-over.js';
import type { OpenedFile } from '../regular-file.js';

/** What a picture serves for. */
export type SplitName = 'train' | 'validation';

/** A picture of a source, wherever it lies. */
export interface SourceImage {
  /** What it came from, unique within the source; `/` separates folders. The manifest knows it by this. */
  readonly path: string;
  /** Name of its domain. */
  readonly domain: string;
  /** Path within the domain, with `/`. */
  readonly name: string;
  /** The split that the source itself puts it in, where it has splits. */
  readonly split?: SplitName | undefined;
  /** What a list may call it. */
  readonly listedAs: readonly string[];
  /** Absolute path, where it is a file of its own. */
  readonly file?: string | undefined;
  /**
   * A text that is another one once the picture has changed.
   * @throws ImageFault when it is not there
   */
  stamp(): Promise<string>;
  /**
   * Opens it for the time of `use`.
   * @throws ImageFault when it cannot be read
   */
  open<T>(use: (file: OpenedFile) => Promise<T>): Promise<T>;
}

/** Pictures by domain, to be prepared. */
export interface PreparationSource {
  /** Absolute path of the folder, the CSV file or the archive. */
  readonly location: string;
  /** What kind it is. */
  readonly kind: 'folder' | 'csv' | 'zip';
  /** In a fixed order. */
  readonly images: readonly SourceImage[];
  /** Whether the source has training and validation images apart. */
  readonly hasSplits: boolean;
  /** What is not read, by reason. */
  readonly passedOver: readonly PassedOverCount[];
  /** What was decided and should be known. */
  readonly notes: readonly string[];
  /** Ends the reading. */
  close(): Promise<void>;
}

/** The fault of a picture that is anything but readable. */
export function unreadable(error: unknown): ImageFault {
  if (error instanceof ImageFault) return error;
  return new ImageFault('unreadable', `cannot be read (${error instanceof Error ? error.message : String(error)})`);
}
