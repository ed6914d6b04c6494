import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { compileArguments } from './compiler.mjs';
import { installProject, packAll, packageNames, root, run } from './consumer-project.mjs';
import { compile, COMPILERS } from './consumer-types.mjs';
import { everyExport } from './every-export.mjs';
import { checkContents, checkTarball } from './package-contents.mjs';
import { allExamples, disagreement, promisedLines } from './readme-example.mjs';
import { withDependencies } from './tarballs.mjs';
import { checkTrainedModel } from './trained-model.mjs';
import { readManifest } from './workspace.mjs';

const SUPPORTED = ['3.21.0', '4.0.0', '4.10.0', '4.17.0', '4.22.0'];
const USAGE = `Usage: node scripts/check-packages.mjs [--matrix | --tfjs VERSION,…]

Packs every package and installs all of them with npm beside tensorflow.js, as their users would. There, it compiles every
example of the READMEs and of docs/, and a use of every export, with the oldest and the newest TypeScript, and runs the examples.
What a package contains, imports and declares is linted. A trained run is loaded with @stargan/training alone, in Node.js and in a
bundle for browsers. --matrix does so with tfjs ${SUPPORTED.join(', ')};
by default it is the newest in full, and the oldest without running every example.
Exit code: 0 all well, 1 something is not, 2 wrong usage.`;

function wantedVersions() {
  try {
    const { values } = parseArgs({
      options: { matrix: { type: 'boolean' }, tfjs: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.matrix) return SUPPORTED.map((version) => ({ version, isWhole: true }));
    if (values.tfjs !== undefined) return values.tfjs.split(',').map((version) => ({ version, isWhole: true }));
    return [
      { version: SUPPORTED.at(-1), isWhole: true },
      { version: SUPPORTED[0], isWhole: false },
    ];
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

let failed = 0;

/** Runs one check and says how it went. */
async function check(name, f) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    console.log(`ok    ${name}: ${(await f()) ?? 'well'}, ${seconds()}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error.message}`);
  }
}

/** Does `f` with each item, two at a time: programs wait for the disk and for each other much of the time. */
async function withEach(items, f) {
  const left = [...items];
  const next = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await f(item);
  };
  await Promise.all([next(), next()]);
}

// Where an example draws without a seed, chance does not decide whether it keeps its promises here.
const seededRandom = pathToFileURL(join(root, 'testing', 'dist', 'seeded-random.js')).href;

async function runExample(project, { name, code }) {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: 'es2022', module: 'esnext' } });
  mkdirSync(join(project, 'run'), { recursive: true });
  writeFileSync(join(project, 'run', `${name}.mjs`), outputText);
  const output = await run(process.execPath, ['--import', seededRandom, `${name}.mjs`], {
    cwd: join(project, 'run'),
    env: { STARGAN_BACKEND: 'cpu' },
  });
  const promised = promisedLines(code);
  const fault = promised.length > 0 ? disagreement(promised, output) : undefined;
  if (fault !== undefined) throw new Error(`${name} ${fault}\nall it prints:\n${output}`);
  return promised.length;
}

/** One core alone, and none of tfjs' versions twice: what npm does where a peer range refuses the version that is there. */
function checkOneCore(project) {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  const twice = Object.keys(lock.packages).filter((path) => /node_modules\/.*node_modules\/@tensorflow\//.test(path));
  if (twice.length > 0) throw new Error(`npm installed a second copy: ${twice.join(', ')}`);
}

/** Whether an example is a file of this repository, whose path its first line says: it is compiled there, with our own compiler. */
const isOfRepository = (code) => /^\/\/ (\w+\/)+\S+\.ts\n/.test(code);

function compileInRepository({ name, code }) {
  const file = join(root, /^\/\/ (\S+)/.exec(code)[1]);
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? code : readFile(path));
  const program = ts.createProgram([file], { ...options, composite: false, noEmit: true }, host);
  const faults = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  if (faults.length > 0)
    throw new Error(`${name}: ${faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('; ')}`);
}

