import { expect, test } from 'vitest';
import { fakeProject, pythonAnswer } from '../testing/fake-project.js';
import type { FakeMachine } from '../testing/fake-system.js';
import { InstallError } from './failure.js';
import { installRuntime } from './install-runtime.js';

const missing = { status: null, missing: true };

const cases: { what: string; machine: FakeMachine; message: RegExp }[] = [
  {
    what: 'python3',
    machine: { answer: (command) => (command.startsWith('python') ? missing : undefined) },
    message: /there is no python3.*\n.*apt-get install python3 python3-pip.*STARGAN_TENSORFLOW/,
  },
  {
    what: 'pip',
    machine: { answer: (command, args) => (args.includes('-c') ? pythonAnswer({ pip: null }) : undefined) },
    message: /has no pip.*\n.*python3-pip/,
  },
  {
    what: 'a compiler',
    machine: { answer: (command) => (command.endsWith('++') ? missing : undefined) },
    message: /no C\+\+ compiler.*\n.*apt-get install g\+\+.*CXX/,
  },
  {
    what: 'disk space',
    machine: { freeBytes: 1.2e9 },
    message: /1\.2 GB free.*needs 1\.7 GB, wheels and library together\n.*STARGAN_CACHE_DIR/,
  },
  {
    what: 'a connection',
    machine: {
      answer: (_command, args) =>
        args.includes('download') ? { status: 1, stderr: 'retrying\nERROR: No matching distribution\n' } : undefined,
    },
    message:
      /pip could not fetch TensorFlow \(tensorflow-cpu==2\.21\.0\):\n\s+retrying\n\s+ERROR: No matching distribution\n.*offline.*install\.log/,
  },
  {
    what: 'a whole wheel',
    machine: {
      answer: (_command, args) =>
        args.join().includes('extract-wheel') ? { status: 1, stderr: 'BadZipFile: File is not a zip file' } : undefined,
    },
    message: /could not be extracted:\n.*BadZipFile.*\n.*again/,
  },
  {
    what: 'a compiler for C++17',
    machine: {
      answer: (command, args) =>
        command === 'g++' && args.includes('-o') ? { status: 1, stderr: "error: unrecognized '-std=c++17'" } : undefined,
    },
    message: /could not compile the addon:\n.*c\+\+17.*\n.*g\+\+ 9.*install\.log/,
  },
  { what: 'Linux', machine: { platform: 'darwin' }, message: /Linux only, and this is darwin\n.*npm rebuild/ },
  { what: 'a 64-bit processor', machine: { arch: 'ia32' }, message: /no TensorFlow library for ia32\n.*wasm/ },
  {
    what: 'AVX',
    machine: { files: { '/proc/cpuinfo': 'flags\t\t: fpu sse2\n' } },
    message: /no AVX.*\n.*wasm/,
  },
  { what: 'glibc', machine: { libc: 'musl 1.2.5' }, message: /need glibc, and this system has musl.*Alpine.*\n.*Debian.*wasm/ },
  { what: 'a new enough glibc', machine: { libc: 'glibc 2.17' }, message: /need glibc 2\.27 or later, and this system has 2\.17\n/ },
  {
    what: 'a path that the loader takes',
    machine: { env: { STARGAN_CACHE_DIR: '/tmp/stargan-a:b' } },
    message: /stargan-a:b has a colon.*\n.*STARGAN_CACHE_DIR/,
  },
  {
    what: 'a cache from which programs may be run',
    machine: {
      answer: (_command, args) =>
        args.join().includes('verify-runtime')
          ? { status: 1, stderr: 'libtensorflow_cc.so.2: failed to map segment from shared object' }
          : undefined,
    },
    message: /noexec.*STARGAN_CACHE_DIR/,
  },
  {
    what: 'memory for the compiler',
    machine: {
      answer: (command, args) =>
        command === 'g++' && args.includes('-o')
          ? { status: 1, stderr: 'g++: fatal error: Killed signal terminated program cc1plus' }
          : undefined,
    },
    message: /could not compile the addon:\n.*Killed.*\n.*lack of memory/,
  },
  { what: 'tfjs-node', machine: { packages: [] }, message: /tfjs-node is not installed.*\n.*npm install/ },
];

test.each(cases)('without $what the message says so, and what to do', async ({ machine, message }) => {
  const project = fakeProject();
  const failure: unknown = await installRuntime({}, project.machine(machine)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InstallError);
  expect((failure as InstallError).message).toMatch(message);
});

test('after a failed download the next installation starts it anew', async () => {
  const project = fakeProject();
  const offline: FakeMachine = { answer: (_command, args) => (args.includes('download') ? { status: 1 } : undefined) };
  await expect(installRuntime({}, project.machine(offline))).rejects.toThrow(InstallError);
  expect((await installRuntime({}, project.machine())).changed).toBe(true);
});
