import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { normalArray, randomStream } from '@stargan/random';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Training from '../index.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The changes of the page: for each file, lines that stand in it and what they become. */
async function documentedChanges(): Promise<{ file: string; from: string; to: string }[]> {
  const page = await readFile(path.join(root, 'docs', 'adding-a-loss.md'), 'utf8');
  return [...page.matchAll(/```diff\n@@ (\S+)\n([\s\S]*?)```/g)].map(([, file, diff]) => {
    const lines = diff!.trimEnd().split('\n');
    const text = (of: string[]): string => of.map((line) => `${line.slice(1)}\n`).join('');
    return { file: file!, from: text(lines.filter((line) => !line.startsWith('+'))), to: text(lines) };
  });
}

/** A copy of the built package, in which the two files are compiled from their changed sources. */
async function changedCopy(folder: string): Promise<typeof Training> {
  await cp(path.join(packageFolder, 'dist'), path.join(folder, 'dist'), { recursive: true });
  await symlink(path.join(packageFolder, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, from, to } of await documentedChanges()) {
    const source = await readFile(path.join(root, file), 'utf8');
    expect(source.split(from), `the lines of ${file} that the page shows`).toHaveLength(2);
    const { outputText } = ts.transpileModule(source.replace(from, to), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    const compiled = path.relative(path.join(packageFolder, 'src'), path.join(root, file)).replace(/\.ts$/, '.js');
    await writeFile(path.join(folder, 'dist', compiled), outputText);
  }
  return (await import(pathToFileURL(path.join(folder, 'dist', 'index.js')).href)) as typeof Training;
}

/** Losses of two iterations. */
function trainTwice(training: typeof Training, values: object): Training.Losses[] {
  const config = {
    ...training.defaultsOf(training.trainingFields),
    ...{ imageSize: 16, widthBudget: 32, maxWidth: 4, styleDim: 4, latentDim: 4, hiddenDim: 8, batch: 2 },
    ...values,
  };
  const networks = training.buildNetworks(config, 2);
  const optimizers = training.buildOptimizers(config);
  const state = training.initialState(networks, optimizers, 1);
  const losses = [0, 1].map((iteration) => {
    const images = (kind: string): Float32Array =>
      Float32Array.from(normalArray(2 * 16 * 16 * 3, randomStream(3, kind, iteration)), Math.tanh);
    const batch = training.tensorBatch(
      {
        iteration,
        source: { images: images('source'), domains: [0, 1] },
        reference: { images: images('first'), images2: images('second'), domains: [1, 0] },
      },
      16,
      4,
      1,
    );
    const result = training.trainIteration(networks, optimizers, state, batch, config);
    training.disposeBatch(batch);
    return result;
  });
  training.disposeState(state);
  return losses;
}

describe('the loss that the page adds', () => {
  let folder = '';
  let training: typeof Training;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'adding-a-loss-'));
    // Below node_modules, so that Node.js loads it as it loads installed packages.
    training = await changedCopy(path.join(folder, 'node_modules', 'training'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('takes one row and one config key', async () => {
    const changes = await documentedChanges();
    expect(changes.map(({ file }) => path.basename(file))).toEqual(['config-fields.ts', 'objective.ts']);
    const added = changes.map(({ from, to }) => to.slice(from.length));
    expect(added[0]!.trim().split('\n')).toHaveLength(1);
    expect(added[1]!.match(/generatorTerm\(/g)).toHaveLength(1);
  });

  it('is trained with, summed and logged', () => {
    const [first, second] = trainTwice(training, { lambdaIdentity: 0.5, lambdaCycle: 7 });
    for (const losses of [first!, second!]) {
      for (const guidance of ['latent', 'ref']) {
        const value = (term: string): number => losses[`G/${guidance}_${term}`]!;
        expect(value('idt')).toBeGreaterThan(0);
        const lambdaDiversity = losses === first ? 1 : first!['G/lambda_ds']!;
        const total = value('adv') + value('sty') - lambdaDiversity * value('ds') + 7 * value('cyc') + 0.5 * value('idt');
        expect(value('total')).toBeCloseTo(total, 4);
      }
    }
  });

  it('is not there without a weight, and then changes nothing', async () => {
    const unchanged = await import('../index.js');
    expect(trainTwice(training, {})).toEqual(trainTwice(unchanged, {}));
    expect(trainTwice(training, { lambdaIdentity: 2 })[1]!['G/latent_sty']).not.toBe(trainTwice(unchanged, {})[1]!['G/latent_sty']);
  });

  it('has a config key with a default, and a place in the charts', () => {
    expect(training.trainingFields).toMatchObject({ lambdaIdentity: { default: 0, minimum: 0 } });
    expect(training.OBJECTIVE.generator.at(-1)?.name).toBe('cls');
    expect(training.OBJECTIVE.generator.find(({ name }) => name === 'idt')?.chart?.ref).toBe('identity (reference)');
  });
});
