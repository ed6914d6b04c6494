import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rows = readFileSync(path.join(root, 'FEATURES.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));

describe('FEATURES.md', () => {
  it('names files that exist', () => {
    const files = rows.flatMap((row) => [...row.matchAll(/`([\w-]+\/[^`]+)`/g)].map((match) => match[1]!));
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it('names a check for everything that it says works', () => {
    const claims = rows.map((row) => row.split('|').map((cell) => cell.trim())).filter((cells) => cells[2] === 'yes');
    expect(claims.length).toBeGreaterThan(10);
    expect(claims.filter((cells) => cells[3] === '')).toEqual([]);
  });
});
