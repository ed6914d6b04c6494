import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** Options of an entry, as yazl takes them. */
export interface ZipEntryOptions {
  readonly mode?: number;
  readonly compress?: boolean;
}

/** Packs contents by path. */
export async function zipOf(contents: readonly (readonly [path: string, content: Buffer, options?: ZipEntryOptions])[]): Promise<Buffer> {
  const zip = new ZipFile();
  const mtime = new Date(0);
  for (const [path, content, options] of contents) zip.addBuffer(content, path, { mtime, ...options });
  zip.end();
  return buffer(zip.outputStream);
}

/** Offsets of the entries in the list at the end of an archive, in their order. */
export function listedAt(zip: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4, 'latin1')) offsets.push(at);
  return offsets;
}

/** Replaces a name in an archive by another of the same length, wherever it stands. */
export function renamed(zip: Buffer, from: string, to: string | Buffer): Buffer {
  const copy = Buffer.from(zip);
  const bytes = Buffer.from(to);
  if (bytes.length !== from.length) throw new Error(`${from} and its replacement must be of one length`);
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + 1)) bytes.copy(copy, at);
  return copy;
}
