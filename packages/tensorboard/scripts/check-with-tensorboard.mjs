// Writes event files, reads them with TensorBoard's own reader, and compares. See USAGE.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEventFile } from '../dist/index.js';

const USAGE = `Usage: node packages/tensorboard/scripts/check-with-tensorboard.mjs --python PATH

Writes scalars, pictures and texts, among them a resumed training and a last record that is cut off, has TensorBoard read them, and
compares what it finds. PATH is a Python with TensorBoard: python -m venv venv && venv/bin/pip install tensorboard, then venv/bin/python.
Exit code: 0 all equal, 1 a difference, 2 wrong usage.`;

const { values } = parseArgs({ options: { python: { type: 'string' } } });
if (values.python === undefined) {
  console.error(USAGE);
  process.exit(2);
}

/** A picture of one pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const directory = mkdtempSync(join(tmpdir(), 'tensorboard-'));
try {
  const first = await openEventFile(directory);
  for (let step = 0; step < 100; step++) await first.scalars({ 'loss/generator': step / 3, 'loss/discriminator': -step }, step);
  await first.image('grid/latent', PNG, 50);
  await first.text('configuration', '| key | value |\n| --- | --- |\n| ψ | 0.5 |');
  await first.scalar('odd/nan', NaN, 1);
  await first.scalar('odd/infinity', -Infinity, 2 ** 40);
  await first.close();
  // A process that was killed in the middle of a record.
  appendFileSync(first.path, Buffer.from([200, 0, 0, 0, 0, 0, 0, 0, 1, 2]));
  const second = await openEventFile(directory, { firstStep: 60 });
  for (let step = 60; step < 70; step++) await second.scalar('loss/generator', 1000 + step, step);
  await second.close();

  const script = join(import.meta.dirname, 'read-events.py');
  const read = JSON.parse(
    execFileSync(values.python, [script, directory], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replaceAll(/-?\b(NaN|Infinity)\b/g, '"$&"'),
  );
  assert.deepEqual(
    Object.values(read.files).map(({ records, events, cutOffBytes }) => [records, events, cutOffBytes]),
    [
      [105, 105, 10],
      [12, 12, 0],
    ],
  );
  const kept = Array.from({ length: 60 }, (_, step) => [step, Math.fround(step / 3)]);
  const redone = Array.from({ length: 10 }, (_, i) => [60 + i, 1060 + i]);
  assert.deepEqual(read.scalars['loss/generator'], [...kept, ...redone]);
  assert.deepEqual(
    read.scalars['loss/discriminator'],
    Array.from({ length: 60 }, (_, step) => [step, -step]),
  );
  assert.deepEqual(read.scalars['odd/nan'], [[1, 'NaN']]);
  assert.deepEqual(read.images['grid/latent'], [[50, 1, 1, PNG.length]]);
  assert.deepEqual(read.texts.configuration, [[0, ['| key | value |\n| --- | --- |\n| ψ | 0.5 |']]]);
  console.log('TensorBoard reads 117 events of 2 files as they were written');
} finally {
  rmSync(directory, { recursive: true });
}
