import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageNames, root } from './consumer-project.mjs';

/** Names that a package exports, types included. */
function exportsOf(name) {
  const code = readFileSync(join(root, 'packages', name, 'dist', 'index.d.ts'), 'utf8');
  return [...code.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, names]) => names.split(',').map((each) => each.trim().replace(/^type /, '')))
    .filter((each) => each !== '');
}

/**
 * Uses of every export, as a project of a user would write them, to be compiled there.
 *
 * @returns {Record<string, string>} code by name
 * @throws Error naming the exports that no such module uses
 */
export function everyExport() {
  const found = {};
  for (const name of packageNames) {
    const file = join(root, 'testing', 'consumer', `${name}.ts`);
    if (!existsSync(file)) continue;
    const code = readFileSync(file, 'utf8');
    const unused = exportsOf(name).filter(
      (each) => !new RegExp(`\\b${each}\\b`).test(code.replace(/^import [^]*?from '@stargan[^']*';$/gm, '')),
    );
    if (unused.length > 0)
      throw new Error(`testing/consumer/${name}.ts must use every export of @stargan/${name}; it lacks ${unused.join(', ')}`);
    found[`uses-${name}`] = code;
  }
  return found;
}
