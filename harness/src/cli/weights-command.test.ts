import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { serveFile } from '@stargan/testing/file-server';
import { writeLpipsFile } from '@stargan/testing/pretrained-files';
import { stargan } from '../testing/run-command.js';
import { useTemporaryFolder } from '../testing/small-run.js';

const bin = fileURLToPath(new URL('../../bin/stargan.js', import.meta.url));
const folder = useTemporaryFolder((created) => writeLpipsFile(path.join(created, 'alex.pth')));
const source = (): string => path.join(folder(), 'alex.pth');

const cacheIn = (name: string): string => path.join(folder(), name);

/** Runs `stargan weights` with a cache of this name. */
async function weights(cache: string, ...argv: string[]): ReturnType<typeof stargan> {
  vi.stubEnv('STARGAN_CACHE_DIR', cacheIn(cache));
  try {
    return await stargan('weights', ...argv);
  } finally {
    vi.unstubAllEnvs();
  }
}

describe('stargan weights', () => {
  it('adds a file and lists it', async () => {
    const added = await weights('added', 'add', source(), '--json');
    expect(added).toMatchObject({ code: 0, err: '' });
    const [stored] = JSON.parse(added.out) as { kind: string; file: string }[];
    expect(stored).toMatchObject({ kind: 'lpips-alex', file: path.join(cacheIn('added'), 'weights', 'lpips-alex.safetensors') });
    const listed = JSON.parse((await weights('added', 'list', '--json')).out) as { kind: string; present: boolean }[];
    expect(listed.map(({ kind, present }) => [kind, present])).toEqual([
      ['inception-torchvision', false],
      ['inception-fid', false],
      ['alexnet', false],
      ['lpips-alex', true],
    ]);
    expect((await weights('added', 'list')).out).toMatch(/lpips-alex: .*\n {2}.*lpips-alex\.safetensors, from alex\.pth/);
  });

  it('fetches from a mirror, and not again what is there', async () => {
    const server = await serveFile(await readFile(source()));
    onTestFinished(() => {
      server.close();
    });
    const fetched = await weights('fetched', 'fetch', 'lpips-alex', '--from', server.address, '--json');
    expect(fetched.code).toBe(0);
    expect(fetched.err).toContain(`lpips-alex: fetching ${server.address}/alex.pth`);
    expect(JSON.parse(fetched.out)).toMatchObject([{ kind: 'lpips-alex', source: { url: `${server.address}/alex.pth` } }]);
    expect((await weights('fetched', 'fetch', 'lpips-alex', '--from', server.address)).code).toBe(0);
    expect(server.asked).toHaveLength(1);
    await weights('fetched', 'fetch', 'lpips-alex', '--force', '--from', server.address);
    expect(server.asked).toHaveLength(2);
  });

  it.each([
    [['add'], 2, /missing required argument 'file'/],
    [['add', 'absent.pth'], 1, /absent\.pth: ENOENT/],
    [['add', 'absent.pth', '--as', 'vgg'], 2, /Allowed choices are inception-torchvision, inception-fid, alexnet, lpips-alex/],
    [['fetch', 'vgg'], 2, /Allowed choices are/],
    [['fetch', '--from', 'file:///etc'], 2, /--from must be an http or https address/],
    [['fetch', '--from', 'mirror'], 2, /--from must be an http or https address/],
    [['nothing'], 2, /unknown command/],
  ])('exits as it should when it cannot: %j', async (argv, code, message) => {
    const result = await weights('none', ...argv);
    expect(result.err).toMatch(message);
    expect(result.code).toBe(code);
  });

  it('leaves at Ctrl-C with what has come, and goes on from there', async () => {
    const server = await serveFile(await readFile(source()), { silences: { after: 3000, times: 1 } });
    onTestFinished(() => {
      server.close();
    });
    const part = path.join(cacheIn('stopped'), 'weights', 'downloads', 'alex.pth');
    const child = spawn(process.execPath, [bin, 'weights', 'fetch', 'lpips-alex', '--from', server.address], {
      env: { ...process.env, STARGAN_CACHE_DIR: cacheIn('stopped') },
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await expect.poll(() => (existsSync(part) ? stat(part).then(({ size }) => size) : 0), { timeout: 60_000 }).toBe(3000);
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(text).toMatch(/stopping; what has been downloaded is kept, and the same command resumes it/);
    expect((await weights('stopped', 'fetch', 'lpips-alex', '--from', server.address)).code).toBe(0);
    expect(server.asked).toEqual([undefined, 'bytes=3000-']);
  });
});
