import { stat } from 'node:fs/promises';
import path from 'node:path';
import { printablePath } from '@stargan/data';
import type { NamedStyle } from './choose-styles.js';
import { distinctNames, portablePart } from './output-names.js';
import { RequestError } from './request-error.js';

/**
 * Names a file for every style: the given one for a single style; of several, each adds the style's name to it.
 *
 * @param file path that ends in `.safetensors`
 * @param styles to be kept with `writeStyle`
 * @param overwrite whether files may be there already
 * @returns a path for each, no two of them equal
 * @throws RequestError naming a file that is there already
 */
export async function planStyleFiles(file: string, styles: readonly Pick<NamedStyle, 'name'>[], overwrite = false): Promise<string[]> {
  const { dir, name, ext } = path.parse(file);
  const names = distinctNames(styles.map((style) => (styles.length === 1 ? name : `${name}-${portablePart(style.name)}`)));
  const files = names.map((one) => path.join(dir, `${one}${ext}`));
  for (const one of overwrite ? [] : files) {
    if ((await stat(one).catch(() => undefined)) !== undefined)
      throw new RequestError(`the style ${printablePath(one)} is there already; overwrite it, or name another file`);
  }
  return files;
}
