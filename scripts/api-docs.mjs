import { apiDocs } from './api-docs/api-docs.mjs';
import { checkOption } from './check-option.mjs';
import { root } from './run.mjs';

const USAGE = `Usage: node scripts/api-docs.mjs [--check]

Writes docs/api from the doc comments of everything that the packages export, with TypeDoc and typedoc-plugin-markdown.
With --check nothing is written, and pages that differ from what would be are a failure. An export, property, method or
parameter without a doc comment and a link to nothing are failures always.
Exit code: 0 all well, 1 failure, 2 wrong usage.`;

const { summary, faults } = await apiDocs(root, checkOption(USAGE));
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
console.log(`${summary}, ${faults.length} faults`);
