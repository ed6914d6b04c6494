import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { defineFusedOperation } from '@stargan/ops/fused';
import { fusedOperations, type FusedOperation, type SingleOutputOperation } from '@stargan/ops/fused';
import { countWork, planMemory } from '@stargan/profiling';
import * as tf from '@tensorflow/tfjs-core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { inspectFusedKernels, registerFused } from './fused-kernels.js';
import { compileModule, moduleFlags } from './install/compile.js';
import { readValidStamp } from './install/placed-addon.js';
import { launchNative, type NativeBackend } from './launch-native.js';
import { findCompiler } from './machine/compiler.js';
import { thisSystem } from './machine/system.js';
import { resolvePackage } from './resolve-package.js';
import { verifyKernel, type RunKernel } from './verify-kernels.js';

type Example = SingleOutputOperation<Record<'x', tf.Tensor>, { scale: number; slope: number }>;
type Define = typeof defineFusedOperation<Record<'x', tf.Tensor>, { scale: number; slope: number }>;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const guide = readFileSync(join(root, 'docs/adding-a-kernel.md'), 'utf8');
/** A block of the guide that begins like this. */
const block = (begins: string): string => {
  const found = [...guide.matchAll(/```\w+\n([^]*?)```/g)].map(([, code = '']) => code).find((code) => code.startsWith(begins));
  if (found === undefined) throw new Error(`docs/adding-a-kernel.md has no block that begins with ${begins}`);
  return found;
};
const NATIVE_FILE = 'packages/backend/native/scaled_leaky_relu.cc';
const DESCRIPTOR_FILE = 'packages/ops/src/fused/scaled-leaky-relu.ts';

let folder = '';
let kernel: Example;
let operation: ReturnType<Define>;

/** A TypeScript block of the guide as a module beside the packages, where its imports are found. */
async function load(name: string, code: string): Promise<unknown> {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
  writeFileSync(join(folder, name), outputText);
  return import(pathToFileURL(join(folder, name)).href);
}

