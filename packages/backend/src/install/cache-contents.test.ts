import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProject } from '../testing/fake-project.js';
import { listCache, pruneCache } from './cache-contents.js';
import { installRuntime } from './install-runtime.js';

test('libraries of earlier versions and modules that nothing uses are listed, and removed on request with nothing else', async () => {
  const project = fakeProject();
  const machine = project.machine();
  await installRuntime({}, machine);
  const old = ['tensorflow-cpu-2.19.0-x64/tensorflow/lib', 'addons/tfjs_binding-x64-old.node', 'downloads/tensorflow/some.whl'];
  const others = ['weights/inception.safetensors', 'logs/install.log'];
  for (const file of [...old, ...others]) {
    mkdirSync(join(project.cache, file, '..'), { recursive: true });
    writeFileSync(join(project.cache, file), 'content');
  }
  const entries = listCache(machine);
  expect(entries.filter(({ current }) => !current)).toEqual([
    { name: 'tensorflow-cpu-2.19.0-x64', bytes: 7, current: false },
    { name: 'downloads', bytes: 7, current: false },
    { name: 'addons/tfjs_binding-x64-old.node', bytes: 7, current: false },
  ]);
  expect(entries.filter(({ current }) => current).map(({ name }) => name.split('-')[0])).toEqual([
    'tensorflow',
    'addons/stargan_kernels',
    'addons/tfjs_binding',
  ]);
  expect(pruneCache(machine)).toHaveLength(3);
  for (const file of old) expect(existsSync(join(project.cache, file))).toBe(false);
  for (const file of others) expect(existsSync(join(project.cache, file))).toBe(true);
  expect((await installRuntime({}, machine)).changed).toBe(false);
});

test('a cache that is not there yet is empty', () => {
  expect(listCache(fakeProject().machine())).toEqual([]);
});
