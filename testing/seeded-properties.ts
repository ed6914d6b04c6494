import { appendFileSync } from 'node:fs';
import fc, { type RunDetails } from 'fast-check';
import { afterAll } from 'vitest';
import { seed } from './seeded-random.js';

// The same cases in every run of the tests, so that chance does not decide what a newcomer sees; `pnpm soak` sets other
// seeds, and counts the cases that were tried.
const counts = process.env.STARGAN_PROPERTY_COUNTS;

let tried = 0;

function report<T>(details: RunDetails<T>): void {
  tried += details.numRuns;
  if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
}

fc.configureGlobal({ seed, ...(counts !== undefined && { reporter: report }) });

afterAll(() => {
  if (counts !== undefined) appendFileSync(counts, `${tried}\n`);
});
