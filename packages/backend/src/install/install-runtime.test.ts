import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheEntries, fakeProject, makeLibrary, pythonAnswer, type FakeProject } from '../testing/fake-project.js';
import type { FakeMachine } from '../testing/fake-system.js';
import { installRuntime } from './install-runtime.js';

test('a first installation downloads, extracts, compiles, places and verifies, in that order', async () => {
  const project = fakeProject();
  const machine = project.machine();
  const done = await installRuntime({}, machine);
  expect(done).toEqual({
    flavour: 'cpu',
    packageName: '@tensorflow/tfjs-node',
    tensorflowVersion: '2.21.0',
    changed: true,
  });
  const steps = ['pip download', 'extract-wheel', ' -o ', 'verify-runtime'];
  const order = steps.map((step) => machine.calls.findIndex((call) => call.includes(step)));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(readFileSync(project.addon, 'utf8')).toContain('made at');
});

test('nothing but the library, the addon and the log stays in the cache', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  expect(cacheEntries(project)).toEqual(['addons', 'tensorflow-cpu-2.21.0-x64']);
});

test('an Arm machine takes the plain wheel, the only one there is for it', async () => {
  const machine = fakeProject().machine({ arch: 'arm64' });
  await installRuntime({}, machine);
  expect(machine.calls.find((call) => call.includes('pip download'))).toContain(' tensorflow==2.21.0');
});

test('a second installation only looks for a card', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  const machine = project.machine();
  expect((await installRuntime({}, machine)).changed).toBe(false);
  expect(machine.calls.filter((call) => !call.startsWith('nvidia-smi'))).toEqual([]);
});

test('the addon is compiled against the library of the cache and finds it at run time', async () => {
  const project = fakeProject();
  const machine = project.machine();
  await installRuntime({}, machine);
  const library = join(project.cache, 'tensorflow-cpu-2.21.0-x64', 'tensorflow');
  const compile = machine.calls.find((call) => call.includes(' -o ')) ?? '';
  expect(compile).toContain(`-I${join(library, 'include')}`);
  expect(compile).toContain(`-Xlinker -rpath -Xlinker ${library} `);
  expect(compile).toContain('tfjs_backend.cc');
});

test('force fetches and compiles anew', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  const machine = project.machine();
  expect((await installRuntime({ force: true }, machine)).changed).toBe(true);
  expect(machine.calls.some((call) => call.includes(' -o '))).toBe(true);
  expect(machine.calls.some((call) => call.includes('pip download'))).toBe(true);
});

test('a lost addon comes back from the cache without a compiler', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  rmSync(dirname(project.addon), { recursive: true });
  const machine = project.machine({ answer: (command) => (command === 'g++' ? { status: 1 } : undefined) });
  expect((await installRuntime({}, machine)).changed).toBe(true);
  expect(existsSync(project.addon)).toBe(true);
});

test('a library whose files have gone is fetched again', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  rmSync(join(project.cache, 'tensorflow-cpu-2.21.0-x64', 'tensorflow', 'libtensorflow_cc.so.2'));
  const machine = project.machine();
  await installRuntime({}, machine);
  expect(machine.calls.some((call) => call.includes('pip download'))).toBe(true);
});

test('what interrupted installations left is removed and not used', async () => {
  const project = fakeProject();
  const left = join(project.cache, 'tensorflow-cpu-2.21.0-x64.part-1-abc', 'tensorflow');
  const unstamped = join(project.cache, 'tensorflow-cpu-2.21.0-x64', 'tensorflow');
  const addons = join(project.cache, 'addons');
  for (const folder of [left, unstamped, addons]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(addons, 'tfjs_binding.node.part-1-abc'), 'half');
  writeFileSync(join(unstamped, 'libtensorflow_cc.so.2'), 'half');
  await installRuntime({}, project.machine());
  expect(existsSync(left)).toBe(false);
  expect(existsSync(join(addons, 'tfjs_binding.node.part-1-abc'))).toBe(false);
  expect(readFileSync(join(unstamped, 'libtensorflow_cc.so.2'), 'utf8')).toBe('libtensorflow_cc.so.2');
});

test('a whole wheel that was not extracted yet is not downloaded again', async () => {
  const project = fakeProject();
  const wheel = join(project.cache, 'downloads', 'tensorflow-cpu_2.21.0-x64');
  mkdirSync(wheel, { recursive: true });
  writeFileSync(join(wheel, 'tensorflow_cpu.whl'), 'whole');
  const machine = project.machine();
  await installRuntime({}, machine);
  expect(machine.calls.some((call) => call.includes('pip download'))).toBe(false);
  expect(existsSync(wheel)).toBe(false);
});

test('an addon that fails its verification is taken out again', async () => {
  const project = fakeProject();
  const broken = verification({ status: 1, stderr: 'libcuda.so.1: cannot open\n' });
  await expect(installRuntime({}, project.machine(broken))).rejects.toThrow(/does not work.*libcuda.*\n.*install\.log/);
  expect(existsSync(project.addon)).toBe(false);
});

