import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { selectRuntime } from '../select-runtime.js';
import { findAllocator, hasPagedBlocks } from './allocator.js';
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

test('memory that is free in other places is used where tensors lie in pages, and results are the same', (context) => {
  if (!hasPagedBlocks()) {
    context.skip('the addon, or the system, does not lay tensors in pages');
    return;
  }
  const program = `
    import { readFileSync } from 'node:fs';
    import * as tf from '@tensorflow/tfjs-core';
    import { selectRuntime } from './dist/index.js';
    const { allocation } = await selectRuntime({ quiet: true });
    const resident = () => Number(/^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
    const before = resident();
    const values = (tensors) => tensors.map((tensor) => [tf.min(tensor).dataSync()[0], tf.max(tensor).dataSync()[0]]);
    const first = Array.from({ length: 40 }, (_, i) => tf.fill([3, 1024, 1024], i));
    const kept = first.filter((tensor, i) => i % 2 === 0 || tensor.dispose());
    const more = resident() - before;
    const larger = Array.from({ length: 12 }, (_, i) => tf.fill([5, 1024, 1024], 100 + i));
    const most = resident() - before;
    console.log(JSON.stringify({ allocation, more, most, values: values([...kept, ...larger]), env: process.env.TF_ONEDNN_USE_SYSTEM_ALLOCATOR ?? null }));
  `;
  const run = (allocation: string): { allocation: string; more: number; most: number; values: number[][]; env: string | null } => {
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: new URL('../..', import.meta.url),
      env: { ...process.env, STARGAN_ALLOCATION: allocation },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return JSON.parse(printed) as ReturnType<typeof run>;
  };
  const expected = [...Array.from({ length: 20 }, (_, i) => 2 * i), ...Array.from({ length: 12 }, (_, i) => 100 + i)];
  for (const allocation of ['paged', 'pooled']) {
    const { more, most, values, ...rest } = run(allocation);
    // The variable was for TensorFlow in this process, and not for processes that it starts.
    expect(rest).toEqual({ allocation, env: null });
    expect(values).toEqual(expected.map((value) => [value, value]));
    expect(more, allocation).toBeGreaterThan(470);
    // Of 480 MiB half were free, in holes of 12 MiB; tensors of 20 MiB need as much again where they do not fit.
    if (allocation === 'paged') expect(most).toBeLessThan(more + 24);
    else expect(most).toBeGreaterThan(more + 100);
  }
});
