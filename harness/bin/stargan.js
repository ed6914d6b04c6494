#!/usr/bin/env node
// Node.js opens the files of a whole graph of imports at once, several hundred here, which fails where few files may be open
// (`ulimit -n 256`). The packages below are loaded one after another, from low to high, so that each opens but its own.
for (const name of ['checkpoints', 'layers', 'metrics', 'data', 'training', 'backend', 'translation', 'exchange']) {
  await import(`@stargan/${name}`);
}
await import('zod');
const { runProgram } = await import('@stargan/backend');
const { main } = await import('../dist/cli/main.js');

await runProgram(() => main(process.argv.slice(2)));
