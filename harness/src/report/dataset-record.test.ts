import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openDataset } from '@stargan/data';
import { expect, test } from 'vitest';
import { logDataset } from '../dataset/log-dataset.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { findRunRecord, writeRunRecord } from '@stargan/run';
import { writeReport } from './write-report.js';

const folder = useTemporaryFolder();

test('a run keeps what was read of its images, and its report shows it', async () => {
  const data = await smallDataset(folder());
  const lines: string[] = [];
  const dataset = { ...logDataset(await openDataset(data), (line) => lines.push(line)), check: 'header', broken: 0 } as const;
  expect(lines[0]).toBe('training images: 12 in 2 domains (circle 6, square 6); passed over: 3 other files (.jsonl 2, .json 1)');
  const record = { config: smallConfig(), data, domains: ['circle', 'square'], dataset };
  await writeRunRecord(folder(), record);
  expect(await findRunRecord(folder())).toEqual(record);
  const html = await readFile(await writeReport(folder()), 'utf8');
  expect(html).toContain('12 in 2 domains (circle 6, square 6)');
});

test('domains of earlier runs are composed, as they are named now', async () => {
  const config = { formatVersion: 1, config: smallConfig(), data: '/data', domains: ['cafe\u0301', 'tea'] };
  await writeFile(path.join(folder(), 'config.json'), JSON.stringify(config));
  expect((await findRunRecord(folder()))!.domains).toEqual(['caf\u00e9', 'tea']);
});
