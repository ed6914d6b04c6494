import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { Application, Comment, Logger, LogLevel, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';
import { entriesOf, publicPackages } from '../workspace.mjs';
import { describeByData } from './data-descriptions.mjs';
import { undocumentedParameters } from './undocumented-parameters.mjs';

const FOLDER = 'docs/api';
const REMEDY = 'run `pnpm docs:api` and commit what it writes';

/**
 * Writes the pages of everything that the packages of a repository export, one for each entry of their `exports`.
 *
 * @param {string} root the repository
 * @param {{ check?: boolean }} [options] with `check` the pages are compared with those that are there, and not written
 * @returns {Promise<{ summary: string, faults: string[] }>} what was done, and a sentence for each fault
 */
export async function apiDocs(root, { check = false } = {}) {
  const packages = publicPackages(root);
  const entries = packages.flatMap((one) => entriesOf(one, root));
  const faults = [];
  const app = await createApplication(root, packages, faults);
  const project = readSources(app, root, packages, entries);
  app.validate(project);
  faults.push(...undocumentedParameters(project));
  const folder = join(root, FOLDER);
  const target = check ? mkdtempSync(join(tmpdir(), 'stargan-api-docs-')) : folder;
  try {
    app.options.setValue('outputs', [{ name: 'markdown', path: target }]);
    await app.generateOutputs(project);
    if (check) faults.push(...differences(target, folder));
  } finally {
    if (check) rmSync(target, { recursive: true });
  }
  const summary = `${entries.length} entries of ${packages.length} packages ${check ? 'checked' : `written to ${FOLDER}`}`;
  return { summary, faults };
}

async function createApplication(root, packages, faults) {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    name: 'API',
    logLevel: 'Warn',
    alwaysCreateEntryPointModule: true,
    readme: 'none',
    basePath: root,
    disableGit: true,
    sourceLinkTemplate: '{path}',
    excludeExternals: true,
    excludePrivate: true,
    sort: ['source-order'],
    hideGenerator: true,
    validation: { notDocumented: true, notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
    packagesRequiringDocumentation: packages.map(({ name }) => name),
    requiredToBeDocumented: [
      'Variable',
      'Function',
      'Class',
      'Interface',
      'Property',
      'Method',
      'Accessor',
      'TypeAlias',
      'Enum',
      'EnumMember',
    ],
    router: 'module',
    flattenOutputFiles: true,
    excludeScopesInPaths: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    expandParameters: true,
    indexFormat: 'table',
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    tableColumnSettings: { hideSources: true, hideModifiers: true },
  });
  app.logger = new FaultLogger(root, faults);
  describeByData(app);
  app.renderer.on(MarkdownPageEvent.END, linkSources);
  return app;
}

/** Keeps warnings and errors, each with the file that it is about. */
class FaultLogger extends Logger {
  constructor(root, faults) {
    super();
    this.root = root;
    this.faults = faults;
  }

  addContext(message, _level, ...[place, file]) {
    const source = file ?? place?.getSourceFile?.();
    return source?.fileName === undefined ? message : `${relative(this.root, source.fileName).replaceAll('\\', '/')}: ${message}`;
  }

  log(message, level) {
    super.log(message, level);
    // Members of types without a name are described where they stand, or not at all.
    if (level >= LogLevel.Warn && !/\.__type\..*any documentation$/.test(message)) this.faults.push(message);
  }
}

/** Links to files, without the line: a page need not be written anew because something above was. */
function linkSources(page) {
  page.contents = page.contents.replace(
    /^Defined in: (\S+?):\d+$/gm,
    (_, file) => `Defined in: [${file}](../../${file.replaceAll('\\', '')})`,
  );
}

/** From the sources: no build is needed, and a type of another package is its declaration. */
function readSources(app, root, packages, entries) {
  const { config, error } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const base = ts.parseJsonConfigFileContent({ compilerOptions: config.compilerOptions, files: [] }, ts.sys, root).options;
  const paths = Object.fromEntries(entries.map(({ name, source }) => [name, [join(root, source)]]));
  const program = ts.createProgram(
    entries.map(({ source }) => join(root, source)),
    { ...base, composite: false, incremental: false, declaration: false, declarationMap: false, noEmit: true, paths },
  );
  const project = app.converter.convert(
    entries.map(({ name, source }) => ({ displayName: name, program, sourceFile: program.getSourceFile(join(root, source)) })),
  );
  for (const variable of project.getReflectionsByKind(ReflectionKind.Variable)) leaveOutForeignDetail(project, variable, packages);
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) describe(module, packages);
  return project;
}

/** The type of a schema fills pages that say nothing: of a generic type of someone else only the name is shown. */
function leaveOutForeignDetail(project, { type }, packages) {
  if (type?.type !== 'reference' || type.package === undefined || packages.some(({ name }) => name === type.package)) return;
  for (const argument of type.typeArguments ?? []) if (argument.type === 'reflection') project.removeReflection(argument.declaration);
  type.typeArguments = type.typeArguments?.filter((argument) => argument.type !== 'reflection');
}

function describe(module, packages) {
  const description = packages.find(({ name }) => name === module.name)?.manifest.description;
  if (description !== undefined && !module.hasComment()) module.comment = new Comment([{ kind: 'text', text: description }]);
}

/** What the pages that are there lack, beside those that should be. */
function differences(wantedFolder, folder) {
  const read = (from, file) => readFileSync(join(from, file), 'utf8').replaceAll('\r\n', '\n');
  const wanted = readdirSync(wantedFolder);
  const present = existsSync(folder) ? readdirSync(folder) : [];
  return [
    ...wanted.filter((file) => !present.includes(file)).map((file) => `${FOLDER}/${file} is missing; ${REMEDY}`),
    ...wanted
      .filter((file) => present.includes(file) && read(folder, file) !== read(wantedFolder, file))
      .map((file) => `${FOLDER}/${file} is not what the doc comments say; ${REMEDY}`),
    ...present.filter((file) => !wanted.includes(file)).map((file) => `${FOLDER}/${file} is no package's page; ${REMEDY}`),
  ];
}
