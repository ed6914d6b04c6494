import { expect, test } from 'vitest';
import { describeRuntime } from './describe-runtime.js';
import { installCommand } from './install-command.js';

test('a native runtime is one line without a warning', () => {
  const runtime = {
    kind: 'native-cpu',
    backendName: 'tensorflow',
    tensorflowVersion: '2.21.0',
    device: 'CPU, 2 threads',
    reasons: ['native-gpu: no card'],
  } as const;
  expect(describeRuntime(runtime)).toBe('native-cpu: TensorFlow 2.21.0, CPU, 2 threads');
});

test('a native runtime on the processor of a machine with a card says why the card is not used', () => {
  const unusedCard =
    'NVIDIA A card is not used. @tensorflow/tfjs-node-gpu is installed but its addon was not built: run `npx stargan-backend install`';
  const text = describeRuntime({
    kind: 'native-cpu',
    backendName: 'tensorflow',
    device: 'CPU, 2 threads',
    reasons: ['native-gpu: the addon was not built'],
    unusedCard,
  });
  expect(text.split('\n')).toEqual(['native-cpu: CPU, 2 threads', `warning: ${unusedCard}`]);
});

test.each(['wasm', 'cpu'] as const)('%s is called slow, with the reasons and the remedy', (kind) => {
  const text = describeRuntime({ kind, backendName: kind, device: 'somewhere', reasons: ['native-cpu: the addon was not built'] });
  expect(text).toMatch(/^warning: .*slower/m);
  expect(text).toContain('native-cpu: the addon was not built');
  expect(text.endsWith(installCommand())).toBe(true);
});

test('a native CPU runtime says whether its fused kernels are in use, and why not', () => {
  const runtime = { kind: 'native-cpu', backendName: 'tensorflow', device: 'CPU, 2 threads', reasons: [] } as const;
  expect(describeRuntime({ ...runtime, fusedKernels: { available: true } })).toBe('native-cpu: CPU, 2 threads, fused kernels');
  expect(describeRuntime({ ...runtime, fusedKernels: { available: true, level: 'x86-64-v3' } })).toBe(
    'native-cpu: CPU, 2 threads, fused kernels (x86-64-v3)',
  );
  expect(describeRuntime({ ...runtime, fusedKernels: { available: false, why: 'there is no C++ compiler' } })).toBe(
    'native-cpu: CPU, 2 threads, without fused kernels (there is no C++ compiler)',
  );
});
