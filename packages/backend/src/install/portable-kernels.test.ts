import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { processors, withFlags } from '../testing/fake-processors.js';
import { fakeProject, type FakeProject } from '../testing/fake-project.js';
import type { FakeMachine } from '../testing/fake-system.js';
import type { System } from '../machine/system.js';
import { chooseKernels } from './choose-kernels.js';
import { installRuntime, type InstallOptions } from './install-runtime.js';
import type { KernelsStamp } from './kernels-stamp.js';
import { findTarget } from './paths.js';

const levels = ['x86-64-v4', 'x86-64-v3', 'x86-64-v2'] as const;

type Recorded = System & { readonly calls: string[] };

/** What a machine compiled kernels for. */
const compiled = ({ calls }: Recorded): string[] =>
  calls.flatMap((call) => (call.includes('normalization.cc') ? (/-march=(\S+)/.exec(call)?.[1] ?? []) : []));

/** The targets whose kernels a machine ran. */
const ran = ({ calls }: Recorded): string[] =>
  calls.flatMap((call) => (call.includes('verify-kernels') ? (/-(x86-64-v\d|native-\w+)-glibc/.exec(call)?.[1] ?? []) : []));

const stampPath = (project: FakeProject): string => join(dirname(project.addon), 'stargan.json');
const stampOf = (project: FakeProject): { kernels: KernelsStamp } =>
  JSON.parse(readFileSync(stampPath(project), 'utf8')) as { kernels: KernelsStamp };
const kernelFiles = (project: FakeProject): string[] =>
  readdirSync(join(project.cache, 'addons')).filter((name) => name.startsWith('stargan_kernels'));

/** Installs on a machine; gives it back with what it said. */
async function install(project: FakeProject, of: FakeMachine, options: InstallOptions = {}): Promise<Recorded & { said: string }> {
  const machine = project.machine(of);
  const lines: string[] = [];
  await installRuntime({ ...options, onProgress: (line) => lines.push(line) }, machine);
  return { ...machine, said: lines.join('\n') };
}

/** What a start on a machine would load: the target, or why there is none. */
async function choice(machine: System): Promise<string> {
  const target = findTarget('cpu', machine);
  if (target === undefined) throw new Error('the project has no tfjs-node');
  const chosen = await chooseKernels(target, machine);
  return 'why' in chosen ? chosen.why : chosen.target;
}

const failing = (target: string, answer: { status: number | null; stderr?: string; signal?: string }): Pick<FakeMachine, 'answer'> => ({
  answer: (_command, args) => {
    const line = args.join(' ');
    return line.includes('verify-kernels') && line.includes(target) ? answer : undefined;
  },
});

test.each(levels)('a processor of %s gets kernels for that level alone, and takes them', async (level) => {
  const project = fakeProject();
  const machine = await install(project, processors[level]);
  expect(compiled(machine)).toEqual([level]);
  expect(ran(machine)).toEqual([level]);
  expect(await choice(project.machine(processors[level]))).toBe(level);
});

test.each([
  ['a processor of no level', processors.none],
  ['an Arm processor', { arch: 'arm64', ...withFlags('fp asimd') }],
] satisfies [string, FakeMachine][])('%s gets kernels for itself, also where they are to be portable', async (_, of) => {
  const project = fakeProject();
  const machine = await install(project, of);
  expect(compiled(machine)).toEqual(['native']);
  expect(await choice(project.machine(of))).toMatch(/^native-[\da-f]{8}$/);
  const portable = await install(fakeProject(), of, { portable: true });
  expect(compiled(portable)[0]).toBe('native');
  expect(ran(portable)).toHaveLength(1);
});

test('two models of one level share a file', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v3']);
  rmSync(dirname(project.addon), { recursive: true });
  const other = withFlags(`${processors['x86-64-v3'].files['/proc/cpuinfo']?.match(/flags\s*: (.*)/)?.[1] ?? ''} sha_ni gfni`);
  const machine = await install(project, other);
  expect(compiled(machine)).toEqual([]);
  expect(ran(machine)).toEqual(['x86-64-v3']);
  expect(kernelFiles(project)).toHaveLength(1);
});

test('portable kernels are compiled for every level, and those that the processor runs are verified', async () => {
  const project = fakeProject();
  const machine = await install(project, processors['x86-64-v3'], { portable: true });
  expect(compiled(machine).sort()).toEqual([...levels].sort());
  expect(ran(machine).sort()).toEqual(['x86-64-v2', 'x86-64-v3']);
  expect(machine.said).toContain('the fused kernels for x86-64-v4 were compiled but not verified, for this processor does not run them');
  expect((await installRuntime({ portable: true }, project.machine(processors['x86-64-v3']))).changed).toBe(false);
  expect((await installRuntime({}, project.machine(processors['x86-64-v2']))).changed).toBe(false);
});

