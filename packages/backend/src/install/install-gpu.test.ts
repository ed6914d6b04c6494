import { expect, test } from 'vitest';
import { fakeProject } from '../testing/fake-project.js';
import type { FakeMachine } from '../testing/fake-system.js';
import { installRuntime } from './install-runtime.js';

const seesCard: FakeMachine = {
  answer: (_command, args) => (args.join().includes('verify-runtime') ? { stdout: '{"tensorflow":"2.21.0","gpu":true}' } : undefined),
};

test('with a card the library comes with CUDA, in one folder', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine();
  expect((await installRuntime({}, machine)).flavour).toBe('gpu');
  const downloads = machine.calls.filter((call) => call.includes('pip download'));
  expect(downloads).toEqual([expect.stringContaining(' tensorflow==2.21.0'), expect.stringContaining('nvidia-cublas-cu12<13.0,>=12.5')]);
  const places = machine.calls.filter((call) => call.includes('extract-wheel')).map((call) => call.split(' ').at(-1));
  expect(new Set(places).size).toBe(1);
});

test('a second installation with a card does nothing', async () => {
  const project = fakeProject({ card: true });
  await installRuntime({}, project.machine());
  expect((await installRuntime({}, project.machine())).changed).toBe(false);
});

test('a card that TensorFlow cannot use gives the CPU runtime, and the reason', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  const lines: string[] = [];
  const done = await installRuntime({ onProgress: (line) => lines.push(line) }, project.machine());
  expect(done.flavour).toBe('cpu');
  expect(lines.join('\n')).toMatch(/GPU runtime cannot be installed.*no card that it can use/);
});

test('a card that was refused is not tried again by itself', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  await installRuntime({}, project.machine());
  const machine = project.machine();
  expect(await installRuntime({}, machine)).toMatchObject({ flavour: 'cpu', changed: false });
  expect(machine.calls.every((call) => call.startsWith('nvidia-smi'))).toBe(true);
});

test('a flavour that is asked for fails where the other would do', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  await expect(installRuntime({ flavour: 'gpu' }, project.machine())).rejects.toThrow(/finds no card that it can use.*\n/);
});

test('a driver that is too old is refused before anything is fetched', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine({
    answer: (command) => (command === 'nvidia-smi' ? { stdout: 'NVIDIA K80, 470.256.02, 11441\n' } : undefined),
  });
  const lines: string[] = [];
  expect((await installRuntime({ onProgress: (line) => lines.push(line) }, machine)).flavour).toBe('cpu');
  expect(lines.join('\n')).toContain('the NVIDIA driver is version 470.256.02, and CUDA 12 needs 525 or later');
  expect(machine.calls.filter((call) => call.includes('pip download'))).toEqual([expect.stringContaining('tensorflow-cpu')]);
});

test('there is no wheel with CUDA for Arm, so none is fetched', async () => {
  const machine = fakeProject({ card: true }).machine({ arch: 'arm64' });
  expect((await installRuntime({}, machine)).flavour).toBe('cpu');
  expect(machine.calls.some((call) => call.includes('nvidia-cublas'))).toBe(false);
});

test('wheels that have arrived are not fetched again by the next try', async () => {
  const project = fakeProject({ card: true });
  const cut: FakeMachine = {
    answer: (_command, args) => (args.includes('nvidia-cublas-cu12<13.0,>=12.5') ? { status: 1, stderr: 'Read timed out' } : undefined),
  };
  await expect(installRuntime({ flavour: 'gpu' }, project.machine(cut))).rejects.toThrow('offline');
  const machine = project.machine();
  await installRuntime({ flavour: 'gpu' }, machine);
  expect(machine.calls.filter((call) => call.includes('pip download'))).toEqual([expect.stringContaining('nvidia-cublas')]);
});

test('a GPU runtime that failed for a passing reason is tried again at the next start', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  const offline: FakeMachine = {
    answer: (_command, args) => (args.join(' ').includes('nvidia-cublas') ? { status: 1, stderr: 'Read timed out' } : undefined),
  };
  expect((await installRuntime({}, project.machine(offline))).flavour).toBe('cpu');
  expect((await installRuntime({}, project.machine(seesCard))).flavour).toBe('gpu');
});

test('a card that was refused is tried again, without a download, once its devices are there', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  await installRuntime({}, project.machine());
  const machine = project.machine({
    devices: ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm'],
    ...seesCard,
  });
  expect((await installRuntime({}, machine)).flavour).toBe('gpu');
  expect(machine.calls.some((call) => call.includes('pip download'))).toBe(false);
});

test('the reason why TensorFlow finds no card is given with its remedy', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  const hidden = project.machine({ env: { CUDA_VISIBLE_DEVICES: '' } });
  await expect(installRuntime({ flavour: 'gpu' }, hidden)).rejects.toThrow(/CUDA_VISIBLE_DEVICES is empty.*\nUnset/);
});

test('the CPU flavour can be asked for on a machine with a card', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine();
  expect((await installRuntime({ flavour: 'cpu' }, machine)).flavour).toBe('cpu');
  expect(machine.calls.some((call) => call.includes('nvidia-'))).toBe(false);
});

test('CUDA needs more disk than the CPU library', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine({ freeBytes: 5e9 });
  await expect(installRuntime({ flavour: 'gpu' }, machine)).rejects.toThrow(
    /5\.0 GB free.*needs 10\.6 GB, wheels and library together\n.*STARGAN_CACHE_DIR/,
  );
});
