/** The bytes of a file, however a program holds them; a `File` that somebody picked in a browser is a `Blob`. */
export type FileContent = ArrayBuffer | Blob | Uint8Array;

/** A folder that is read: on a disk, on a web server, or in memory. */
export interface ReadableFolder {
  /** Where it is, for messages. */
  readonly path: string;
  /**
   * Where a file of it is, for messages.
   *
   * @param name path of the file within the folder, with `/` between names
   */
  locate(name: string): string;
  /**
   * A folder within it, whether or not it exists.
   *
   * @param name its path within this one, with `/` between names
   */
  folder(name: string): ReadableFolder;
  /** Names of the folders within it: none where it does not exist, undefined where they cannot be known, as on a web server. */
  folders(): Promise<readonly string[] | undefined>;
  /**
   * Bytes of a file; undefined where there is none.
   *
   * @param name path of the file within the folder, with `/` between names
   */
  size(name: string): Promise<number | undefined>;
  /**
   * SHA-256 of a file in hexadecimal digits.
   *
   * @param name path of the file within the folder, with `/` between names
   */
  sha256(name: string): Promise<string>;
  /**
   * A file as text; undefined where there is none.
   *
   * @param name path of the file within the folder, with `/` between names
   */
  text(name: string): Promise<string | undefined>;
  /**
   * A file as `openSafetensors` takes it: its bytes, or its path on a disk.
   *
   * @param name path of the file within the folder, with `/` between names
   */
  content(name: string): Promise<FileContent | string>;
}
