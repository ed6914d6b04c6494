import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memory } from '@tensorflow/tfjs-core';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { normal } from './inputs.js';
import { runCase } from './run-case.js';
import type { InstanceNormVariant } from './suites/instance-norm.js';
import { variant as ops } from './variants/instance-norm/ops.js';

const root = join(import.meta.dirname, '../..');
const guide = await readFile(join(root, 'docs/adding-a-variant.md'), 'utf8');
const [, file, code] = /```ts\n\/\/ (\S+)\n(.*?)```/s.exec(guide) as unknown as [string, string, string];

/** All files but the example: they are read once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says about the example in its place, with the settings of this package. */
function faultsOf(source: string): string[] {
  const { config } = ts.readConfigFile(join(root, 'benchmarks/tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'benchmarks'));
  const place = join(root, file);
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.readFile = (path) => (path === place ? source : read(path));
  host.fileExists = (path) => path === place || exists(path);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) => {
    if (path === place) return ts.createSourceFile(path, source, ts.ScriptTarget.ES2022);
    const known = parsed.get(path) ?? parse(path, ...rest);
    parsed.set(path, known);
    return known;
  };
  const program = ts.createProgram([place], { ...options, noEmit: true, composite: false, incremental: false }, host);
  const example = program.getSourceFile(place);
  return [...program.getSyntacticDiagnostics(example), ...program.getSemanticDiagnostics(example)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

/** The example as a module. It is put where its packages are found, and where git and the compiler do not look. */
async function load(source: string): Promise<InstanceNormVariant> {
  const folder = await mkdtemp(join(root, 'benchmarks/node_modules/.variant-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  await writeFile(join(folder, 'variant.mjs'), outputText);
  const { variant } = (await import(pathToFileURL(join(folder, 'variant.mjs')).href)) as { variant: InstanceNormVariant };
  return variant;
}

describe('the example of docs/adding-a-variant.md', () => {
  it('is a new file in the folder of a layer', () => {
    const [folder, name] = [file.slice(0, file.lastIndexOf('/')), file.slice(file.lastIndexOf('/') + 1)];
    expect(readdirSync(join(root, folder))).toEqual(expect.arrayContaining(['ops.ts', 'textbook.ts']));
    expect(readdirSync(join(root, folder))).not.toContain(name);
  });

  it('compiles in its place, and would not with another signature', () => {
    expect(faultsOf(code)).toEqual([]);
    expect(faultsOf(code.replace('(x, scale, shift)', '(x, scale, shift, epsilon: number)'))).not.toEqual([]);
  });

  it('computes what the other variants do, and leaves nothing behind', async () => {
    const moments = await load(code);
    const before = memory().numTensors;
    const results = await runCase(
      {
        suite: 'guide',
        name: 'example',
        prepare: () => {
          const [x, scale, shift] = [normal([2, 8, 8, 5]), normal([5], 2), normal([5], 3)];
          return { ops: () => ops(x, scale, shift), moments: () => moments(x, scale, shift) };
        },
      },
      { scale: { time: 0, minimumRuns: 1 }, peak: 1 },
    );
    expect(results.map(({ variant }) => variant)).toEqual(['ops', 'moments']);
    expect(memory().numTensors).toBe(before);
  });

  it('names every folder of variants', () => {
    for (const folder of readdirSync(join(root, 'benchmarks/src/variants'))) expect(guide).toContain(`\`${folder}\``);
  });
});
