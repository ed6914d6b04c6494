import { defineConfig } from 'vitest/config';
import { tensorReach, testFiles } from './scripts/test-files.mjs';

// A file that never reaches tensorflow.js is spared the time in which it loads.
const reachesTensors = tensorReach(import.meta.dirname);
const [withTensors, withoutTensors] = [true, false].map((wanted) =>
  testFiles(import.meta.dirname).filter((file) => reachesTensors(file) === wanted),
);

// Nothing that these test looks at what a process has, such as the sum of its tensors' bytes, its kernels or its environment:
// one process loads TensorFlow for all of them.
const SHARING =
  /^packages\/(augmentation|discriminator|evaluation|exchange|generator|layers|losses|mapping-network|metrics|ops|optimizers|profiling|run|style-encoder|training|translation)\//;

// These do.
const ALONE = new Set([
  // looks for what tensorflow.js gets wrong until @stargan/ops mends it in the whole process
  'packages/losses/src/internal/twice-differentiable.test.ts',
  // kernels of tensorflow.js without second-order gradients, until something registers them
  'packages/ops/src/readme.test.ts',
  // kernels that have a rule for shapes: others register more
  'packages/profiling/src/memory/shape-rules/shape-rules.test.ts',
  // bytes of all tensors, and simulations that are kept
  'packages/training/src/planning/extremes.test.ts',
  'packages/training/src/planning/forecast.test.ts',
  'packages/training/src/planning/plan-training.test.ts',
]);
const shares = (file) => SHARING.test(file) && !ALONE.has(file);

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
        test: { name: 'tensors', include: withTensors.filter((file) => !shares(file)), setupFiles: ['testing/native-backend.ts'] },
      },
      {
        extends: true,
        test: { name: 'pure', include: withTensors.filter(shares), setupFiles: ['testing/native-backend.ts'], isolate: false },
      },
      { extends: true, test: { name: 'files', include: withoutTensors } },
    ],
  },
});
