import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeProject, type FakeProject } from '../testing/fake-project.js';
import type { FakeMachine } from '../testing/fake-system.js';
import { installRuntime } from './install-runtime.js';

const compilesKernels = (call: string): boolean => call.includes('normalization.cc');
const stampOf = (project: FakeProject): string => join(dirname(project.addon), 'stargan.json');
const kernelsIn = (project: FakeProject): string[] =>
  readdirSync(join(project.cache, 'addons'))
    .filter((name) => name.startsWith('stargan_kernels'))
    .map((name) => join(project.cache, 'addons', name));

function failing(part: string, stderr: string): FakeMachine {
  return { answer: (_command, args) => (args.join(' ').includes(part) ? { status: 1, stderr } : undefined) };
}

test('the kernels are compiled after the addon, without fast-math, and tried', async () => {
  const project = fakeProject();
  const machine = project.machine();
  await installRuntime({}, machine);
  const order = ['tfjs_backend.cc', 'normalization.cc', 'verify-kernels'].map((part) =>
    machine.calls.findIndex((call) => call.includes(part)),
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(machine.calls.find(compilesKernels)).not.toContain('fast-math');
  expect(kernelsIn(project)).toHaveLength(1);
});

test('an addon that is in place without kernels gets them, and is not compiled again', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  rmSync(kernelsIn(project)[0] ?? '');
  const machine = project.machine();
  expect((await installRuntime({}, machine)).changed).toBe(true);
  expect(machine.calls.some(compilesKernels)).toBe(true);
  expect(machine.calls.some((call) => call.includes('tfjs_backend.cc'))).toBe(false);
});

test.each([
  ['that do not compile', failing('normalization.cc', 'error: no such instruction'), 'no such instruction'],
  ['that do not work', failing('verify-kernels', 'StarganResidualSum gave 0 where 1 is right'), 'StarganResidualSum gave 0'],
])('kernels %s are a warning, and are not tried again by themselves', async (_, broken, why) => {
  const project = fakeProject();
  const lines: string[] = [];
  const done = await installRuntime({ onProgress: (line) => lines.push(line) }, project.machine(broken));
  expect(done.changed).toBe(true);
  expect(lines.join('\n')).toMatch(new RegExp(`warning: going on without fused kernels: .*${why}`));
  expect(kernelsIn(project)).toEqual([]);
  expect((await installRuntime({}, project.machine(broken))).changed).toBe(false);
  expect((await installRuntime({ force: true }, project.machine())).changed).toBe(true);
  expect(kernelsIn(project)).toHaveLength(1);
});

test.each([
  ['killed for lack of memory', failing('normalization.cc', 'g++: fatal error: Killed signal terminated program cc1plus')],
  ['stopped by a full disk', failing('normalization.cc', '/usr/bin/ld: final link failed: No space left on device')],
  [
    'ended while they are verified',
    { answer: (_command, args) => (args.join().includes('verify-kernels') ? { status: null, signal: 'SIGKILL' } : undefined) },
  ],
  [
    'without a compiler for the moment',
    {
      answer: (command, args) =>
        args.join().includes('normalization.cc') || command.endsWith('++') ? { status: null, missing: true } : undefined,
    },
  ],
] satisfies [string, FakeMachine][])('kernels %s are made at the next start', async (_, passing) => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  rmSync(kernelsIn(project)[0] ?? '');
  expect(await installRuntime({}, project.machine(passing))).toHaveProperty('withoutKernels');
  const machine = project.machine();
  expect(await installRuntime({}, machine)).not.toHaveProperty('withoutKernels');
  expect(machine.calls.some((call) => call.includes('tfjs_backend.cc'))).toBe(false);
  expect(kernelsIn(project)).toHaveLength(1);
});

test('kernels that were refused are tried again with another compiler, and until then the refusal is told at every start', async () => {
  const project = fakeProject();
  const broken = failing('normalization.cc', 'error: no such instruction');
  await installRuntime({}, project.machine(broken));
  expect(await installRuntime({}, project.machine(broken))).toMatchObject({
    changed: false,
    withoutKernels: expect.stringContaining('no such instruction') as string,
  });
  const other: FakeMachine = {
    answer: (command, args) => (command === 'g++' && args[0] === '--version' ? { stdout: 'g++ 14.2.0\n' } : undefined),
  };
  expect(await installRuntime({}, project.machine(other))).not.toHaveProperty('withoutKernels');
});

test('kernels in the cache that do not load are compiled anew in the same start', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  rmSync(dirname(project.addon), { recursive: true });
  let tries = 0;
  const machine = project.machine({
    answer: (_command, args) =>
      args.join().includes('verify-kernels') && tries++ === 0 ? { status: 1, stderr: "version `GLIBC_2.38' not found" } : undefined,
  });
  expect(await installRuntime({}, machine)).not.toHaveProperty('withoutKernels');
  expect(machine.calls.filter(compilesKernels)).toHaveLength(1);
});

test('a cache that was moved to another processor gets kernels for it', async () => {
  const project = fakeProject();
  const cpu = (flags: string): FakeMachine => ({ files: { '/proc/cpuinfo': `flags\t\t: ${flags}\n` } });
  await installRuntime({}, project.machine(cpu('fpu avx avx512f')));
  const machine = project.machine(cpu('fpu avx'));
  expect((await installRuntime({}, machine)).changed).toBe(true);
  expect(machine.calls.some(compilesKernels)).toBe(true);
  expect(kernelsIn(project)).toHaveLength(2);
});

test('an interruption while the kernels are compiled costs only them', async () => {
  const project = fakeProject();
  const killed: FakeMachine = {
    answer: (_command, args) => {
      if (args.join(' ').includes('normalization.cc')) throw new Error('killed');
      return undefined;
    },
  };
  await expect(installRuntime({}, project.machine(killed))).rejects.toThrow('killed');
  const machine = project.machine();
  await installRuntime({}, machine);
  expect(machine.calls.some((call) => call.includes('tfjs_backend.cc'))).toBe(false);
  expect(machine.calls.some(compilesKernels)).toBe(true);
});

test('a stock addon stays without kernels', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  rmSync(stampOf(project));
  writeFileSync(join(dirname(dirname(dirname(project.addon))), 'deps'), '');
  const machine = project.machine();
  await installRuntime({}, machine);
  expect(machine.calls.some(compilesKernels)).toBe(false);
});
