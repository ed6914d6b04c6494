import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/stargan-backend.js', import.meta.url));

/**
 * The command line that runs `stargan-backend install` from where the reader is. `npx` is named only where it finds the
 * program in the project: elsewhere it would fetch, and run, whatever has that name on npm.
 *
 * @param options as in `--force`
 */
export function installCommand(options = '', folder = process.cwd()): string {
  const found = existsSync(join(folder, 'node_modules', '.bin', 'stargan-backend'));
  const path = relative(folder, program);
  const file = path.startsWith('..') ? program : path;
  const command = found ? 'npx stargan-backend' : `node ${/^[\w@%+=:,./-]+$/.test(file) ? file : JSON.stringify(file)}`;
  return [command, 'install', options].filter((part) => part !== '').join(' ');
}
