import { expect, test } from 'vitest';
import { fakeSystem } from '../testing/fake-system.js';
import { findCompiler } from './compiler.js';
import { findNvidiaCard, formatCard } from './nvidia.js';
import { describeProcessor } from './processor.js';
import { findPython, isPython, probePython, pythonsOnPath } from './python.js';
import { runCommand } from './run-command.js';
import { thisSystem } from './system.js';

test('a card is read from nvidia-smi', async () => {
  const system = fakeSystem({ answer: () => ({ stdout: 'NVIDIA H200, 570.86.15, 143771\nNVIDIA H200, 570.86.15, 143771\n' }) });
  const card = await findNvidiaCard(system);
  expect(card).toEqual({ name: 'NVIDIA H200', driver: '570.86.15', memoryMiB: 143771 });
  expect(formatCard({ name: 'X', driver: '1.0', memoryMiB: 24576 })).toBe('X, 24.0 GiB, driver 1.0');
});

test('without nvidia-smi a card is known by its kernel module', async () => {
  const version = 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar 5 22:23:56 UTC 2024\n';
  const card = await findNvidiaCard(fakeSystem({ files: { '/proc/driver/nvidia/version': version } }));
  expect(card).toEqual({ name: 'NVIDIA card', driver: '550.54.15' });
});

test('an nvidia-smi that fails, as without a driver, is no card', async () => {
  const system = fakeSystem({ answer: () => ({ status: 9, stdout: 'NVIDIA-SMI has failed' }) });
  expect(await findNvidiaCard(system)).toBeUndefined();
});

test('AVX is known on x64 only, and only where the kernel says', () => {
  const avx = (flags: string, arch = 'x64') =>
    describeProcessor(fakeSystem({ arch, files: { '/proc/cpuinfo': `flags\t\t: ${flags}\n` } })).avx;
  expect(avx('fpu avx avx2')).toBe(true);
  expect(avx('fpu avx2')).toBe(false);
  expect(avx('fp asimd', 'arm64')).toBeUndefined();
  expect(describeProcessor(fakeSystem()).avx).toBeUndefined();
});

test('Python 2 is passed over', async () => {
  const probe = (version: string) => ({ stdout: JSON.stringify({ executable: 'x', version, pip: '24.0', tensorflow: null }) });
  const system = fakeSystem({ answer: (command) => probe(command === 'python3' ? '2.7.18' : '3.12.1') });
  expect(await findPython(system)).toMatchObject({ version: '3.12.1', tensorflow: undefined });
});

test('the probe of Python runs on a real one where there is one', async (context) => {
  const python = await findPython(thisSystem());
  if (!isPython(python)) return context.skip('there is no python3 on this machine');
  expect(python.version).toMatch(/^3\.\d+\.\d+$/);
  expect(python.executable).toMatch(/^\//);
});

test('a Python that the environment keeps from starting is asked again without it', async () => {
  const answer = (_command: string, args: readonly string[]) =>
    args[0] === '-I'
      ? { stdout: JSON.stringify({ executable: 'x', version: '3.12.1', pip: '24.0', tensorflow: null }) }
      : { status: 1, stderr: "ModuleNotFoundError: No module named 'encodings'\n" };
  expect(await findPython(fakeSystem({ answer }))).toMatchObject({ version: '3.12.1', flags: ['-I'] });
});

test('a Python that does not start says what it printed', async () => {
  const system = fakeSystem({ answer: () => ({ status: 1, stderr: 'Traceback\nImportError: broken\n' }) });
  expect(await findPython(system)).toEqual({ failure: 'ImportError: broken' });
  expect(await probePython(fakeSystem(), '/nowhere/python')).toBeUndefined();
});

test('every Python on PATH is listed once, in its order', async () => {
  const versions: Record<string, string> = { python3: '/a/python3', '/a/python3': '/a/python3', '/b/python3': '/b/python3' };
  const system = fakeSystem({
    env: { PATH: '/a:/b' },
    answer: (command) =>
      command in versions
        ? { stdout: JSON.stringify({ executable: versions[command], version: '3.12.1', pip: null, tensorflow: null }) }
        : undefined,
  });
  const found: string[] = [];
  for await (const { executable } of pythonsOnPath(system)) found.push(executable);
  expect(found).toEqual(['/a/python3', '/b/python3']);
});

test('CXX goes before the usual compilers and may carry arguments', async () => {
  const system = fakeSystem({ env: { CXX: 'ccache g++' }, answer: () => ({ stdout: 'g++ 13\nCopyright' }) });
  expect(await findCompiler(system)).toEqual({ command: 'ccache', args: ['g++'], version: 'g++ 13' });
  expect(system.calls).toEqual(['ccache g++ --version']);
});

test('a CXX that is not there is not replaced by another compiler', async () => {
  const system = fakeSystem({ env: { CXX: 'no-such' }, answer: (command) => (command === 'g++' ? {} : undefined) });
  expect(await findCompiler(system)).toBeUndefined();
});

test('a program that does not exist is reported as missing', async () => {
  expect(await runCommand('no-such-program-here', [], { timeoutMs: 60_000 })).toMatchObject({ missing: true, status: null });
});

test('a program ends with its status and both outputs', async () => {
  const code = 'console.log("out"); console.error("err"); process.exit(3)';
  expect(await runCommand(process.execPath, ['-e', code])).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n', missing: false });
});

test('a program that outlives its time is ended', async () => {
  const result = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200 });
  expect(result).toMatchObject({ status: null, signal: 'SIGKILL' });
});

test('a log that cannot be written does not end the program that is logged', async () => {
  expect(await runCommand(process.execPath, ['-e', 'console.log("out")'], { log: '/no/such/folder/log' })).toMatchObject({
    status: 0,
    stdout: 'out\n',
  });
});
