import { expect, test } from 'vitest';
import { formatMemory } from './format-memory.js';

const memory = {
  total: 3e9,
  tensors: 1e9,
  javascriptHeap: 5e7,
  arrayBuffers: 0,
  files: 3e8,
  stacks: 1e5,
  nativeInUse: 1e8,
  nativeFree: 2e9,
  rest: -45e7,
};

test('every part has a line, negative ones their sign', () => {
  const text = formatMemory(memory);
  expect(text.split('\n')).toHaveLength(9);
  expect(text).toMatch(/^ {2}rest, less what was never touched +−\S+/m);
  expect(text).toMatch(/^ {2}tensors +\d/m);
});

test('what is not known is said', () => {
  expect(formatMemory({ ...memory, nativeInUse: undefined, nativeFree: undefined }).match(/not known/g)).toHaveLength(2);
  expect(formatMemory(undefined)).toContain('Linux does');
});
