import util from 'node:util';
import { expect, test } from 'vitest';
import { nativeEnvironment, restoreRemovedNodeFunctions, withVariables } from './environment.js';

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

test('variables are there while something is loaded, and what was there before is put back, also after an error', () => {
  const env: Record<string, string | undefined> = { KEPT: 'before', TAKEN: 'away' };
  const during = withVariables(env, { KEPT: 'now', TAKEN: undefined, NEW: '1' }, () => ({ ...env }));
  expect(during).toEqual({ KEPT: 'now', NEW: '1' });
  expect(env).toEqual({ KEPT: 'before', TAKEN: 'away' });
  const fail = (): never => {
    throw new Error('does not load');
  };
  expect(() => withVariables(env, { NEW: '1' }, fail)).toThrow('does not load');
  expect(env).toEqual({ KEPT: 'before', TAKEN: 'away' });
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
