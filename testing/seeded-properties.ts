import { appendFileSync } from 'node:fs';
import { randomStream } from '@stargan/random';
import fc, { type RunDetails } from 'fast-check';
import { afterAll } from 'vitest';

// The same cases in every run of the tests, so that chance does not decide what a newcomer sees; `pnpm soak` sets other
// seeds, and counts the cases that were tried.
const seed = Number(process.env.STARGAN_PROPERTY_SEED ?? 20260101);
const counts = process.env.STARGAN_PROPERTY_COUNTS;

let tried = 0;

function report<T>(details: RunDetails<T>): void {
  tried += details.numRuns;
  if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
}

// What tensorflow.js draws without a seed of its own, `randomNormal` say, it seeds from here.
const random = randomStream(seed, 'tests');
Math.random = () => random.uniform();

fc.configureGlobal({ seed, ...(counts !== undefined && { reporter: report }) });

afterAll(() => {
  if (counts !== undefined) appendFileSync(counts, `${tried}\n`);
});
