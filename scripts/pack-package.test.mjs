import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { requiredPeers, withDependencies } from './tarballs.mjs';
import { runScript } from './testing/run-script.mjs';

const packPackage = (...args) => runScript('pack-package.mjs', ...args);

// This package has no dependency, so that nothing is asked of a registry; the check of the packages does the same
// with all others.
test('the line that is printed installs a package in an empty project, where it runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), "stargan 'pack' "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { stdout, code, stderr } = await packPackage('@stargan/random', '--out', join(folder, 'tarballs'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const line = stdout.trim().split('\n').at(-1);
  expect(line).toMatch(/^npm install /);
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  execFileSync('sh', ['-c', `${line} --offline --no-audit --no-fund`], { cwd: project, stdio: 'pipe' });
  expect(readdirSync(join(project, 'node_modules', '@stargan'))).toEqual(['random']);
  const use = "import { randomStream } from '@stargan/random'; console.log(typeof randomStream);";
  expect(execFileSync(process.execPath, ['--input-type=module', '--eval', use], { cwd: project, encoding: 'utf8' })).toBe('function\n');
});

test('a package comes with those that it needs, and with the peers that it cannot do without', () => {
  expect(withDependencies('@stargan/discriminator')).toEqual(
    expect.arrayContaining(['@stargan/discriminator', '@stargan/layers', '@stargan/ops', '@stargan/random']),
  );
  expect(withDependencies('@stargan/losses')).toEqual(['@stargan/losses']);
  expect(requiredPeers('@stargan/losses')).toEqual([expect.stringMatching(/^@tensorflow\/tfjs-core@/)]);
  expect(requiredPeers('@stargan/backend')).toEqual([expect.stringMatching(/^@tensorflow\/tfjs-core@/)]);
});

test.each([[[]], [['no-such-package']], [['losses', 'ops']], [['losses', '--out', '']], [['losses', '--to', 'x']]])(
  '%j is a usage error that lists what there is',
  async (args) => {
    const { code, stderr } = await packPackage(...args);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: pnpm pack-package NAME');
  },
);
