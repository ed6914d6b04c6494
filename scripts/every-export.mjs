import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageNames, readManifest, root } from './consumer-project.mjs';

/** Names that a package exports, types included. */
function exportsOf(name) {
  const folder = join(root, 'packages', name);
  // What a browser takes, and all that Node.js does: the same file but where the second adds to the first.
  const files = new Set(['./dist/index.d.ts', readManifest(folder).types]);
  const code = [...files].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  return [...code.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, names]) => names.split(',').map((each) => each.trim().replace(/^type /, '')))
    .filter((each) => each !== '');
}

/** Modules that use a package: `NAME.ts`, and `NAME-PART.ts` where one would be long. */
function modulesOf(name) {
  const folder = join(root, 'testing', 'consumer');
  const files = readdirSync(folder).filter((file) => file === `${name}.ts` || (file.startsWith(`${name}-`) && file.endsWith('.ts')));
  return Object.fromEntries(files.map((file) => [`uses-${file.slice(0, -'.ts'.length)}`, readFileSync(join(folder, file), 'utf8')]));
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
    const modules = modulesOf(name);
    Object.assign(found, modules);
    if (!existsSync(join(root, 'testing', 'consumer', `${name}.ts`))) continue;
    const code = Object.values(modules).join('\n');
    const unused = exportsOf(name).filter(
      (each) => !new RegExp(`\\b${each}\\b`).test(code.replace(/^import [^]*?from '@stargan[^']*';$/gm, '')),
    );
    if (unused.length > 0)
      throw new Error(
        `testing/consumer/${name}.ts, and ${name}-*.ts, must use every export of @stargan/${name}; it lacks ${unused.join(', ')}`,
      );
  }
  return found;
}
