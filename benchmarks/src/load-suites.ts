import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Suite } from './suite.js';

const FOLDER = join(import.meta.dirname, 'suites');

/** Every file of the folder `suites`, by name. @throws when a file does not export a `suite` */
export async function loadSuites(): Promise<Suite[]> {
  const files = (await readdir(FOLDER)).filter((file) => /\.(js|ts)$/.test(file) && !/\.(d|test)\.ts$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const { suite } = (await import(pathToFileURL(join(FOLDER, file)).href)) as { suite?: Suite };
      if (suite === undefined) throw new Error(`suites/${file}: expected an export named suite, got none; see the README`);
      return suite;
    }),
  );
}
