import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unusableForTests } from './clone-path.mjs';
import { heading, root } from './run.mjs';
import { runOrExit, setUp } from './setup.mjs';

const conformance = join('harness', 'bin', 'conformance.js');
// Made by the reference implementation; the second set is larger and not part of the repository.
const goldens = [join('harness', 'fixtures', 'goldens'), join('..', 'shared', 'goldens')];

const fault = unusableForTests(root);
if (fault !== undefined) {
  console.error(fault);
  process.exit(1);
}

await setUp(); // its build is the type check

heading('lint');
await runOrExit(process.execPath, [join('node_modules', 'eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']);

heading('API pages');
await runOrExit(process.execPath, [join('scripts', 'api-docs.mjs'), '--check']);

heading('tests');
await runOrExit(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run']);

heading('conformance');
for (const folder of goldens) {
  const missing = [conformance, folder].find((path) => !existsSync(join(root, path)));
  if (missing !== undefined) console.log(`skipped ${folder}: there is no ${missing}`);
  else await runOrExit(process.execPath, [conformance, folder]);
}

heading('packages, packed and installed alone');
await runOrExit(process.execPath, [join('scripts', 'check-packages.mjs')]);

heading('all passed');
