import type { ResidentMemory } from '@stargan/backend';
import { alignColumns, formatBytes } from '../table.js';

/** Where resident memory is, for people. @param memory undefined where the system does not tell */
export function formatMemory(memory: ResidentMemory | undefined): string {
  if (memory === undefined) return 'resident memory by use: this system does not tell; Linux does';
  const signed = (bytes: number): string => (bytes < 0 ? `−${formatBytes(-bytes)}` : formatBytes(bytes));
  const unlessUnknown = (bytes: number | undefined): string => (bytes === undefined ? 'not known' : signed(bytes));
  return alignColumns([
    ['resident memory', formatBytes(memory.total)],
    ['  tensors', formatBytes(memory.tensors)],
    ["  JavaScript's heap", formatBytes(memory.javascriptHeap)],
    ['  typed arrays', formatBytes(memory.arrayBuffers)],
    ['  files and libraries', formatBytes(memory.files)],
    ['  stacks of threads', formatBytes(memory.stacks)],
    ["  other native memory, TensorFlow's pool included", unlessUnknown(memory.nativeInUse)],
    ['  kept by the C library though free', unlessUnknown(memory.nativeFree)],
    ['  rest, less what was never touched', signed(memory.rest)],
  ]);
}
