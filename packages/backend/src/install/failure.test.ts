import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakeProject } from '../testing/fake-project.js';
import { asInstallError, diskTrouble, InstallError, lastLines } from './failure.js';
import { installRuntime } from './install-runtime.js';

test.each([
  ['EACCES', /may not write there/],
  ['EPERM', /may not write there/],
  ['ENOSPC', /disk is full/],
  ['EDQUOT', /disk is full/],
  ['EROFS', /read-only/],
  ['ENOTDIR', /a file is where a folder/],
  ['EMFILE', /too many files/],
])('%s becomes one line that names the place, and the remedy', (code, what) => {
  const error = Object.assign(new Error(`${code}: something, mkdir '/x/cache'`), { code, path: '/x/cache' });
  const failure = asInstallError(error);
  expect(failure).toBeInstanceOf(InstallError);
  expect((failure as InstallError).message).toMatch(what);
  expect((failure as InstallError).message).toContain('/x/cache cannot be written');
  expect((failure as InstallError).remedy).toBeTruthy();
});

test('the last lines of a program leave out what TensorFlow logs', () => {
  const text =
    'WARNING: All log messages before absl::InitializeLog() is called\nfirst\nI0000 00:00:1795629923.390666   28463 port.cc:153] oneDNN custom operations are on.\nkernels.node: file too short\n\n';
  expect(lastLines(text, 2)).toBe('  first\n  kernels.node: file too short');
});

test('errors of other kinds stay as they are', () => {
  const failures = [
    new InstallError('a', 'b'),
    new TypeError('c'),
    Object.assign(new Error('d'), { code: 'ERR_INVALID_ARG_TYPE' }),
    'text',
  ];
  for (const failure of failures) expect(asInstallError(failure)).toBe(failure);
  expect(diskTrouble('g++: internal compiler error')).toBeUndefined();
});

test('a cache folder that cannot be made is refused in one line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-failure-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'file'), '');
  const machine = fakeProject().machine({ env: { STARGAN_CACHE_DIR: join(folder, 'file', 'cache') } });
  await expect(installRuntime({}, machine)).rejects.toThrow(/cannot be written, a file is where a folder should be.*\n.*STARGAN_CACHE_DIR/);
});

test('a user without a home folder, or with one of root, is told to name a cache', async () => {
  const project = fakeProject();
  const machine = { ...project.machine({ env: { STARGAN_CACHE_DIR: undefined } }), home: undefined };
  await expect(installRuntime({}, machine)).rejects.toThrow(/no home folder\n.*STARGAN_CACHE_DIR/);
  if (process.getuid?.() === 0) return; // root may write anywhere
  const closed = join(project.folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  await expect(installRuntime({}, project.machine({ env: { STARGAN_CACHE_DIR: join(closed, 'cache') } }))).rejects.toThrow(
    /may not write there.*\n.*STARGAN_CACHE_DIR/,
  );
});