beforeAll(async () => {
  folder = mkdtempSync(join(root, 'packages/backend/node_modules/.kernel-'));
  const inOps = (specifier: string): string => pathToFileURL(join(root, 'packages/ops/dist/fused', specifier)).href;
  const descriptor = block(`// ${DESCRIPTOR_FILE}`).replace(/'(\.\.?\/[^']+)'/g, (_, specifier: string) => `'${inOps(specifier)}'`);
  ({ scaledLeakyReluKernel: kernel } = (await load('kernel.mjs', descriptor)) as { scaledLeakyReluKernel: Example });
  const code = block("import { greater, mul, where } from '@tensorflow/tfjs-core';");
  const imported = `import { scaledLeakyReluKernel } from './kernel.mjs';\n${code}`;
  ({ scaledLeakyRelu: operation } = (await load('operation.mjs', imported)) as { scaledLeakyRelu: ReturnType<Define> });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the example of docs/adding-a-kernel.md', () => {
  test('is a file more in each folder of the map, and a line in a table that nothing else lists', () => {
    for (const file of [NATIVE_FILE, DESCRIPTOR_FILE]) {
      const [place = '', name = ''] = [file.slice(0, file.lastIndexOf('/')), file.slice(file.lastIndexOf('/') + 1)];
      expect(guide).toContain(`\`${place}\``);
      expect(readdirSync(join(root, place)).length).toBeGreaterThan(3);
      expect(readdirSync(join(root, place))).not.toContain(name);
    }
    // Names of kernels stand in the descriptors, in the C++ files and where an operation asks for its own.
    const sources = ['backend/src', 'backend/bin', 'profiling/src', 'ops/src'].flatMap((part) =>
      readdirSync(join(root, 'packages', part), { recursive: true, encoding: 'utf8' }).map((file) => join(part, file)),
    );
    const naming = sources
      .filter((file) => /(?<!\.test|\.d)\.(ts|js)$/.test(file))
      .filter((file) => {
        const code = readFileSync(join(root, 'packages', file), 'utf8');
        return fusedOperations.some(({ kernelName }) => code.includes(`'${kernelName}'`));
      });
    expect(naming.filter((file) => !file.startsWith('ops/src/fused/'))).toEqual([]);
  });

  test('is known to countWork and planMemory when it is passed to them', () => {
    const fused = [...fusedOperations, kernel as FusedOperation];
    const work = (): number =>
      tf.tidy(() => countWork(() => operation({ x: tf.fill([5, 7], 1) }, { scale: 2, slope: 0.1 }), { fused }).launches);
    // The input, and the output where it is one kernel; composed, there is the product before the factor too.
    expect(planMemory(work, { backend: 'cpu', fused })).toEqual({ result: 2, peakTensorBytes: 280, peakBufferBytes: 280 });
    expect(planMemory(work, { backend: 'cpu' }).peakTensorBytes).toBeGreaterThan(280);
  });

  test('compiles, is checked, and is what the operation runs', { timeout: 300_000 }, async (context) => {
    const target = resolvePackage('@tensorflow/tfjs-node');
    const system = thisSystem();
    const available = target !== undefined && (await inspectFusedKernels(target, system)).available && tf.getBackend() === 'tensorflow';
    const compiler = await findCompiler(system);
    if (!available || compiler === undefined) return context.skip('there is no native runtime with kernels, or no compiler');
    const native = join(tmpdir(), `stargan-kernel-${String(process.pid)}`);
    onTestFinished(() => {
      rmSync(native, { recursive: true, force: true });
    });
    mkdirSync(native);
    for (const file of ['kernel.h', 'parallel.h', 'module.cc']) cpSync(join(root, 'packages/backend/native', file), join(native, file));
    writeFileSync(join(native, kernel.nativeSource), block(`// ${NATIVE_FILE}`));
    const sources = ['module.cc', kernel.nativeSource].map((file) => join(native, file));
    const output = join(native, 'kernels.node');
    const library = readValidStamp(target, system)?.library?.folder ?? '';
    const setting = { system, cache: native, log: join(native, 'log'), onProgress: () => undefined };
    expect(await compileModule({ sources, flags: [...moduleFlags, '-O0', '-pthread'], library, output }, compiler, setting as never)).toBe(
      undefined,
    );
    expect((createRequire(import.meta.url)(output) as { operations: string[] }).operations).toEqual([kernel.kernelName]);

    const run =
      (factor: number): RunKernel =>
      (fused, inputs, { scale = 1, ...attributes }) =>
        [launchNative(fused, tf.backend() as unknown as NativeBackend, inputs, { ...attributes, scale: scale * factor })]
          .flat()
          .map((info) => tf.engine().makeTensorFromTensorInfo(info));
    verifyKernel(kernel, run(1));
    expect(() => {
      verifyKernel(kernel, run(1.01));
    }).toThrow(/^StarganScaledLeakyRelu \{"scale":1.5,"slope":0.2\} of \[3,5,7,11\] gave .* where .* is right$/);

    registerFused(kernel);
    onTestFinished(() => {
      tf.unregisterKernel(kernel.kernelName, 'tensorflow');
    });
    tf.tidy(() => {
      const x = tf.tensor1d([-2, 3]);
      const { result, kernels } = countWork(() => operation({ x }, { scale: 2, slope: 0.5 }));
      expect(kernels.map((each) => `${each.kernel} ${each.shapes}`)).toEqual(['StarganScaledLeakyRelu 2 → 2']);
      expect([...result.dataSync()]).toEqual([-2, 6]);
      const slope = tf.grad((input: tf.Tensor) => operation({ x: input }, { scale: 2, slope: 0.5 }))(x);
      expect([...slope.dataSync()]).toEqual([1, 2]);
    });
  });
});
