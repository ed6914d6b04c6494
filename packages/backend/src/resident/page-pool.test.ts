import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findCompiler } from '../machine/compiler.js';
import { thisSystem } from '../machine/system.js';

const folder = mkdtempSync(join(tmpdir(), 'stargan-page-pool-'));
const program = join(folder, 'driver');
const sources = ['testing/page-pool-driver.cc', '../../native/addon/page_pool.cc'];
const compiler = process.platform === 'linux' ? await findCompiler(thisSystem()) : undefined;

beforeAll(() => {
  if (compiler === undefined) return;
  const files = sources.map((file) => fileURLToPath(new URL(file, import.meta.url)));
  execFileSync(compiler.command, [
    ...compiler.args,
    ...['-std=c++17', '-O1', '-pthread', '-Wl,--wrap=mmap,--wrap=mremap', '-o', program, ...files],
  ]);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Driven {
  readonly mostInUse: number;
  readonly mostInPool: number;
  readonly refused: number;
  readonly leftKib: number;
}

const drive = (...settings: number[]): Driven => JSON.parse(execFileSync(program, settings.map(String), { encoding: 'utf8' })) as Driven;

test.skipIf(compiler === undefined)('blocks hold what was written to them, and no more is taken than was in use at once', () => {
  for (const threads of [1, 4]) {
    const { mostInUse, mostInPool, leftKib } = drive(7, 2000, threads, 0);
    expect(mostInPool).toBeLessThanOrEqual(mostInUse);
    expect(mostInPool).toBeGreaterThan(100);
    expect(leftKib).toBeLessThan(4096);
  }
});

test.skipIf(compiler === undefined)(
  'where the system refuses to move or to map, blocks are others or none, and hold what was written to them',
  () => {
    // Few refusals, after which blocks are made of fresh pages, and so many that there are often none.
    for (const refuse of [100, 3]) {
      const { refused, leftKib } = drive(7, 2000, 4, refuse);
      expect(refused).toBeGreaterThan(20);
      // Nothing is lost on the way: what a lost page held would be left.
      expect(leftKib).toBeLessThan(4096);
    }
  },
);
