import { join } from 'node:path';
import { heading, run } from './run.mjs';
import { setUp } from './setup.mjs';

await setUp();
heading('demo');
process.exitCode = await run(process.execPath, [join('harness', 'bin', 'stargan.js'), 'demo', ...process.argv.slice(2)]);
