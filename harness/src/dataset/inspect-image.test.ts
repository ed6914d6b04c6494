import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { inspectImage } from './inspect-image.js';

const folder = useTemporaryFolder(async (root) => {
  await writeFile(path.join(root, 'dark.pgm'), 'P2 2 1 65535\n3 250\n');
});

test('names a low range in a format that sharp does not know as well', async () => {
  const facts = await inspectImage(path.join(folder(), 'dark.pgm'), true);
  expect(facts).toMatchObject({ format: 'pnm', width: 2, height: 1 });
  expect(facts.lowRange).toContain('16-bit');
});
