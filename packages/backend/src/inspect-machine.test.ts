import { expect, test } from 'vitest';
import { formatDiagnosis } from './format-diagnosis.js';
import { inspectMachine } from './inspect-machine.js';
import { installCommand } from './install-command.js';
import { installRuntime } from './install/install-runtime.js';
import { fakeProject } from './testing/fake-project.js';
import { fakeSystem } from './testing/fake-system.js';

test('a machine with nothing has one problem and a remedy for each thing it lacks', async () => {
  const diagnosis = await inspectMachine(fakeSystem({ freeBytes: 1e9 }));
  expect(diagnosis.runtimes.map(({ available }) => available)).toEqual([false, false, false, false]);
  const levels = Object.fromEntries(diagnosis.findings.map(({ subject, level }) => [subject, level]));
  expect(levels).toMatchObject({ runtime: 'problem', python: 'warning', compiler: 'warning', disk: 'warning' });
  for (const finding of diagnosis.findings) if (finding.level !== 'ok') expect(finding.remedy).toBeTruthy();
});

test('a machine with the native runtime needs no tools any more', async () => {
  const project = fakeProject();
  await installRuntime({}, project.machine());
  const diagnosis = await inspectMachine(project.machine());
  expect(diagnosis.runtimes[1]).toEqual({
    kind: 'native-cpu',
    available: true,
    version: '2.21.0',
    fusedKernels: { available: true, level: 'native' },
    capture: true,
  });
  expect(diagnosis.findings.map(({ subject }) => subject)).toEqual(['runtime', 'kernels', 'capture', 'memory']);
});

test('an addon that was not built is a slow runtime, with the command that builds it', async () => {
  const wasm = { name: '@tensorflow/tfjs-backend-wasm', version: '4.22.0', folder: '/nowhere' };
  const { findings } = await inspectMachine(fakeSystem({ packages: [wasm] }));
  expect(findings[0]).toMatchObject({ level: 'warning', subject: 'runtime', remedy: installCommand() });
  expect(findings[0]?.message).toContain('slow wasm');
});

test('kernels that could not be compiled are a warning with the reason and the remedy', async () => {
  const project = fakeProject();
  const broken = project.machine({
    answer: (_command, args) => (args.join().includes('normalization.cc') ? { status: 1, stderr: 'error: no AVX' } : undefined),
  });
  await installRuntime({}, broken);
  const { findings } = await inspectMachine(project.machine());
  expect(findings.find(({ subject }) => subject === 'kernels')).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('no AVX') as string,
    remedy: installCommand('--force'),
  });
});

test('a card that is not used is a warning', async () => {
  const project = fakeProject({ card: true, seesCard: false });
  await installRuntime({}, project.machine());
  const { findings } = await inspectMachine(project.machine());
  expect(findings.find(({ subject }) => subject === 'card')).toMatchObject({
    level: 'warning',
    remedy: expect.stringContaining('Load the driver') as string,
  });
});

test('a diagnosis survives JSON, and its text holds every finding and remedy', async () => {
  const diagnosis = await inspectMachine(fakeSystem());
  expect(JSON.parse(JSON.stringify(diagnosis))).toMatchObject({ node: process.version, findings: diagnosis.findings });
  const text = formatDiagnosis(diagnosis);
  for (const { message, remedy = '' } of diagnosis.findings) {
    expect(text).toContain(message);
    expect(text).toContain(remedy);
  }
});
