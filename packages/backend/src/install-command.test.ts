import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { installCommand } from './install-command.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('in this repository, and where the package is installed, npx finds the program without asking a registry', () => {
  expect(installCommand('', root)).toBe('npx stargan-backend install');
  expect(installCommand('--force', join(root, 'harness'))).toBe('npx stargan-backend install --force');
});

test('elsewhere the program is named by its path, since npx would run whatever has its name on npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-command-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  expect(installCommand('', folder)).toMatch(/^node "?\/.*packages\/backend\/bin\/stargan-backend\.js"? install$/);
  expect(installCommand('', join(root, 'packages'))).toBe('node backend/bin/stargan-backend.js install');
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', '.bin', 'stargan-backend'), '');
  expect(installCommand('', folder)).toBe('npx stargan-backend install');
});
