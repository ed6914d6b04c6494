import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Modules by the name of their file, in the order of names. */
export type Modules = Record<string, Readonly<Record<string, unknown>>>;

/**
 * Loads every module of a folder of the sources. What is there is read from the sources, since the built folder keeps
 * files whose sources are gone.
 *
 * @param folder below `src`; where it is not there, it holds nothing
 * @throws when a source is not built
 */
export async function loadModules(folder: string): Promise<Modules> {
  const sources = await readdir(join(import.meta.dirname, '../src', folder)).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = sources.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => file.slice(0, -'.ts'.length));
  const modules: Modules = {};
  for (const name of names.sort()) modules[name] = await load(folder, name);
  return modules;
}

async function load(folder: string, name: string): Promise<Modules[string]> {
  const file = join(import.meta.dirname, folder, name + extname(import.meta.filename));
  try {
    return (await import(pathToFileURL(file).href)) as Modules[string];
  } catch (error) {
    // Also what a module imports may be missing: then the message names that.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(file)) throw error;
    throw new Error(`${folder}/${name}.ts is not built; run pnpm build`, { cause: error });
  }
}