test('the levels that an installation lacks are added to it', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v3']);
  const machine = await install(project, processors['x86-64-v3'], { portable: true });
  expect(compiled(machine).sort()).toEqual(['x86-64-v2', 'x86-64-v4']);
  expect(machine.calls.some((call) => call.includes('tfjs_backend.cc'))).toBe(false);
});

test.each(levels)(
  'a portable installation of the narrowest processor has kernels for one of %s, which are verified once',
  async (level) => {
    const project = fakeProject();
    await install(project, processors['x86-64-v2'], { portable: true });
    // No tools at all: a container without a compiler.
    const bare = (): Recorded =>
      project.machine({ ...processors[level], answer: (command) => (command.endsWith('++') ? { status: 1 } : undefined) });
    const [first, second] = [bare(), bare()];
    expect(await choice(first)).toBe(level);
    expect(ran(first)).toEqual(level === 'x86-64-v2' ? [] : [level]);
    expect(await choice(second)).toBe(level);
    expect(ran(second)).toEqual([]);
  },
);

test('an installation on the other machine verifies them too, whatever compiler is there', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v2'], { portable: true });
  const answer: FakeMachine['answer'] = (command, args) =>
    command === 'g++' && args[0] === '--version' ? { stdout: 'g++ 14.2.0\n' } : undefined;
  const machine = await install(project, { ...processors['x86-64-v3'], answer });
  expect(compiled(machine)).toEqual([]);
  expect(ran(machine)).toEqual(['x86-64-v3']);
  expect((await installRuntime({}, project.machine({ ...processors['x86-64-v3'], answer }))).changed).toBe(false);
});

test('kernels that are wrong where they first run make way for narrower ones, which is remembered', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v2'], { portable: true });
  const broken = { ...processors['x86-64-v4'], ...failing('x86-64-v4', { status: 1, stderr: 'StarganAdam gave 0 where 1 is right' }) };
  const machine = project.machine(broken);
  expect(await choice(machine)).toBe('x86-64-v3');
  expect(ran(machine)).toEqual(['x86-64-v4', 'x86-64-v3']);
  const next = project.machine(broken);
  expect(await choice(next)).toBe('x86-64-v3');
  expect(ran(next)).toEqual([]);
  expect(stampOf(project).kernels.builds?.find(({ target }) => target === 'x86-64-v4')?.refusal).toContain('gave 0');
});

test('what keeps kernels from being verified for the moment is not remembered', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v2'], { portable: true });
  const killed = { ...processors['x86-64-v3'], ...failing('x86-64-v3', { status: null, signal: 'SIGKILL' }) };
  expect(await choice(project.machine(killed))).toBe('x86-64-v2');
  expect(await choice(project.machine(processors['x86-64-v3']))).toBe('x86-64-v3');
});

test('kernels for a wider level are never run, and the reason names both levels until there are others', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v4']);
  const narrow = project.machine(processors['x86-64-v3']);
  expect(await choice(narrow)).toBe('they were compiled for x86-64-v4, not for this processor: it has x86-64-v3');
  expect(ran(narrow)).toEqual([]);
  const machine = await install(project, processors['x86-64-v3']);
  expect(compiled(machine)).toEqual(['x86-64-v3']);
  expect(ran(machine)).toEqual(['x86-64-v3']);
  // Back on the first machine nothing is to be done.
  expect((await installRuntime({}, project.machine(processors['x86-64-v4']))).changed).toBe(false);
  expect(await choice(project.machine(processors['x86-64-v4']))).toBe('x86-64-v4');
});

test('a processor without a compiler goes on with narrower kernels, and says so', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v3']);
  const machine = await install(project, {
    ...processors['x86-64-v4'],
    answer: (command) => (command.endsWith('++') ? { status: 1 } : undefined),
  });
  expect(machine.said).toContain('warning: going on with the fused kernels for x86-64-v3: there is no C++ compiler');
  expect(ran(machine)).toEqual([]);
});

