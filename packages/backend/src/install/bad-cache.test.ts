import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProject, type FakeProject } from '../testing/fake-project.js';
import type { FakeMachine } from '../testing/fake-system.js';
import { installRuntime } from './install-runtime.js';
import { libraryFault, readValidStamp } from './placed-addon.js';

const compilesAddon = (call: string): boolean => call.includes('tfjs_backend.cc');
const downloads = (call: string): boolean => call.includes('pip download');
const library = (project: FakeProject): string => join(project.cache, 'tensorflow-cpu-2.21.0-x64', 'tensorflow');
const target = (project: FakeProject) => ({
  name: '@tensorflow/tfjs-node',
  version: '4.22.0',
  folder: dirname(dirname(dirname(project.addon))),
});
const forget = (project: FakeProject): void => {
  rmSync(dirname(project.addon), { recursive: true });
};

/** Fails the first verification of an addon. */
function refusing(refusal: string): FakeMachine {
  let tries = 0;
  return {
    answer: (_command, args) => (args.join().includes('verify-runtime') && tries++ === 0 ? { status: 1, stderr: refusal } : undefined),
  };
}

test.each(["version `GLIBC_2.38' not found", '/project/tfjs_binding.node: file too short', 'ended by SIGBUS'])(
  'an addon in the cache that does not load (%s) is compiled anew in the same start, once',
  async (refusal) => {
    const project = fakeProject();
    await installRuntime({}, project.machine());
    forget(project);
    const machine = project.machine(refusing(refusal));
    expect((await installRuntime({}, machine)).changed).toBe(true);
    expect(machine.calls.filter(compilesAddon)).toHaveLength(1);
    expect(machine.calls.some(downloads)).toBe(false);
  },
);

test('an addon that was just compiled and does not load is not compiled again', async () => {
  const project = fakeProject();
  const machine = project.machine({
    answer: (_command, args) => (args.join().includes('verify-runtime') ? { status: 1, stderr: 'undefined symbol' } : undefined),
  });
  await expect(installRuntime({}, machine)).rejects.toThrow('undefined symbol');
  expect(machine.calls.filter(compilesAddon)).toHaveLength(1);
});

test('systems with other C libraries or compilers share a cache, each with modules of its own', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine({ libc: 'glibc 2.41' }));
  const before = readdirSync(join(project.cache, 'addons'));
  forget(project);
  const older = project.machine({ libc: 'glibc 2.36' });
  await installRuntime({}, older);
  expect(older.calls.filter(compilesAddon)).toHaveLength(1);
  expect(readdirSync(join(project.cache, 'addons'))).toEqual(expect.arrayContaining(before));
  forget(project);
  const again = project.machine({ libc: 'glibc 2.41' });
  await installRuntime({}, again);
  expect(again.calls.some(compilesAddon)).toBe(false);
});

test('a project that is carried to another C library gets another addon', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine({ libc: 'glibc 2.41' }));
  const machine = project.machine({ libc: 'glibc 2.36' });
  expect((await installRuntime({}, machine)).changed).toBe(true);
  expect(machine.calls.filter(compilesAddon)).toHaveLength(1);
});

test('the version of Node.js does not count, for the modules are for any', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  const stamp = readFileSync(join(dirname(project.addon), 'stargan.json'), 'utf8');
  expect(stamp).not.toContain(process.versions.modules + '"');
  expect(readValidStamp(target(project), project.machine())).toBeDefined();
});

test.each(['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])(
  'a %s that was cut short is named before it is loaded, and fetched again',
  async (file) => {
    const project = fakeProject();
    await installRuntime({}, project.machine());
    writeFileSync(join(library(project), file), 'cut');
    expect(libraryFault(target(project))).toMatch(new RegExp(`${file} has 3 bytes instead of ${String(file.length)}`));
    const machine = project.machine();
    expect((await installRuntime({}, machine)).changed).toBe(true);
    expect(machine.calls.filter(downloads)).toHaveLength(1);
    expect(libraryFault(target(project))).toBeUndefined();
  },
);

test('a library whose headers have been cleaned away is fetched again', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  forget(project);
  writeFileSync(join(library(project), 'include', 'tensorflow', 'c', 'c_api.h'), '');
  const machine = project.machine();
  await installRuntime({}, machine);
  expect(machine.calls.filter(downloads)).toHaveLength(1);
});

test.each(['ld: libtensorflow_framework.so.2: file too short', 'c_api.h: No such file or directory'])(
  'a library of an earlier version, without sizes, is fetched again when the compiler says: %s',
  async (said) => {
    const project = fakeProject();
    await installRuntime({}, project.machine());
    forget(project);
    rmSync(join(project.cache, 'addons'), { recursive: true });
    writeFileSync(join(dirname(library(project)), 'stamp.json'), JSON.stringify({ tensorflow: '2.21.0', flavour: 'cpu' }));
    let tries = 0;
    const machine = project.machine({
      answer: (_command, args) => (args.join().includes('tfjs_backend.cc') && tries++ === 0 ? { status: 1, stderr: said } : undefined),
    });
    expect((await installRuntime({}, machine)).changed).toBe(true);
    expect(machine.calls.filter(downloads)).toHaveLength(1);
  },
);

test('force keeps the library when nothing can be fetched', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  const offline = project.machine({
    answer: (_command, args) => (args.includes('download') ? { status: 1, stderr: 'Retrying' } : undefined),
  });
  await expect(installRuntime({ force: true }, offline)).rejects.toThrow('offline');
  expect(existsSync(join(library(project), 'libtensorflow_cc.so.2'))).toBe(true);
  expect((await installRuntime({}, project.machine())).changed).toBe(false);
});

test('an addon that came after the stamp is not judged by it', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  mkdirSync(dirname(project.addon), { recursive: true });
  writeFileSync(project.addon, 'another');
  rmSync(library(project), { recursive: true });
  expect(libraryFault(target(project))).toBeUndefined();
});
