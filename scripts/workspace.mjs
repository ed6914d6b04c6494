// What the workspaces of the repository are, from pnpm-workspace.yaml, so that no script has to list them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root as repository } from './run.mjs';

/** The package.json of a folder. */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * Folders of the workspaces, relative to the root, with slashes, sorted.
 *
 * @param {string} [root] the repository, by default this one
 */
export function workspaceFolders(root = repository) {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const globs = [...(/^packages:\n((?: +- .*\n?)+)/m.exec(text)?.[1] ?? '').matchAll(/^ +- ['"]?([^'"\s]+)/gm)].map(([, glob]) => glob);
  return globs
    .flatMap((glob) => {
      if (!glob.endsWith('/*')) return [glob];
      const parent = glob.slice(0, -2);
      return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort();
}

/**
 * The packages that are for others to install: all workspaces that are not private.
 *
 * @param {string} [root] the repository, by default this one
 * @returns {{ folder: string, name: string, manifest: object }[]} by folder
 */
export function publicPackages(root = repository) {
  return workspaceFolders(root)
    .map((folder) => {
      const manifest = readManifest(join(root, folder));
      return { folder, name: manifest.name, manifest };
    })
    .filter(({ manifest }) => manifest.private !== true);
}

/**
 * Entries of a package's `exports` that have types, with the source that each is built from.
 *
 * @param {ReturnType<typeof publicPackages>[number]} one
 * @param {string} [root] the repository, by default this one
 * @returns {{ name: string, source: string }[]} the name that users import, and a path relative to the root
 * @throws Error when an entry has no source file
 */
export function entriesOf({ folder, name, manifest }, root = repository) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([key, { types }]) => {
      const source = `${folder}/${types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts')}`;
      if (!existsSync(join(root, source)))
        throw new Error(`${folder}/package.json: exports["${key}"] must have a source file, and there is no ${source}`);
      return { name: key === '.' ? name : `${name}${key.slice(1)}`, source };
    });
}
