import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { hasAddon } from './install/paths.js';
import { thisSystem } from './machine/system.js';
import { loadNativeCpu, loadNativeGpu } from './native-runtime.js';
import { resolvePackage } from './resolve-package.js';
import { fakeSystem } from './testing/fake-system.js';

const target = resolvePackage('@tensorflow/tfjs-node');
const gpu = thisSystem()
  .run('nvidia-smi', [])
  .then(({ status }) => status === 0);

test('the native CPU runtime registers its backend with our tfjs-core and says its version', async (context) => {
  if (target === undefined || !hasAddon(target)) return context.skip('the native addon was not built');
  if (await gpu) return context.skip('the GPU may be in use by this process');
  const runtime = await loadNativeCpu(thisSystem());
  expect(runtime).toMatchObject({ kind: 'native-cpu', backendName: 'tensorflow' });
  expect(runtime).toHaveProperty('tensorflowVersion', expect.stringMatching(/^\d+\.\d+\.\d+/));
  expect(tf.getBackend()).toBe('tensorflow');
  expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
});

test('loading a native runtime leaves CUDA_VISIBLE_DEVICES as it was', async () => {
  const unset = { ...thisSystem(), env: { ...process.env, CUDA_VISIBLE_DEVICES: undefined } };
  await loadNativeCpu(unset);
  expect(unset.env.CUDA_VISIBLE_DEVICES).toBeUndefined();
  const set = { ...thisSystem(), env: { ...process.env, CUDA_VISIBLE_DEVICES: '3' } };
  await loadNativeCpu(set);
  expect(set.env.CUDA_VISIBLE_DEVICES).toBe('3');
});

test('a machine without a card is refused the GPU runtime', async () => {
  expect(await loadNativeGpu(fakeSystem())).toEqual({ refusal: 'no NVIDIA card with a driver was found' });
});

test('a card that TensorFlow cannot be used on is named beside the reason', async () => {
  const system = fakeSystem({ answer: () => ({ stdout: 'NVIDIA X, 570.86.15, 24576\n' }) });
  expect(await loadNativeGpu(system)).toEqual({
    refusal: expect.stringMatching(/no \/dev\/nvidia0.*modprobe/) as string,
    card: 'NVIDIA X, 24.0 GiB, driver 570.86.15',
  });
});

test('a processor without AVX is refused before TensorFlow would end the process', async () => {
  const system = fakeSystem({ files: { '/proc/cpuinfo': 'flags\t\t: fpu sse4_2\n' } });
  expect(await loadNativeCpu(system)).toEqual({ refusal: expect.stringContaining('AVX') as string });
});
