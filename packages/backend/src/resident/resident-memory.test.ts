import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { selectRuntime } from '../select-runtime.js';
import { findAllocator } from './allocator.js';
import { residentMemory, splitResident } from './resident-memory.js';

// In a process of its own: where others have freed memory, new tensors take none from the system.
beforeAll(() => selectRuntime({ quiet: true }));

test('the parts add up to the whole, and native code has what tensors and arrays have not', () => {
  const mapped = { files: 300, stacks: 10, anonymous: 1000 };
  const accounts = { mapped, tensors: 400, javascriptHeap: 60, arrayBuffers: 40 };
  const parts = { total: 1310, tensors: 400, javascriptHeap: 60, arrayBuffers: 40, files: 300, stacks: 10 };
  expect(splitResident({ ...accounts, allocator: { inUse: 700, free: 200 } })).toEqual({
    ...parts,
    nativeInUse: 260,
    nativeFree: 200,
    rest: 40,
  });
  expect(splitResident({ ...accounts, allocator: undefined })).toEqual({
    ...parts,
    nativeInUse: undefined,
    nativeFree: undefined,
    rest: 500,
  });
});

test.skipIf(process.platform !== 'linux')('a process finds its own memory, and tensors where they are made', () => {
  const before = residentMemory()!;
  const tensor = tf.fill([32, 1024, 1024], 1.5);
  tensor.dataSync(); // as a copy, which is an array
  const after = residentMemory()!;
  const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  expect(Math.abs(after.total / resident - 1)).toBeLessThan(0.1);
  expect(after.tensors - before.tensors).toBe(2 ** 27);
  expect(after.total - before.total).toBeGreaterThan(2 ** 27 * 0.9);
  const { total, rest, tensors, javascriptHeap, arrayBuffers, files, stacks, nativeInUse = 0, nativeFree = 0 } = after;
  expect(tensors + javascriptHeap + arrayBuffers + files + stacks + nativeInUse + nativeFree + rest).toBe(total);
  for (const part of [files, stacks, javascriptHeap]) expect(part).toBeGreaterThan(0);
  tensor.dispose();
  expect(residentMemory()!.tensors).toBe(before.tensors);
});

test('what the allocator gave out and keeps is told where the addon knows it', (context) => {
  const allocator = findAllocator();
  if (allocator === undefined) {
    context.skip('the addon does not know the allocator');
    return;
  }
  const { inUse, free } = allocator.allocatorMemory();
  expect(inUse).toBeGreaterThan(2 ** 20);
  expect(free).toBeGreaterThan(0);
});

test('freed tensors go back to the system where that is asked for, and else to the pool', (context) => {
  if (findAllocator() === undefined) {
    context.skip('the addon does not know the allocator');
    return;
  }
  const program = `
    import { readFileSync } from 'node:fs';
    import * as tf from '@tensorflow/tfjs-core';
    import { selectRuntime } from './dist/index.js';
    await selectRuntime({ quiet: true });
    const resident = () => Number(/^VmRSS:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
    const before = resident();
    const tensors = Array.from({ length: 8 }, (_, i) => tf.fill([16, 1024, 1024], i));
    const most = resident();
    tf.dispose(tensors);
    console.log(JSON.stringify([most - before, resident() - before]));
  `;
  const kept = (allocation: string): [number, number] => {
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: new URL('../..', import.meta.url),
      env: { ...process.env, STARGAN_ALLOCATION: allocation },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return JSON.parse(printed) as [number, number];
  };
  for (const allocation of ['pooled', 'returned']) {
    const [most, after] = kept(allocation);
    expect(most, allocation).toBeGreaterThan(500);
    if (allocation === 'pooled') expect(after).toBeGreaterThan(500);
    else expect(after).toBeLessThan(100);
  }
});
