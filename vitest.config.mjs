import { defineConfig } from 'vitest/config';
import { ownProcess, tensorReach, testFiles } from './scripts/test-files.mjs';

// A file that never reaches tensorflow.js is spared the time in which it loads.
const reachesTensors = tensorReach(import.meta.dirname);
const isAlone = ownProcess(import.meta.dirname);
// What runs programs, trains, or is about the process itself has one of its own; so does every file that says it needs one.
const areAlone = /^(?!packages\/)|^packages\/(backend|profiling)\//;

const files = testFiles(import.meta.dirname);
const withTensors = files.filter(reachesTensors);
const withoutTensors = files.filter((file) => !reachesTensors(file));
const isShared = (file) => !areAlone.test(file) && !isAlone(file);

/** Files in processes of their own, and files that share one: starting it can take longer than they do. */
const projects = (name, files, shares, options) => [
  { extends: true, test: { name, include: files.filter((file) => !shares(file)), ...options } },
  { extends: true, test: { name: `${name}, together`, include: files.filter(shares), isolate: false, ...options } },
];

export default defineConfig({
  test: {
    setupFiles: ['testing/seeded-properties.ts'],
    // Built packages are loaded as they are: Node.js does without transforming them.
    server: { deps: { external: [/\/(packages\/[^/]+|harness)\/dist\//] } },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      ...projects('tensors', withTensors, isShared, { setupFiles: ['testing/native-backend.ts'] }),
      ...projects('files', withoutTensors, (file) => !isAlone(file)),
    ],
  },
});
