import { parseArgs } from 'node:util';
import { apiDocs } from './api-docs/api-docs.mjs';
import { root } from './run.mjs';

const USAGE = `Usage: node scripts/api-docs.mjs [--check]

Writes docs/api from the doc comments of everything that the packages export, with TypeDoc and typedoc-plugin-markdown.
With --check nothing is written, and pages that differ from what would be are a failure. An export, property, method or
parameter without a doc comment and a link to nothing are failures always.
Exit code: 0 all well, 1 failure, 2 wrong usage.`;

const { summary, faults } = await apiDocs(root, options());
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
console.log(`${summary}, ${faults.length} faults`);

function options() {
  try {
    const { values } = parseArgs({
      options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    });
    if (!values.help) return values;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
