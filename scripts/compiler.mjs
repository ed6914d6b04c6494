import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run } from './run.mjs';

/**
 * The program `tsc` of one of the compilers that are installed for the tests.
 *
 * @param {'typescript-oldest' | 'typescript-newest'} alias
 */
export function compilerOf(alias) {
  const { resolve } = createRequire(join(root, 'testing', 'package.json'));
  return join(dirname(resolve(`${alias}/package.json`)), 'bin', 'tsc');
}

/**
 * What Node.js is called with to compile packages, all by default, where they have changed. TypeScript 7 does so several times as fast as
 * TypeScript 6, which is there for its interface: ESLint, TypeDoc and scripts are written for that.
 *
 * @param {string[]} folders of packages
 */
export const compileArguments = (...folders) => [compilerOf('typescript-newest'), '-b', ...folders];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await run(process.execPath, compileArguments(...process.argv.slice(2)));
