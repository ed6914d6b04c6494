import { contentMethods } from './content-folder.js';
import type { FileContent, ReadableFolder } from './readable-folder.js';

/** `./run\config.json` as `run/config.json`. */
const normalised = (name: string): string => name.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');

/** The folders that all names have in common, with a slash at the end: what is picked as a folder begins with its name. */
function commonFolder(names: readonly string[]): string {
  const parts = (names[0] ?? '').split('/').slice(0, -1);
  while (!names.every((name) => name.startsWith(parts.map((part) => `${part}/`).join('')))) parts.pop();
  return parts.map((part) => `${part}/`).join('');
}

/**
 * A folder in memory.
 *
 * @param files content by name; `/` in a name separates folders, and folders that all names begin with are left out
 */
export function memoryFolder(files: Readonly<Record<string, FileContent>>): ReadableFolder {
  const named = new Map(Object.entries(files).map(([name, content]) => [normalised(name), content]));
  const common = commonFolder([...named.keys()]);
  return within(named, common);
}

function within(files: ReadonlyMap<string, FileContent>, prefix: string): ReadableFolder {
  return {
    path: prefix === '' ? 'the folder given as files' : prefix.slice(0, -1),
    ...contentMethods(
      (name) => prefix + name,
      (name) => Promise.resolve(files.get(prefix + name)),
    ),
    folder: (name) => within(files, `${prefix}${name}/`),
    folders() {
      const rest = [...files.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
      return Promise.resolve([...new Set(rest.filter((name) => name.includes('/')).map((name) => name.slice(0, name.indexOf('/'))))]);
    },
  };
}
