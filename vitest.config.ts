import { defineConfig } from 'vitest/config';

const all = [
  'packages/*/src/**/*.test.ts',
  'harness/src/**/*.test.ts',
  'conformance/src/**/*.test.ts',
  'benchmarks/src/**/*.test.ts',
  'examples/*.test.ts',
  'scripts/**/*.test.mjs',
];
// Tests of folders that never touch a tensor: they are spared the second that TensorFlow takes to load.
const withoutTensors = [
  'packages/backend/src/{install,machine}/**/*.test.ts',
  'packages/{checkpoints,data,random}/src/**/*.test.ts',
  'scripts/**/*.test.mjs',
];

export default defineConfig({
  test: {
    setupFiles: ['testing/seeded-properties.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tensors',
          include: all,
          exclude: ['**/node_modules/**', ...withoutTensors],
          setupFiles: ['testing/native-backend.ts'],
        },
      },
      { extends: true, test: { name: 'files', include: withoutTensors } },
    ],
  },
});
