import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { heading, root, run } from './run.mjs';
import { setUp } from './setup.mjs';

const names = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length));

const [name = '', ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(
    `Usage: npm run example NAME [ARGUMENT…]\n\nSets the repository up where it is not yet, and runs an example: ${names.join(', ')}.${name === '' ? '' : `\nGot ${name}.`}`,
  );
  process.exit(2);
}

await setUp();
heading(name);
process.exitCode = await run(process.execPath, [join('examples', `${name}.js`), ...rest]);
