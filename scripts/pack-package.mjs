import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compileArguments } from './compiler.mjs';
import { root } from './run.mjs';
import { installDependencies } from './setup.mjs';
import { capture, packAll, publicPackages, requiredPeers, withDependencies } from './tarballs.mjs';

const USAGE = `Usage: pnpm pack-package NAME [--out DIR]

Makes tarballs of a package and of those of this repository that it needs, and prints the line that installs them in
another project. DIR is where they go, by default tarballs/ in this repository.
Exit code: 0 packed, 1 failed, 2 wrong usage.`;

const { name, out } = options();
try {
  await installDependencies();
  const needed = withDependencies(name);
  await capture(process.execPath, compileArguments(publicPackages().get(name)));
  mkdirSync(out, { recursive: true });
  const tarballs = await packAll(needed, out);
  console.log(`packed ${needed.join(', ')}. To install ${name}, run this in your project:\n`);
  console.log(['npm', 'install', ...[...tarballs, ...requiredPeers(name)].map(quoted)].join(' '));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      options: { out: { type: 'string', default: join(root, 'tarballs') }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const names = [...publicPackages().keys()];
    const [given = '', ...rest] = positionals;
    const name = names.find((one) => one === given || one === `@stargan/${given}`);
    if (name === undefined || rest.length > 0)
      throw new Error(`NAME must be one of ${names.join(', ')}, got ${positionals.join(' ') || 'none'}`);
    if (values.out === '') throw new Error('--out must name a folder, got an empty text');
    return { name, out: resolve(values.out) };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** A word as a shell takes it literally. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
