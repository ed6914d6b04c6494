import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fusedOperations } from '@stargan/ops/fused';
import * as tf from '@tensorflow/tfjs-core';
import { expect, onTestFinished, test } from 'vitest';
import { inspectFusedKernels, loadFusedKernels } from './fused-kernels.js';
import { hasAddon, hasStockAddon } from './install/paths.js';
import { findCompiler } from './machine/compiler.js';
import { thisSystem } from './machine/system.js';
import { resolvePackage } from './resolve-package.js';

const target = resolvePackage('@tensorflow/tfjs-node');
const system = { ...thisSystem(), env: { ...process.env, STARGAN_NATIVE_KERNELS: undefined } };
const found = target === undefined ? undefined : await inspectFusedKernels(target, system);
const absent = found?.available === true ? undefined : `the fused kernels are not there: ${found?.why ?? 'no tfjs-node'}`;

test('where there is a compiler and native TensorFlow, the fused kernels were compiled, found right, and are in use', async () => {
  const canCompile = (await findCompiler(system)) !== undefined && target !== undefined && hasAddon(target) && !hasStockAddon(target);
  // Elsewhere the same is composed of more operations, and the tests of the kernels have nothing to look at.
  if (canCompile) expect(found).toMatchObject({ available: true });
  if (canCompile && tf.getBackend() === 'tensorflow' && process.env.STARGAN_NATIVE_KERNELS !== '0') {
    for (const { kernelName } of fusedOperations) expect(tf.getKernel(kernelName, 'tensorflow')).toBeTruthy();
  }
});

test('STARGAN_NATIVE_KERNELS=0 leaves them out', async () => {
  const off = { ...system, env: { ...system.env, STARGAN_NATIVE_KERNELS: '0' } };
  const folder = target ?? { name: '@tensorflow/tfjs-node', version: '', folder: '/nowhere' };
  expect(await loadFusedKernels(folder, off)).toEqual({ available: false, why: 'STARGAN_NATIVE_KERNELS=0' });
});

test('loading them twice is harmless, and wrong shapes are an error instead of a crash', async (context) => {
  if (absent !== undefined || target === undefined || tf.getBackend() !== 'tensorflow')
    return context.skip(absent ?? 'another backend was selected');
  for (let time = 0; time < 2; time++) expect(await loadFusedKernels(target, system)).toEqual(found);
  const run = (b: number[]): tf.Tensor =>
    tf.engine().runKernel('StarganResidualSum', { a: tf.tensor1d([1, 2]), b: tf.tensor1d(b) }, { scale: 2 });
  expect([...run([3, 4]).dataSync()]).toEqual([8, 12]);
  expect(() => run([3])).toThrow('residual sum: the shapes differ');
});

