import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { progressLine, reportProgress, sizeOf } from './progress.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-progress-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Moves folders about and deletes them, as pip does at the end of its work. */
const standIn = `
  const { mkdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
  const [, folder] = process.argv;
  for (let round = 0; round < 60; round++) {
    const place = folder + '/a/b/c' + round;
    mkdirSync(place + '/d/e', { recursive: true });
    for (let file = 0; file < 5; file++) writeFileSync(place + '/d/e/' + file, 'x'.repeat(100));
    renameSync(place, folder + '/moved' + round);
    rmSync(folder + '/moved' + round, { recursive: true });
  }
`;

test('counting survives a program that moves and deletes what is counted', async () => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, ['-e', standIn, folder], { stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let running = true;
  void ended.then(() => {
    running = false;
  });
  let looks = 0;
  while (running) {
    for (let look = 0; look < 20; look++) expect(sizeOf(folder)).toBeGreaterThanOrEqual(0);
    looks += 20;
    await new Promise((wake) => setImmediate(wake));
  }
  expect(await ended).toBe(0);
  expect(looks).toBeGreaterThan(0);
});

test('the size of a folder is that of all files in it, and of none that is not there', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'a', 'b', 'c'), 'abc');
  writeFileSync(join(folder, 'd'), 'de');
  expect(sizeOf(folder)).toBe(5);
  expect(sizeOf(join(folder, 'nothing'))).toBe(0);
});

test('a line says how much of how much there is, and the time that is left', () => {
  expect(progressLine(100e6, 400e6, 10)).toBe('  100 of about 400 MB, 30 s left');
  expect(progressLine(100e6, 4000e6, 10)).toBe('  100 of about 4000 MB, 7 min left');
  expect(progressLine(300e6, 400e6, 10, 100e6)).toBe('  300 of about 400 MB, 10 s left');
  expect(progressLine(0, 400e6, 10)).toBe('  0 of about 400 MB');
  expect(progressLine(500e6, 400e6, 10)).toBe('  500 MB so far');
  expect(progressLine(500e6, undefined, 10)).toBe('  500 MB so far');
});

test('neither a failure in measuring nor one in reporting ends what is reported on', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const lines: string[] = [];
  const measures = [
    () => {
      throw new Error('ENOENT');
    },
    () => 50e6,
    () => 60e6,
    () => 90e6,
  ];
  let clock = 0;
  const stop = reportProgress(
    () => (measures.shift() ?? (() => 0))(),
    100e6,
    (line) => {
      lines.push(line);
      if (lines.length === 1) throw new Error('EPIPE');
    },
    { everyMs: 1000, now: () => (clock += 1000) },
  );
  vi.advanceTimersByTime(6000);
  stop();
  vi.advanceTimersByTime(6000);
  expect(lines.map((line) => line.split(',')[0])).toEqual(['  50 of about 100 MB', '  90 of about 100 MB']);
});
