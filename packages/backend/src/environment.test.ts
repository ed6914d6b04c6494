import util from 'node:util';
import { expect, test } from 'vitest';
import { nativeEnvironment, restoreRemovedNodeFunctions } from './environment.js';

test('TensorFlow is told to log less and to leave the rest of the card alone', () => {
  expect(nativeEnvironment({})).toEqual({ TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true', NVIDIA_TF32_OVERRIDE: '0' });
});

test('what the user has set is left alone', () => {
  expect(nativeEnvironment({ TF_CPP_MIN_LOG_LEVEL: '0', TF_FORCE_GPU_ALLOW_GROWTH: 'false', NVIDIA_TF32_OVERRIDE: '1' })).toEqual({});
});

test('reduced precision is asked for on processors and left on on cards', () => {
  const settings = nativeEnvironment({}, { precision: 'reduced' });
  expect(settings.ONEDNN_DEFAULT_FPMATH_MODE).toBe('BF16');
  expect(settings).not.toHaveProperty('NVIDIA_TF32_OVERRIDE');
  expect(nativeEnvironment({ ONEDNN_DEFAULT_FPMATH_MODE: 'STRICT' }, { precision: 'reduced' })).not.toHaveProperty(
    'ONEDNN_DEFAULT_FPMATH_MODE',
  );
});

test('tensors that are to be returned do not lie in a pool', () => {
  expect(nativeEnvironment({}, { allocation: 'returned' })).toMatchObject({ TF_ONEDNN_USE_SYSTEM_ALLOCATOR: '1' });
  expect(nativeEnvironment({}, { allocation: 'pooled' })).not.toHaveProperty('TF_ONEDNN_USE_SYSTEM_ALLOCATOR');
});

test('a number of threads goes before the environment', () => {
  expect(nativeEnvironment({ TF_NUM_INTRAOP_THREADS: '8' }, { threads: 2 })).toMatchObject({ TF_NUM_INTRAOP_THREADS: '2' });
});

test('the function that newer versions of Node.js removed is put back', () => {
  const original = Object.getOwnPropertyDescriptor(util, 'isNullOrUndefined');
  Reflect.deleteProperty(util, 'isNullOrUndefined');
  restoreRemovedNodeFunctions();
  const restored: unknown = Reflect.get(util, 'isNullOrUndefined');
  expect([undefined, null, 0].map((value) => (restored as (value: unknown) => boolean)(value))).toEqual([true, true, false]);
  if (original !== undefined) Object.defineProperty(util, 'isNullOrUndefined', original);
});
