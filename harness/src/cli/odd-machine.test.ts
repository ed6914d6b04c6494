import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SMALL_CONFIG, smallDataset, useTemporaryFolder } from '../testing/small-run.js';

const program = fileURLToPath(new URL('../../bin/stargan.js', import.meta.url));
let images = '';
const folder = useTemporaryFolder(async (created) => {
  images = await smallDataset(created);
});

describe('training', () => {
  it('works where files are private, few may be open, input is closed, and neither terminal, locale nor temporary folder is there', async () => {
    const home = path.join(folder(), "odd ho'me %41 #1");
    await mkdir(home);
    const out = path.join(folder(), 'run');
    const settings = Object.entries({ ...SMALL_CONFIG, iterations: 1 }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const limits = 'umask 077; ulimit -n 256; exec "$@" <&-';
    const { stdout, stderr } = await promisify(execFile)(
      '/bin/sh',
      ['-c', limits, 'sh', process.execPath, program, 'train', '--data', images, '--out', out, ...settings],
      {
        env: {
          PATH: process.env.PATH,
          HOME: home,
          LC_ALL: 'POSIX',
          TMPDIR: path.join(folder(), 'not-there'),
          // The runtime of this clone, which another home does not change.
          STARGAN_CACHE_DIR: process.env.STARGAN_CACHE_DIR ?? path.join(homedir(), '.cache', 'stargan'),
        },
      },
    );
    expect(stdout + stderr).toContain('done: 1 iterations');
    const modes = await Promise.all([out, path.join(out, 'config.json'), path.join(out, 'report.html')].map((file) => stat(file)));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600']);
  });
});