/** Every package needs an example of its main entry that says what it prints. */
function checkFirstExamples(examples) {
  for (const name of packageNames) {
    const own = examples.find(({ page, given }) => page === `packages/${name}/README.md` && given === undefined);
    if (own === undefined || promisedLines(own.code).length === 0)
      throw new Error(`README.md of ${name} has no example that says what it prints (//=>)`);
  }
}

const versions = wantedVersions();
const began = performance.now();
await run(process.execPath, compileArguments());
const tarballs = await packAll();
const pages = allExamples(root, packageNames);
const examples = pages.filter(({ code }) => !isOfRepository(code));
const modules = {
  ...Object.fromEntries(examples.map(({ name, given = '', code }) => [name, `${given}${code}\nexport {};\n`])),
  ...everyExport(),
};
const entries = packageNames.flatMap((name) =>
  Object.keys(readManifest(join(root, 'packages', name)).exports).map((path) => `@stargan/${name}${path.slice(1)}`),
);
const resolution = {
  resolution: entries
    .map((entry, i) => `import * as part${i} from '${entry}';\nexport const names${i}: string[] = Object.keys(part${i});`)
    .join('\n'),
};

/** Everything that depends on the version of tfjs. */
async function checkBeside({ version, isWhole }) {
  const label = `tfjs ${version}`;
  const tfjs = ['tfjs', 'tfjs-backend-wasm'].map((name) => `@tensorflow/${name}@${version}`);
  let project;
  await check(`${label}, npm install`, async () => {
    const installed = await installProject(label.replace(' ', '-'), [...packageNames.map((name) => tarballs.get(name)), ...tfjs]);
    checkOneCore(installed);
    project = installed;
  });
  if (project === undefined) return;
  for (const compiler of COMPILERS) {
    await check(`${label}, ${compiler[0]}`, async () => {
      await compile(project, 'compiled', modules, compiler);
      return `${Object.keys(modules).length} modules compile`;
    });
  }
  if (isWhole) {
    await check(`${label}, other resolutions`, async () => {
      // TypeScript 7 has dropped `node`, which is `node10`.
      await compile(project, 'resolved', resolution, COMPILERS[0], ['--module', 'esnext', '--moduleResolution', 'node']);
      await compile(project, 'resolved', resolution, COMPILERS[1], ['--module', 'esnext', '--moduleResolution', 'bundler']);
      return `${entries.length} entries are found by node and bundler`;
    });
  }
  await check(`${label}, examples`, async () => {
    let results = 0;
    const runnable = examples.filter(({ given, page }) => given === undefined && (isWhole || /losses|optimizers|layers/.test(page)));
    await withEach(runnable, async (example) => {
      const printed = await runExample(project, example);
      results += printed;
    });
    return `${results} results of ${runnable.length} examples`;
  });
  if (version !== SUPPORTED.at(-1)) return;
  for (const name of packageNames)
    await check(`@stargan/${name}, its files`, () => checkContents(join(project, 'node_modules', '@stargan', name), name));
}

await check('examples', () => {
  checkFirstExamples(examples);
  pages.filter(({ code }) => isOfRepository(code)).forEach(compileInRepository);
});
await check('losses alone', async () => {
  const project = await installProject('alone', [tarballs.get('losses'), '@tensorflow/tfjs-core@4.22.0']);
  await run(process.execPath, ['--input-type=module', '--eval', "import '@stargan/losses';"], { cwd: project });
});
await withEach([...tarballs], ([name, tarball]) => check(`@stargan/${name}, its types and exports`, () => checkTarball(tarball)));
await check('training alone, a trained run', () => {
  const needed = withDependencies('@stargan/training');
  return checkTrainedModel(needed.map((name) => tarballs.get(name.replace('@stargan/', ''))));
});
await withEach(versions, checkBeside);
console.log(`${failed === 0 ? 'all well' : `${failed} checks failed`}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exitCode = failed > 0 ? 1 : 0;
