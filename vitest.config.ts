import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'harness/src/**/*.test.ts', 'benchmarks/src/**/*.test.ts', 'examples/*.test.ts', 'scripts/**/*.test.mjs'],
    setupFiles: ['testing/native-backend.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
