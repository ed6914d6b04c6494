import { defineConfig } from 'vitest/config';
import { tensorReach, testFiles } from './scripts/test-files.mjs';

// A file that never reaches tensorflow.js is spared the time in which it loads.
const reachesTensors = tensorReach(import.meta.dirname);
const [withTensors, withoutTensors] = [true, false].map((wanted) =>
  testFiles(import.meta.dirname).filter((file) => reachesTensors(file) === wanted),
);

// Pure functions of their arguments, tested as such: one process loads TensorFlow for all of them. Not the file that looks
// for what tensorflow.js gets wrong until @stargan/ops mends it in the whole process.
const isPure = (file) =>
  /^packages\/(discriminator|generator|layers|losses|mapping-network|metrics|optimizers|style-encoder)\//.test(file) &&
  !file.endsWith('twice-differentiable.test.ts');

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
      {
        extends: true,
        test: { name: 'tensors', include: withTensors.filter((file) => !isPure(file)), setupFiles: ['testing/native-backend.ts'] },
      },
      {
        extends: true,
        test: { name: 'pure', include: withTensors.filter(isPure), setupFiles: ['testing/native-backend.ts'], isolate: false },
      },
      { extends: true, test: { name: 'files', include: withoutTensors } },
    ],
  },
});
