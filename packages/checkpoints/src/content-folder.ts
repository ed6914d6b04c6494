import type { FileContent, ReadableFolder } from './readable-folder.js';

/** Gives the content of a file; undefined where there is none. */
type Lookup = (name: string) => Promise<FileContent | undefined>;

/** The bytes of a file's content. */
async function bytesOf(content: FileContent): Promise<ArrayBuffer | Uint8Array> {
  return content instanceof Blob ? content.arrayBuffer() : content;
}

/** SHA-256 by the Web Crypto API, which browsers have on secure pages alone. */
async function digest(content: FileContent): Promise<string> {
  // Declared as always there, which it is not in a browser.
  const { subtle } = globalThis.crypto as { readonly subtle?: typeof globalThis.crypto.subtle };
  if (subtle === undefined)
    throw new Error(
      "checksums need a secure page (https, or localhost); serve the page so, or give verify: 'sizes' to compare sizes alone",
    );
  const hash = await subtle.digest('SHA-256', await bytesOf(content));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The methods of a folder whose files are got as a whole. */
export function contentMethods(
  locate: ReadableFolder['locate'],
  lookup: Lookup,
): Pick<ReadableFolder, 'content' | 'locate' | 'sha256' | 'size' | 'text'> {
  const content = async (name: string): Promise<FileContent> => {
    const found = await lookup(name);
    if (found === undefined) throw new Error(`${locate(name)} is missing`);
    return found;
  };
  return {
    locate,
    content,
    async size(name) {
      const found = await lookup(name);
      return found instanceof Blob ? found.size : found?.byteLength;
    },
    sha256: async (name) => digest(await content(name)),
    async text(name) {
      const found = await lookup(name);
      return found === undefined ? undefined : new TextDecoder().decode(await bytesOf(found));
    },
  };
}
