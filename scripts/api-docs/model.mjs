import { join, relative } from 'node:path';
import { Application, ReflectionKind } from 'typedoc';
import ts from 'typescript';
import { keepDeclaredTypes } from './declared-types.mjs';

/**
 * What the packages export, from their sources: no build is needed, and a type of another package is its declaration.
 *
 * @param {string} root the repository
 * @param {ReturnType<import('./packages.mjs').listPackages>} packages
 * @returns {Promise<Map<string, import('typedoc').DeclarationReflection[]>>} the exports of each entry, by the entry's
 *   name; one that is a re-export is a reference to its declaration
 */
export async function readModel(root, packages) {
  const entries = packages.flatMap((one) => one.entries);
  const program = ts.createProgram(
    entries.map(({ source }) => join(root, source)),
    compilerOptions(root, entries),
  );
  const app = await Application.bootstrap({
    disableGit: true,
    sourceLinkTemplate: '{path}',
    basePath: root,
    excludeExternals: true,
    sort: ['source-order'],
    logLevel: 'Error',
  });
  keepDeclaredTypes(app);
  const project = app.converter.convert(
    entries.map(({ name, source }) => {
      const sourceFile = program.getSourceFile(join(root, source));
      if (sourceFile === undefined) throw new Error(`${source}: TypeScript could not read it`);
      return { displayName: name, program, sourceFile };
    }),
  );
  // With one entry its exports are the project's own.
  const modules = project.getChildrenByKind(ReflectionKind.Module);
  return new Map(
    entries.map(({ name }) => [name, (entries.length === 1 ? project : modules.find((one) => one.name === name))?.children ?? []]),
  );
}

function compilerOptions(root, entries) {
  const { config, error } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const { options } = ts.parseJsonConfigFileContent({ compilerOptions: config.compilerOptions, files: [] }, ts.sys, root);
  const paths = Object.fromEntries(entries.map(({ name, source }) => [name, [join(root, source)]]));
  return { ...options, composite: false, incremental: false, declaration: false, declarationMap: false, noEmit: true, paths };
}

/** The declaration behind an export. */
export function declarationOf(reflection) {
  return reflection.isReference() ? reflection.getTargetReflectionDeep() : reflection;
}

/** File that an export is declared in, relative to the root, with slashes; undefined when it comes from elsewhere. */
export function fileOf(root, reflection) {
  const found = reflection.sources?.[0] ?? reflection.signatures?.[0]?.sources?.[0];
  return found === undefined ? undefined : relative(root, found.fullFileName).replaceAll('\\', '/');
}
