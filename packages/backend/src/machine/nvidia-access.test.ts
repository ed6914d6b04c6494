import { expect, test } from 'vitest';
import { fakeSystem, type FakeMachine } from '../testing/fake-system.js';
import { cardState, findObstacle, oldDriver } from './nvidia-access.js';

const card = { name: 'NVIDIA X', driver: '570.86.15' };
const devices = ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm', '/usr/lib64/libcuda.so.1'];
const without = (...gone: string[]): string[] => devices.filter((device) => !gone.includes(device));

const cases: [string, FakeMachine, RegExp, RegExp][] = [
  ['no device files', {}, /no \/dev\/nvidia0, \/dev\/nvidiactl, \/dev\/nvidia-uvm/, /modprobe nvidia/],
  ['a container without the runtime', { devices: ['/.dockerenv'] }, /container was started without the NVIDIA runtime/, /--gpus all/],
  ['a pod without the runtime', { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, /container was started without/, /--gpus all/],
  [
    'an empty CUDA_VISIBLE_DEVICES',
    { devices, env: { CUDA_VISIBLE_DEVICES: '' } },
    /CUDA_VISIBLE_DEVICES is empty/,
    /Unset CUDA_VISIBLE_DEVICES/,
  ],
  ['CUDA_VISIBLE_DEVICES=-1', { devices, env: { CUDA_VISIBLE_DEVICES: '-1' } }, /CUDA_VISIBLE_DEVICES is -1/, /Unset/],
  ['a module that is not loaded', { devices: without('/dev/nvidia-uvm') }, /nvidia_uvm is not loaded/, /modprobe nvidia_uvm/],
  ['no library of the driver', { devices: without('/usr/lib64/libcuda.so.1') }, /libcuda\.so\.1 is not there/, /libcuda1/],
  [
    'a container with devices alone',
    { devices: [...without('/usr/lib64/libcuda.so.1'), '/.dockerenv'] },
    /libcuda\.so\.1/,
    /NVIDIA_DRIVER_CAPABILITIES/,
  ],
];

test.each(cases)('%s is told apart, with its remedy', (_, machine, why, remedy) => {
  const obstacle = findObstacle(card, fakeSystem(machine));
  expect(obstacle?.why).toMatch(why);
  expect(obstacle?.remedy).toMatch(remedy);
});

test('a driver that is too old is named with its version, before all else', () => {
  expect(findObstacle({ name: 'X', driver: '470.256.02' }, fakeSystem())?.why).toBe(
    'the NVIDIA driver is version 470.256.02, and CUDA 12 needs 525 or later',
  );
  expect(oldDriver({ name: 'X', driver: '525.60.13' })).toBeUndefined();
  expect(oldDriver({ name: 'X', driver: 'unknown' })).toBeUndefined();
});

test('nothing is said of a machine on which all is there', () => {
  expect(findObstacle(card, fakeSystem({ devices }))).toBeUndefined();
  expect(findObstacle(card, fakeSystem({ devices, env: { CUDA_VISIBLE_DEVICES: '0' } }))).toBeUndefined();
  expect(findObstacle(card, fakeSystem({ devices: ['/dev/dxg', '/usr/lib/wsl/lib/libcuda.so.1'] }))).toBeUndefined();
  expect(findObstacle(card, fakeSystem({ devices: without('/dev/nvidia0') }))).toBeUndefined();
  expect(
    findObstacle(card, fakeSystem({ devices: without('/usr/lib64/libcuda.so.1'), files: { '/etc/ld.so.cache': '…libcuda.so.1…' } })),
  ).toBeUndefined();
});

test('the state of a card changes with driver, devices and settings', () => {
  const states = [
    cardState(card, fakeSystem({ devices })),
    cardState(card, fakeSystem()),
    cardState({ ...card, driver: '580.1' }, fakeSystem({ devices })),
    cardState(card, fakeSystem({ devices, env: { CUDA_VISIBLE_DEVICES: '' } })),
  ];
  expect(new Set(states).size).toBe(4);
});
