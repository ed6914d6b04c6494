import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unusableForTests } from './clone-path.mjs';
import { heading, root, run } from './run.mjs';
import { runOrExit, setUp } from './setup.mjs';

const conformance = join('conformance', 'bin', 'conformance.js');
// Made by the reference implementation; the second set is larger and not part of the repository.
const goldens = [join('conformance', 'fixtures', 'goldens'), join('..', 'shared', 'goldens')];

const fault = unusableForTests(root);
if (fault !== undefined) {
  console.error(fault);
  process.exit(1);
}

await setUp(); // its build is the type check

// One of each pair is busy with one core, or with waiting for npm and the disk: together they take little longer than
// the longer one.
await beside('API pages, layout of text, imports, dead code', [join('scripts', 'lint-beside.mjs')], async () => {
  heading('lint');
  await runOrExit(process.execPath, [join('node_modules', 'eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']);
});

heading('tests');
await runOrExit(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run']);

await beside('packages, packed and installed alone', [join('scripts', 'check-packages.mjs')], async () => {
  heading('conformance');
  for (const folder of goldens) {
    const missing = [conformance, folder].find((path) => !existsSync(join(root, path)));
    if (missing !== undefined) console.log(`skipped ${folder}: there is no ${missing}`);
    else await runOrExit(process.execPath, [conformance, folder]);
  }
});

heading('all passed');

/** Runs a program while `action` runs, and prints what it printed when both are done; ends this process when it failed. */
async function beside(title, args, action) {
  const printed = [];
  const program = run(process.execPath, args, { keep: (text) => printed.push(text), quiet: true });
  await action();
  const code = await program;
  heading(title);
  process.stdout.write(printed.join(''));
  if (code === 0) return;
  console.error(`\nfailed with code ${code}: ${[process.execPath, ...args].join(' ')}`);
  process.exit(code);
}
