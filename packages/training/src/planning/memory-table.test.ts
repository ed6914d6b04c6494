import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { memoryTable } from '../testing/memory-table.js';

const file = fileURLToPath(new URL('../../../../docs/memory.md', import.meta.url));
const section = /(?<=<!-- peaks: begin -->\n)[^]*(?=\n<!-- peaks: end -->)/;

// To write the table anew: node packages/training/scripts/memory-table.mjs
test('the table of memory lists the peaks that are planned now', () => {
  const table = memoryTable();
  if (process.env.STARGAN_WRITE_TABLES === '1')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(section, () => table),
    );
  expect(section.exec(readFileSync(file, 'utf8'))?.[0]).toBe(table);
});
