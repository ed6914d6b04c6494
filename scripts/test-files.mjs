import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entriesOf, publicPackages, workspaceFolders } from './workspace.mjs';

/**
 * The test files of a repository, relative to it.
 *
 * @param {string} root the repository
 */
export function testFiles(root) {
  const within = (folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      : [];
  const beside = readdirSync(join(root, 'examples')).map((file) => `examples/${file}`);
  return [...workspaceFolders(root).map((folder) => `${folder}/src`), 'scripts']
    .flatMap(within)
    .concat(beside)
    .filter((file) => /\.test\.(ts|mjs)$/.test(file))
    .sort();
}

const IMPORTS = /^(?:import|export) (?!type\b)(?:[^;'"]*?\bfrom )?'([^']+)'|\bimport\('([^']+)'\)/gm;

/**
 * Tells which files reach tensorflow.js by their imports, however indirectly: their tests need a runtime.
 *
 * @param {string} root the repository
 * @returns {(file: string) => boolean} of a path relative to it
 */
export function tensorReach(root) {
  const packages = publicPackages(root).flatMap((one) => entriesOf(one, root));
  const entries = new Map(packages.map(({ name, source }) => [name, join(root, source)]));
  const targetOf = (specifier, from) => {
    if (!specifier.startsWith('.')) return entries.get(specifier);
    const path = join(dirname(from), specifier);
    return [path.replace(/\.js$/, '.ts'), path].find((candidate) => existsSync(candidate));
  };
  const known = new Map();
  const importsOf = (file) => {
    if (!known.has(file)) {
      const specifiers = [...readFileSync(file, 'utf8').matchAll(IMPORTS)].map(([, fixed, later]) => fixed ?? later);
      known.set(file, {
        tensors: specifiers.some((one) => one.startsWith('@tensorflow/')),
        files: specifiers.map((one) => targetOf(one, file)).filter((one) => one !== undefined),
      });
    }
    return known.get(file);
  };
  return (start) => {
    const seen = new Set([join(root, start)]);
    for (const file of seen) {
      const { tensors, files } = importsOf(file);
      if (tensors) return true;
      for (const next of files) seen.add(next);
    }
    return false;
  };
}

/**
 * Tells which test files need a process of their own: those that replace modules, which others may have loaded, and those that say
 * so in a line that begins with `// In a process of its own: ` and gives the reason.
 *
 * @param {string} root the repository
 * @returns {(file: string) => boolean} of a path relative to it
 */
export function ownProcess(root) {
  return (file) => /\bvi\.(mock|doMock)\(|^\/\/ In a process of its own: /m.test(readFileSync(join(root, file), 'utf8'));
}
