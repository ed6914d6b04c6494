import { contentMethods } from './content-folder.js';
import { messageOf } from './file-errors.js';
import type { FileContent, ReadableFolder } from './readable-folder.js';

/** Statuses that say that there is no such file. */
const MISSING = [404, 410];

async function download(url: string): Promise<ArrayBuffer | undefined> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`${url} cannot be fetched: ${messageOf(error)}`, { cause: error });
  });
  if (response.ok) return response.arrayBuffer();
  await response.body?.cancel();
  if (MISSING.includes(response.status)) return undefined;
  throw new Error(`${url} cannot be fetched: the server answers ${String(response.status)} ${response.statusText}`.trimEnd());
}

/**
 * A folder on a web server. A file is fetched once, and kept as long as the folder is.
 *
 * @param base its URL; in a page also relative to the page's
 */
export function webFolder(base: string, fetched = new Map<string, Promise<FileContent | undefined>>()): ReadableFolder {
  const path = base.replace(/\/+$/, '');
  const locate = (name: string): string => `${path}/${name}`;
  const lookup = (name: string): Promise<FileContent | undefined> => {
    const url = locate(name);
    const content = fetched.get(url) ?? download(url);
    fetched.set(url, content);
    return content;
  };
  return {
    path,
    ...contentMethods(locate, lookup),
    folder: (name) => webFolder(locate(name), fetched),
    folders: () => Promise.resolve(undefined),
  };
}
