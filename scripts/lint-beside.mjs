// What is looked at beside ESLint, one after another, to the end: each says what it finds.
import { join } from 'node:path';
import { run } from './run.mjs';

const checks = [
  [join('node_modules', 'prettier', 'bin', 'prettier.cjs'), '.', '--check', '--log-level', 'warn'],
  [join('scripts', 'api-docs.mjs'), '--check'],
  [join('scripts', 'command-docs.mjs'), '--check'],
  [join('scripts', 'architecture.mjs'), '--check'],
  [join('node_modules', 'knip', 'bin', 'knip.js'), '--no-progress', '--treat-config-hints-as-errors'],
];

for (const check of checks) {
  const code = await run(process.execPath, check);
  if (code !== 0) process.exitCode = 1;
}
