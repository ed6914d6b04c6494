import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages of a repository that have a public surface: `packages/*` and `harness`.
 *
 * @param {string} root the repository
 * @returns {{folder: string, name: string, page: string, description: string, entries: {name: string, source: string}[]}[]}
 *   `folder` and `source` relative to the root, `page` the name of its page; one entry for each of its `exports`
 * @throws when an entry of `exports` has no source file
 */
export function listPackages(root) {
  const folders = readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => `packages/${name}`);
  return [...folders, 'harness'].filter((folder) => existsSync(join(root, folder, 'package.json'))).map((folder) => describe(root, folder));
}

function describe(root, folder) {
  const { name, description = '', exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const entries = Object.entries(exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([key, target]) => {
      const source = `${folder}/${target.types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts')}`;
      if (!existsSync(join(root, source)))
        throw new Error(`${folder}/package.json: exports["${key}"] must have a source file, and there is no ${source}`);
      return { name: key === '.' ? name : `${name}${key.slice(1)}`, source };
    });
  return { folder, name, page: `${name.replace(/^@[^/]+\//, '')}.md`, description, entries };
}