/** Large enough for threads; prints the bits of the results. */
const program = `
  import { createHash } from 'node:crypto';
  import { fusedOperations } from '@stargan/ops/fused';
import * as tf from '@tensorflow/tfjs-core';
  import { selectRuntime } from './dist/index.js';
  await selectRuntime({ prefer: 'native-cpu' });
  const image = (seed) => tf.randomNormal([2, 96, 96, 80], 0, 1, 'float32', seed);
  const [x, dy] = [image(1), image(2)];
  const [scale, shift] = [tf.randomNormal([80], 0, 1, 'float32', 3), tf.randomNormal([80], 0, 1, 'float32', 4)];
  const norm = { epsilon: 1e-5, slope: 0.2, offset: 0 };
  const run = (name, inputs, attributes) => {
    const result = tf.engine().runKernel('Stargan' + name, inputs, attributes);
    const hash = createHash('sha256');
    for (const tensor of [result].flat()) hash.update(new Uint8Array(tensor.dataSync().buffer));
    console.log(name, hash.digest('hex'));
  };
  run('InstanceNormalization', { x, scale, shift }, norm);
  run('InstanceNormalizationGradients', { dy, x, scale, shift }, norm);
  run('AddBiasLeakyReluGradients', { dy, x, bias: shift }, { slope: 0.2 });
  run('BiasedSumGradients', { dy }, { scale: 0.5 });
  const constants = tf.tensor1d([1e-4, 0.5, 0.5, 0.99, 0.01, 0.5, 1e-8, 1e-3]);
  const flat = tf.abs(tf.reshape(x, [-1]));
  const map = (size, channels, seed) => tf.randomNormal([2, size, size, channels], 0, 1, 'float32', seed);
  // Many tiles of some channels, few tiles of many, many of few.
  const sizes = [[48, 64, 96], [16, 256, 192], [96, 32, 64]];
  for (const [size, from, to] of sizes) for (const resampling of [-1, 0, 1]) {
    const filter = tf.randomNormal([3, 3, from, to], 0, 1, 'float32', 5);
    const [wide, narrow] = [map(size, from, 6), map(size * 2 ** resampling, to, 7)];
    run('WinogradConvolution', { x: wide, filter }, { resampling });
    run('WinogradConvolutionInputGradient', { dy: narrow, filter }, { resampling });
    run('WinogradConvolutionFilterGradient', { x: wide, dy: narrow }, { resampling });
  }
  run('Adam', { ...[constants, flat, flat, x, dy] }, { count: 1 });
`;

test('results have the same bits whatever the number of threads', (context) => {
  if (absent !== undefined) return context.skip(absent);
  const [one, three, twelve] = ['1', '3', '12'].map((threads) =>
    execFileSync(process.execPath, ['--input-type=module'], {
      input: program,
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...system.env, STARGAN_BACKEND: '', TF_NUM_INTRAOP_THREADS: threads },
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  );
  expect(one?.trim().split('\n')).toHaveLength(32);
  expect(three).toBe(one);
  expect(twelve).toBe(one);
});

/** Makes every further start of a thread fail once the file that it is told of exists. */
const threadless = `
  #define _GNU_SOURCE
  #include <dlfcn.h>
  #include <errno.h>
  #include <pthread.h>
  #include <stdlib.h>
  #include <unistd.h>
  extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
    if (access(getenv("NO_MORE_THREADS"), F_OK) == 0) return EAGAIN;
    static auto real = reinterpret_cast<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>(dlsym(RTLD_NEXT, "pthread_create"));
    return real(thread, attributes, run, argument);
  }
`;

const starving = `
  import { writeFileSync } from 'node:fs';
  import { fusedOperations } from '@stargan/ops/fused';
import * as tf from '@tensorflow/tfjs-core';
  import { selectRuntime } from './dist/index.js';
  await selectRuntime({ prefer: 'native-cpu' });
  const a = tf.randomNormal([2, 96, 96, 80], 0, 1, 'float32', 1);
  const run = () => tf.engine().runKernel('StarganResidualSum', { a, b: a }, { scale: 0.5 }).dataSync();
  const before = run();
  writeFileSync(process.env.NO_MORE_THREADS, '');
  const after = run();
  console.log(after.every((value, i) => value === before[i]) ? 'equal' : 'different');
`;

test('a kernel that gets no more threads does its work with those that it has', async (context) => {
  if (absent !== undefined) return context.skip(absent);
  const compiler = await findCompiler(system);
  if (compiler === undefined) return context.skip('there is no compiler for the stand-in');
  const folder = mkdtempSync(join(tmpdir(), 'stargan-threads-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const library = join(folder, 'threadless.so');
  execFileSync(compiler.command, [...compiler.args, '-x', 'c++', '-shared', '-fPIC', '-', '-o', library, '-ldl'], {
    input: threadless,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const printed = execFileSync(process.execPath, ['--input-type=module'], {
    input: starving,
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...system.env, STARGAN_BACKEND: '', TF_NUM_INTRAOP_THREADS: '3', LD_PRELOAD: library, NO_MORE_THREADS: join(folder, 'flag') },
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  expect(printed.trim()).toBe('equal');
});
