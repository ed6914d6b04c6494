import { defineConfig } from 'vitest/config';
import { ownProcess, tensorReach, testFiles } from './scripts/test-files.mjs';

// A file that never reaches tensorflow.js is spared the time in which it loads.
const reachesTensors = tensorReach(import.meta.dirname);
const isAlone = ownProcess(import.meta.dirname);

const files = testFiles(import.meta.dirname);
const withTensors = files.filter(reachesTensors);
const withoutTensors = files.filter((file) => !reachesTensors(file));

/** Files in processes of their own, and files that share one: starting it can take longer than they do. */
const projects = (name, files, options) => [
  { extends: true, test: { name, include: files.filter(isAlone), ...options } },
  { extends: true, test: { name: `${name}, together`, include: files.filter((file) => !isAlone(file)), isolate: false, ...options } },
];

export default defineConfig({
  test: {
    setupFiles: ['testing/links-after-pipes.ts', 'testing/seeded-properties.ts'],
    // Built packages are loaded as they are: Node.js does without transforming them.
    server: { deps: { external: [/\/(packages\/[^/]+|harness)\/dist\//] } },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [...projects('tensors', withTensors, { setupFiles: ['testing/native-backend.ts'] }), ...projects('files', withoutTensors)],
  },
});
