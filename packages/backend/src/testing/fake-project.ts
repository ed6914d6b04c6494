import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommandResult } from '../machine/run-command.js';
import type { System } from '../machine/system.js';
import { fakeSystem, type Answer, type FakeMachine } from './fake-system.js';

const nvidiaAnswer = { stdout: 'NVIDIA Example, 550.54.15, 24576\n' };

/** A temporary project with a tfjs-node that has sources and no addon, and tools that write small files. */
export interface FakeProject {
  readonly folder: string;
  readonly cache: string;
  readonly addon: string;
  /** A machine on which every tool works, unless `answer` says otherwise for it. */
  machine(machine?: FakeMachine): System & { readonly calls: string[] };
}

export function fakeProject({ card = false, seesCard = card }: { card?: boolean; seesCard?: boolean } = {}): FakeProject {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-backend-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const cache = join(folder, 'cache');
  const target = { name: '@tensorflow/tfjs-node', version: '4.22.0', folder: join(folder, 'tfjs-node') };
  write(join(target.folder, 'binding', 'tfjs_backend.cc'), '// source');
  const tools: Answer = (command, args, options) => {
    const line = args.join(' ');
    if (command === 'nvidia-smi') return card ? nvidiaAnswer : undefined;
    if (line.includes('verify-runtime')) {
      const gpu = seesCard && options.env?.CUDA_VISIBLE_DEVICES !== '-1';
      return { stdout: `noise\n${JSON.stringify({ tensorflow: '2.21.0', gpu, functions: true })}\n` };
    }
    if (line.includes('verify-kernels')) return { stdout: '{}\n' };
    if (command === 'python3' && args.includes('-c')) return pythonAnswer();
    if (line.includes('wheel-requirements')) return { stdout: 'nvidia-cublas-cu12<13.0,>=12.5\n' };
    if (line.includes('pip download')) return makeFile(join(after(args, '--dest'), 'some.whl'));
    if (line.includes('extract-wheel')) return makeLibrary(args.at(-1) ?? '');
    if (command === 'g++' && args.includes('-o')) return makeFile(after(args, '-o'));
    if (command === 'g++') return { stdout: 'g++ 12.2.0\n' };
    return undefined;
  };
  return {
    folder,
    cache,
    addon: join(target.folder, 'lib', 'napi-v8', 'tfjs_binding.node'),
    machine: (machine = {}) =>
      fakeSystem({
        packages: [target],
        ...machine,
        env: { STARGAN_CACHE_DIR: cache, ...machine.env },
        answer: (...call) => machine.answer?.(...call) ?? tools(...call),
      }),
  };
}

/** What the probe of a Python answers. */
export function pythonAnswer(
  facts: { pip?: string | null; tensorflow?: string; version?: string; executable?: string } = {},
): Partial<CommandResult> {
  const { pip = '24.0', tensorflow = null, version = '3.11.7', executable = 'python3' } = facts;
  return { stdout: JSON.stringify({ executable, version, pip, tensorflow }) };
}

/** Writes the files of a `tensorflow` package that the addon is built on into `folder`/tensorflow. */
export function makeLibrary(folder: string, { cuda = false, version = '' } = {}): Partial<CommandResult> {
  const library = join(folder, 'tensorflow');
  for (const file of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h']) {
    write(join(library, file), file);
  }
  write(join(library, 'python/platform/build_info.py'), `('is_cuda_build', ${cuda ? 'True' : 'False'})`);
  if (version !== '') mkdirSync(join(folder, `tensorflow-${version}.dist-info`), { recursive: true });
  return {};
}

/** Names in the cache, sorted, without those that are always there. */
export function cacheEntries(project: FakeProject): string[] {
  return readdirSync(project.cache)
    .filter((name) => name !== 'logs')
    .sort();
}

function makeFile(path: string): Partial<CommandResult> {
  write(path, `made at ${path}`);
  return {};
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function after(args: readonly string[], name: string): string {
  return args[args.indexOf(name) + 1] ?? '';
}
