import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as ops from './index.js';
import { availableBackends, BACKENDS } from './testing/backends.js';
import { marks, measureTable, parseTable, renderTable } from './testing/gradient-table.js';
import { operationCases } from './testing/operation-cases.js';
import { stockCases } from './testing/stock-cases.js';
import { byTensorFlow, byThisPackage } from './testing/tensor-derivatives.js';

// In a process of its own: it measures what tensorflow.js gets wrong until the gradients of this package are registered.

const folder = fileURLToPath(new URL('..', import.meta.url));
const path = `${folder}README.md`;
const backends = availableBackends();

/** The part of the README between two comments. */
function section(name: string): { start: number; end: number; text: string } {
  const readme = readFileSync(path, 'utf8');
  const [open, close] = [`<!-- ${name}: begin -->\n`, `\n<!-- ${name}: end -->`];
  const start = readme.indexOf(open) + open.length;
  const end = readme.indexOf(close);
  if (start < open.length || end < start) throw new Error(`README.md must hold "${open.trim()}" and "${close.trim()}"`);
  return { start, end, text: readme.slice(start, end) };
}

function write(name: string, text: string): void {
  if (backends.length < BACKENDS.length)
    throw new Error(`the tables need all backends: ${BACKENDS.join(', ')}; loaded are ${backends.join(', ')}`);
  const readme = readFileSync(path, 'utf8');
  const { start, end } = section(name);
  writeFileSync(path, readme.slice(0, start) + text + readme.slice(end));
}

// What tensorflow.js has comes first: the package's own function puts right what it finds.
describe.each([
  { name: 'stock operations', cases: stockCases, differentiate: byTensorFlow },
  { name: 'operations', cases: operationCases, differentiate: byThisPackage },
])('the table of $name', ({ name, cases, differentiate }) => {
  test('lists every operation with the exactness measured here', async () => {
    const measured = await measureTable(cases, backends, differentiate);
    if (process.env.STARGAN_WRITE_TABLES === '1') write(name, renderTable(measured));
    expect(marks(parseTable(section(name).text), backends)).toEqual(marks(measured, backends));
  });
});

test('the list of functions names every export', () => {
  const listed = [...section('functions').text.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(Object.keys(ops).sort());
});
