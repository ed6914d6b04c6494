import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageNames, root } from './consumer-project.mjs';
import { readManifest } from './workspace.mjs';

/** The same type in both: the optimisers do without the operations, and their doc comments speak of weights and gradients. */
const SAME = new Set(['Parameters']);

/** Names that a package declares itself, of all its entries: what it only passes on has its meaning from where it comes. */
function declaredBy(name) {
  const folder = join(root, 'packages', name);
  const { exports } = readManifest(folder);
  const files = Object.values(exports)
    .flatMap((entry) => (typeof entry === 'string' ? [] : Object.values(entry)))
    .map((file) => join(folder, file.replace(/^\.\/dist\/(.*?)(\.d\.ts|\.js)$/, 'src/$1.ts')));
  const code = [...new Set(files)]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return [...code.matchAll(/^export (?:type )?\{([^}]*)\} from '\./gm)]
    .flatMap(([, names]) => names.split(','))
    .map((each) =>
      each
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((each) => each !== '');
}

test('no two packages declare something of one name', () => {
  const owners = new Map();
  for (const name of packageNames) {
    for (const each of new Set(declaredBy(name))) owners.set(each, [...(owners.get(each) ?? []), name]);
  }
  expect(owners.size).toBeGreaterThan(800);
  const shared = [...owners].filter(([name, packages]) => packages.length > 1 && !SAME.has(name));
  expect(Object.fromEntries(shared)).toEqual({});
});
