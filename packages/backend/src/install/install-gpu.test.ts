import { expect, test } from 'vitest';
import { fakeProject } from '../testing/fake-project.js';
import { installRuntime } from './install-runtime.js';

test('with a card the library comes with CUDA, in one folder', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine();
  expect((await installRuntime({}, machine)).flavour).toBe('gpu');
  const pip = machine.calls.find((call) => call.includes('pip install')) ?? '';
  expect(pip).toContain('tensorflow[and-cuda]==2.21.0');
  expect(pip).toContain('--target');
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
  await expect(installRuntime({ flavour: 'gpu' }, project.machine())).rejects.toThrow('driver of version 525');
});

test('the CPU flavour can be asked for on a machine with a card', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine();
  expect((await installRuntime({ flavour: 'cpu' }, machine)).flavour).toBe('cpu');
  expect(machine.calls.some((call) => call.includes('and-cuda'))).toBe(false);
});

test('CUDA needs more disk than the CPU library', async () => {
  const project = fakeProject({ card: true });
  const machine = project.machine({ freeBytes: 5e9 });
  await expect(installRuntime({ flavour: 'gpu' }, machine)).rejects.toThrow(/5\.0 GB free.*needs 8 GB\n.*STARGAN_CACHE_DIR/);
});
