import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { inspectImage } from './inspect-image.js';

test('names a low range in a format that sharp does not know as well', async () => {
  const file = path.join(await temporaryDirectory(), 'dark.pgm');
  await writeFile(file, 'P2 2 1 65535\n3 250\n');
  const facts = await inspectImage(file, true);
  expect(facts).toMatchObject({ format: 'pnm', width: 2, height: 1 });
  expect(facts.lowRange).toContain('16-bit');
});
