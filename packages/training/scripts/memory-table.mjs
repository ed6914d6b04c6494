// Plans the memory of training at several sizes and rewrites the table in docs/memory.md.
// Usage: node packages/training/scripts/memory-table.mjs   (after `pnpm build`)
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
const { status } = spawnSync(process.execPath, [vitest, 'run', 'packages/training/src/planning/memory-table.test.ts'], {
  cwd: root,
  env: { ...process.env, STARGAN_WRITE_TABLES: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