test('a level that does not compile is a warning beside the others', async () => {
  const project = fakeProject();
  const answer: FakeMachine['answer'] = (_command, args) =>
    args.includes('-march=x86-64-v4') && args.includes('-o') ? { status: 1, stderr: 'error: no such instruction' } : undefined;
  const machine = await install(project, { ...processors['x86-64-v3'], answer }, { portable: true });
  expect(machine.said).toMatch(/warning: there are no fused kernels for x86-64-v4: .*no such instruction/);
  expect(kernelFiles(project)).toHaveLength(2);
  expect((await installRuntime({ portable: true }, project.machine({ ...processors['x86-64-v3'], answer }))).changed).toBe(false);
});

test('a compiler that does not know the levels makes kernels for this processor alone', async () => {
  const project = fakeProject();
  const answer: FakeMachine['answer'] = (_command, args) =>
    args.some((argument) => argument.startsWith('-march=x86-64-v')) ? { status: 1, stderr: "error: bad value ('x86-64-v4')" } : undefined;
  const machine = await install(project, { ...processors['x86-64-v4'], answer }, { portable: true });
  expect(compiled(machine)).toEqual(['native']);
  expect(machine.said).toContain('warning: the fused kernels are compiled for this processor alone: g++ 12.2.0 does not know the levels');
  expect(await choice(project.machine(processors['x86-64-v4']))).toMatch(/^native-/);
  expect((await installRuntime({}, project.machine({ ...processors['x86-64-v4'], answer }))).changed).toBe(false);
  expect(await choice(project.machine(processors['x86-64-v3']))).toBe(
    'they were compiled for another processor, not for this processor: it has x86-64-v3',
  );
  // A newer one, which is asked to compile anew, makes them for the level, and those are taken from then on.
  await install(project, processors['x86-64-v4'], { force: true });
  expect(await choice(project.machine(processors['x86-64-v4']))).toBe('x86-64-v4');
});

test('STARGAN_KERNELS_LEVEL takes a narrower level, or this processor alone', async () => {
  for (const [level, flag] of [
    ['x86-64-v2', 'x86-64-v2'],
    ['native', 'native'],
  ] as const) {
    const project = fakeProject();
    const asked = { ...processors['x86-64-v4'], env: { STARGAN_KERNELS_LEVEL: level } };
    expect(compiled(await install(project, asked))).toEqual([flag]);
    expect(await choice(project.machine(asked))).toContain(level);
    expect((await installRuntime({}, project.machine(asked))).changed).toBe(false);
  }
});

test.each([
  ['x86-64-v4', 'STARGAN_KERNELS_LEVEL=x86-64-v4 asks for what this processor does not have: it has x86-64-v3'],
  ['avx2', 'STARGAN_KERNELS_LEVEL must be one of x86-64-v4, x86-64-v3, x86-64-v2, native, got avx2'],
])('STARGAN_KERNELS_LEVEL=%s leaves the kernels out, says why, and runs nothing', async (level, why) => {
  const project = fakeProject();
  await install(project, processors['x86-64-v2'], { portable: true });
  const asked = { ...processors['x86-64-v3'], env: { STARGAN_KERNELS_LEVEL: level } };
  const machine = project.machine(asked);
  expect(await choice(machine)).toBe(why);
  expect(await installRuntime({}, machine)).toMatchObject({ changed: false, withoutKernels: why });
  expect([...compiled(machine), ...ran(machine)]).toEqual([]);
});

test('STARGAN_KERNELS_LEVEL names a level that was not compiled until it is', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v4']);
  const asked = { ...processors['x86-64-v4'], env: { STARGAN_KERNELS_LEVEL: 'x86-64-v3' } };
  expect(await choice(project.machine(asked))).toBe('they were compiled for x86-64-v4, not for STARGAN_KERNELS_LEVEL=x86-64-v3');
  expect(compiled(await install(project, asked))).toEqual(['x86-64-v3']);
  expect(await choice(project.machine(asked))).toBe('x86-64-v3');
});

test('what an earlier version left is neither loaded nor in the way', async () => {
  const project = fakeProject();
  await install(project, processors['x86-64-v3']);
  const file = join(project.cache, 'addons', 'stargan_kernels-x64-0123456789abcdef-glibc2.36-01234567.node');
  writeFileSync(file, 'of an earlier version');
  writeFileSync(stampPath(project), JSON.stringify({ ...stampOf(project), kernels: { key: '0123456789abcdef', file } }));
  const machine = project.machine(processors['x86-64-v3']);
  expect(await choice(machine)).toBe('they were not compiled');
  expect(await installRuntime({}, machine)).not.toHaveProperty('withoutKernels');
  expect(machine.calls.some((call) => call.includes(file))).toBe(false);
  expect(await choice(project.machine(processors['x86-64-v3']))).toBe('x86-64-v3');
});
