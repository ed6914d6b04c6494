import { createPackageFromTarballData, checkPackage } from '@arethetypeswrong/core';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { readManifest } from './workspace.mjs';

/** Fails unless an installed package has what it needs, and nothing that it should not have. */
export function checkContents(folder, name) {
  checkFiles(folder, name);
  checkManifest(readManifest(folder), name);
  for (const path of Object.keys(readManifest(folder).exports)) checkImports(folder, path);
}

/** Fails unless publint and are-the-types-wrong find nothing wrong with a tarball. */
export async function checkTarball(tarball) {
  const content = readFileSync(tarball);
  await Promise.all([lint(content), checkResolution(content)]);
}

function checkFiles(folder, name) {
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  for (const needed of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']) {
    if (!files.includes(needed)) throw new Error(`${needed} is not in the package`);
  }
  const tests = files.filter((file) => /\.test\.|(^|\/)testing(\/|$)/.test(file));
  if (tests.length > 0) throw new Error(`test code is in the package: ${tests.join(', ')}`);
  // Typed arrays are generic since TypeScript 5.7 only: before, such a type is silently any.
  for (const file of files.filter((each) => each.endsWith('.d.ts'))) {
    if (/\b\w+Array<ArrayBuffer/.test(readFileSync(join(folder, file), 'utf8')))
      throw new Error(`@stargan/${name}: ${file} has a typed array with a type argument`);
  }
}

function checkManifest(manifest, name) {
  if (JSON.stringify(manifest).includes('workspace:')) throw new Error('package.json still has a workspace: version');
  const { dependencies = {}, peerDependencies = {} } = manifest;
  const needs = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  // The losses are for any GAN: they bring nothing along.
  if (name === 'losses' && needs.join() !== '@tensorflow/tfjs-core')
    throw new Error(`losses must depend on tfjs-core alone, not on ${needs.join(', ')}`);
}

/**
 * Fails where an entry reaches an import that the package does not declare, or one for browsers a module of Node.js; what is
 * optional is for other entries than the main one.
 */
function checkImports(folder, path) {
  const { name, exports, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(folder);
  const peers = Object.keys(peerDependencies).filter((peer) => path !== '.' || !peerDependenciesMeta[peer]?.optional);
  const declared = new Set([...Object.keys(dependencies), ...peers]);
  const seen = new Set();
  const visit = (file, isForBrowsers = false) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier), isForBrowsers);
      else if (isForBrowsers && specifier.startsWith('node:'))
        throw new Error(`${name}${path.slice(1)}: ${relative(folder, file)}, which browsers take, imports ${specifier}`);
      else if (!specifier.startsWith('node:') && !declared.has(packageOf(specifier))) {
        throw new Error(
          `${name}${path.slice(1)}: ${relative(folder, file)} imports ${specifier}, which package.json does not declare for it`,
        );
      }
    }
  };
  const { browser, default: main } = exports[path];
  if (browser !== undefined) visit(join(folder, browser), true);
  visit(join(folder, main));
}

/** What is imported when a file is; `import()` may look for what is optional. */
function importsOf(code) {
  return [...code.matchAll(/^(?:import|export)(?: [^;'"=()]*?\bfrom)? ['"]([^'"]+)['"];?$/gm)].map(([, specifier]) => specifier);
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

async function lint(content) {
  const { messages, pkg } = await publint({ pack: { tarball: Uint8Array.from(content).buffer }, strict: true });
  const faults = messages.filter(({ type }) => type !== 'suggestion');
  if (faults.length > 0) throw new Error(`publint: ${faults.map((message) => formatMessage(message, pkg, { color: false })).join('; ')}`);
}

// ES modules only, as every README says at its top.
const KNOWN_PROBLEMS = ['CJSResolvesToESM'];

/** Are the types wrong? From `node` (10) on, for every entry. */
async function checkResolution(content) {
  const { problems = [] } = await checkPackage(createPackageFromTarballData(content));
  const faults = problems.filter(({ kind }) => !KNOWN_PROBLEMS.includes(kind));
  if (faults.length > 0) throw new Error(`are the types wrong? ${faults.map((fault) => JSON.stringify(fault)).join('; ')}`);
}