test('an addon that failed its verification is compiled again by the next installation', async () => {
  const project = fakeProject();
  await expect(installRuntime({}, project.machine(verification({ status: 1 })))).rejects.toThrow('does not work');
  const machine = project.machine();
  await installRuntime({}, machine);
  expect(machine.calls.some((call) => call.includes(' -o '))).toBe(true);
});

test('a failed installation leaves no halves in the cache', async () => {
  const project = fakeProject();
  const machine = project.machine({ answer: (_command, args) => (args.includes('download') ? { status: 1 } : undefined) });
  await expect(installRuntime({}, machine)).rejects.toThrow('pip could not fetch');
  expect(cacheEntries(project)).toEqual(['downloads']);
  expect(readdirSync(join(project.cache, 'downloads'))).toEqual([]);
});

test('the addon that was there before comes back when the new one fails its verification', async () => {
  const project = fakeProject();
  mkdirSync(dirname(project.addon), { recursive: true });
  writeFileSync(project.addon, 'before');
  await expect(installRuntime({}, project.machine(verification({ status: 1 })))).rejects.toThrow('does not work');
  expect(readFileSync(project.addon, 'utf8')).toBe('before');
});

test('a stock addon that works is kept', async () => {
  const project = fakeProject();
  placeStockAddon(project);
  const machine = project.machine();
  expect((await installRuntime({}, machine)).changed).toBe(true);
  expect(readFileSync(project.addon, 'utf8')).toBe('stock');
  expect(machine.calls.some((call) => call.includes('pip'))).toBe(false);
});

test('a stock addon that does not load is replaced', async () => {
  const project = fakeProject();
  placeStockAddon(project);
  let tries = 0;
  const machine = project.machine({
    answer: (_command, args) => (args.join().includes('verify-runtime') && tries++ === 0 ? { status: 1 } : undefined),
  });
  await installRuntime({}, machine);
  expect(readFileSync(project.addon, 'utf8')).toContain('made at');
});

test('a TensorFlow that python3 has is used instead of a download', async () => {
  const project = fakeProject();
  makeLibrary(join(project.folder, 'site'), { version: '2.19.0' });
  const machine = project.machine(python({ tensorflow: join(project.folder, 'site', 'tensorflow') }));
  await installRuntime({}, machine);
  expect(machine.calls.some((call) => call.includes('pip download'))).toBe(false);
  expect(machine.calls.some((call) => call.includes(`-rpath -Xlinker ${join(project.folder, 'site', 'tensorflow')}`))).toBe(true);
});

test('a TensorFlow that is too old is passed over with the reason', async () => {
  const project = fakeProject();
  makeLibrary(join(project.folder, 'site'), { version: '2.9.1' });
  const machine = project.machine(python({ tensorflow: join(project.folder, 'site', 'tensorflow') }));
  const lines: string[] = [];
  await installRuntime({ onProgress: (line) => lines.push(line) }, machine);
  expect(lines.join('\n')).toMatch(/passing over.*2\.9\.1, older than 2\.14/);
  expect(machine.calls.some((call) => call.includes('pip download'))).toBe(true);
});

test('STARGAN_TENSORFLOW names a package folder, and another value builds anew', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  makeLibrary(join(project.folder, 'mine'));
  const env = { STARGAN_CACHE_DIR: project.cache, STARGAN_TENSORFLOW: join(project.folder, 'mine', 'tensorflow') };
  const machine = project.machine({ env });
  expect((await installRuntime({}, machine)).changed).toBe(true);
  expect(machine.calls.some((call) => call.includes(`-rpath -Xlinker ${env.STARGAN_TENSORFLOW}`))).toBe(true);
});

test('STARGAN_TENSORFLOW that is no TensorFlow is an error that names what is missing', async () => {
  const project = fakeProject();
  const machine = project.machine({ env: { STARGAN_TENSORFLOW: project.folder } });
  await expect(installRuntime({}, machine)).rejects.toThrow(/STARGAN_TENSORFLOW=.*has no libtensorflow_cc\.so\.2/);
});

test('two installations at once do the work once', async () => {
  const project = fakeProject();
  const machines = [project.machine(), project.machine()];
  await Promise.all(machines.map((machine) => installRuntime({}, machine)));
  const downloads = machines.flatMap(({ calls }) => calls).filter((call) => call.includes('pip download'));
  expect(downloads).toHaveLength(1);
});

function python(facts: Parameters<typeof pythonAnswer>[0]): FakeMachine {
  return { answer: (command, args) => (command === 'python3' && args.includes('-c') ? pythonAnswer(facts) : undefined) };
}

function verification(result: { status: number; stderr?: string }): FakeMachine {
  return { answer: (_command, args) => (args.join().includes('verify-runtime') ? result : undefined) };
}

function placeStockAddon(project: FakeProject): void {
  mkdirSync(dirname(project.addon), { recursive: true });
  mkdirSync(join(project.folder, 'tfjs-node', 'deps'));
  writeFileSync(project.addon, 'stock');
}
