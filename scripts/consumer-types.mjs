import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerOf } from './compiler.mjs';
import { root, run } from './consumer-project.mjs';

/** The oldest TypeScript that our types are for, and the newest there is. */
export const COMPILERS = [
  ['TypeScript 5.4', compilerOf('typescript-oldest')],
  ['TypeScript 7.0', compilerOf('typescript-newest')],
];

const STRICT = [
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--skipLibCheck',
  'false',
  '--pretty',
  'false',
  '--target',
  'es2022',
];

/**
 * Writes modules of a user of ours into a project, and compiles all of them in one go.
 *
 * @param project with the packages installed
 * @param files code by name
 * @param options of the compiler, beside the strict ones
 * @throws Error with what it says about the files or our declarations
 */
export async function compile(project, folder, files, [label, typescript], options = ['--module', 'nodenext']) {
  mkdirSync(join(project, folder), { recursive: true });
  const names = Object.keys(files).map((name) => join(folder, `${name}.ts`));
  Object.values(files).forEach((code, i) => writeFileSync(join(project, names[i]), code));
  const node = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
  const output = await run(process.execPath, [typescript, ...STRICT, ...node, ...options, ...names], { cwd: project }).then(
    () => '',
    ({ message }) => message,
  );
  // Library files are checked too. tfjs' own declarations do not compile against current lib.dom, so that only what is said about
  // our declarations, the files or the options counts.
  const faults = output.split('\n').filter((line) => new RegExp(`^(${folder}/|node_modules/@stargan/|error TS)`).test(line));
  if (faults.length > 0) throw new Error(`${label} ${options.join(' ')}\n${faults.join('\n')}`);
}
