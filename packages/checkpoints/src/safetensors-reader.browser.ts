import { contentSource } from './byte-source.js';
import type { FileContent } from './readable-folder.js';
import { openContent, readContent, type SafetensorsContent, type SafetensorsFile } from './safetensors-content.js';

/** As in Node.js, of content alone. @throws where a path is given */
export async function openSafetensors(file: FileContent | string, name = 'safetensors'): Promise<SafetensorsFile> {
  if (typeof file === 'string')
    throw new Error(`openSafetensors: ${file}: a browser has no paths; give the file's content, such as (await fetch(url)).arrayBuffer()`);
  return openContent(name, () => Promise.resolve(contentSource(file)));
}

/** As in Node.js, of content alone. @throws where a path is given */
export async function readSafetensors(file: FileContent | string, name?: string): Promise<SafetensorsContent> {
  return readContent(await openSafetensors(file, name));
}
