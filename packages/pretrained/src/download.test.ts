import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasBytes, serveFile, type FileServer, type ServerBehaviour } from '@stargan/testing/file-server';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { download, type DownloadOptions } from './download.js';

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
const OTHER = CONTENT.map((byte) => byte ^ 0xff);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

const folder = useTemporaryFolder();
let files = 0;

interface Attempt {
  readonly server: FileServer;
  readonly part: string;
  readonly url: string;
  /** Downloads, once more with other options. */
  readonly run: (options?: DownloadOptions) => Promise<void>;
  readonly content: () => Promise<Buffer>;
}

async function attempt(changes: Partial<ServerBehaviour> = {}): Promise<Attempt> {
  const part = path.join(folder(), `file-${++files}`);
  const server = await serveFile(CONTENT, { arrived: (bytes) => hasBytes(part, bytes), ...changes });
  onTestFinished(() => {
    server.close();
  });
  const url = `${server.address}/file`;
  return { server, part, url, run: (options) => download(url, part, { retryDelay: 1, ...options }), content: () => readFile(part) };
}

describe('a download', () => {
  it('gives the file and says how far it is', async () => {
    const { run, content } = await attempt();
    const progress: [number, number | undefined][] = [];
    await run({ sha256: SHA256.slice(0, 8).toUpperCase(), onProgress: (...seen) => progress.push(seen) });
    expect((await content()).equals(CONTENT)).toBe(true);
    expect(progress[0]).toEqual([0, 300_000]);
    expect(progress.at(-1)).toEqual([300_000, 300_000]);
    expect(progress.map(([done]) => done)).toEqual(progress.map(([done]) => done).sort((a, b) => a - b));
  });

  it('goes on by itself where a connection breaks', async () => {
    const { server, run, content } = await attempt({ breaks: { after: 100_000, times: 2 } });
    await run({ sha256: SHA256 });
    expect((await content()).equals(CONTENT)).toBe(true);
    expect(server.asked).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
  });

  it('goes on the next time where it stayed broken', async () => {
    const { server, run, content, url } = await attempt({ breaks: { after: 100_000, times: 1 } });
    await expect(run({ retries: 0 })).rejects.toThrow(`${url}: `);
    expect((await content()).byteLength).toBe(100_000);
    await run({ sha256: SHA256 });
    expect(server.asked).toEqual([undefined, 'bytes=100000-']);
  });

  it('goes on after silence', async () => {
    const { server, run } = await attempt({ silences: { after: 100_000, times: 1 } });
    // Long enough for a busy machine not to count as silent.
    await run({ sha256: SHA256, timeout: 2000 });
    expect(server.asked).toEqual([undefined, 'bytes=100000-']);
  });

  it('says how long nothing came', async () => {
    const { run } = await attempt({ silences: { after: 1000, times: 1 } });
    await expect(run({ timeout: 200, retries: 0 })).rejects.toThrow(/nothing came for 0\.2 s; check the connection/);
  });

  it('begins anew where the server does not know ranges', async () => {
    const { server, run, content } = await attempt({ ranges: false, breaks: { after: 100_000, times: 1 } });
    await run({ sha256: SHA256 });
    expect((await content()).equals(CONTENT)).toBe(true);
    expect(server.asked).toEqual([undefined, 'bytes=100000-']);
  });

  it('begins anew where the file on the server has changed', async () => {
    const { server, run, content } = await attempt({ breaks: { after: 100_000, times: 1 } });
    await expect(run({ retries: 0 })).rejects.toThrow();
    Object.assign(server.behaviour, { content: OTHER, etag: '"two"' });
    await run();
    expect((await content()).equals(OTHER)).toBe(true);
  });

  it.each([undefined, 'W/"weak"'])('does not trust an unfinished file without a strong tag: %s', async (etag) => {
    const { server, run, content } = await attempt({ etag, breaks: { after: 100_000, times: 1 } });
    await run({ sha256: SHA256 });
    expect((await content()).equals(CONTENT)).toBe(true);
    expect(server.asked).toEqual([undefined, undefined]);
  });

  it('does not go on with the beginning of another address', async () => {
    const { server, part, run } = await attempt({ breaks: { after: 100_000, times: 1 } });
    await expect(run({ retries: 0 })).rejects.toThrow();
    await download(`${server.address}/another`, part, { sha256: SHA256 });
    expect(server.asked).toEqual([undefined, undefined]);
  });

  it('knows a file that had come whole', async () => {
    const { server, run } = await attempt();
    await run();
    await run({ sha256: SHA256 });
    expect(server.asked).toEqual([undefined, 'bytes=300000-']);
  });

  it('tries again where the server is busy, and no more often than it may', async () => {
    const { server, run } = await attempt({ failures: { status: 503, times: 2 } });
    await run({ sha256: SHA256 });
    expect(server.asked).toHaveLength(3);
    server.behaviour.failures = { status: 503, times: 9 };
    await expect(run({ retries: 1 })).rejects.toThrow(/the server answered 503/);
    expect(server.asked).toHaveLength(5);
  });

  it('names the address and the remedies where there is no such file, at once', async () => {
    const { server, run, url, part } = await attempt({ failures: { status: 404, times: 1 } });
    await expect(run()).rejects.toThrow(`${url}: the server answered 404 Not Found; name a mirror with --from`);
    expect(server.asked).toHaveLength(1);
    expect(existsSync(part)).toBe(false);
  });

  it('removes a file of another checksum, and says both', async () => {
    const { run, part } = await attempt({ content: OTHER });
    await expect(run({ sha256: SHA256.slice(0, 8) })).rejects.toThrow(`must begin with ${SHA256.slice(0, 8)}, got `);
    expect(existsSync(part)).toBe(false);
    expect(existsSync(`${part}.json`)).toBe(false);
  });

  it('names a server that is not there', async () => {
    const { server, run, url } = await attempt();
    server.close();
    await expect(run({ retries: 0 })).rejects.toThrow(new RegExp(`^${url}: .*ECONNREFUSED`));
  });

  it('stops when told, and goes on the next time', async () => {
    const { server, run, content } = await attempt({ silences: { after: 100_000, times: 1 } });
    const controller = new AbortController();
    const onProgress = (done: number): void => {
      if (done === 100_000) controller.abort();
    };
    await expect(run({ signal: controller.signal, onProgress })).rejects.toThrow(/stopped; the same command resumes it/);
    expect((await content()).byteLength).toBe(100_000);
    await run({ sha256: SHA256 });
    expect(server.asked).toEqual([undefined, 'bytes=100000-']);
  });

  // /dev/full takes no byte: what a full disk answers.
  it.runIf(existsSync('/dev/full'))('says that the disk is full', async () => {
    const { run, part } = await attempt();
    await symlink('/dev/full', part);
    await expect(run()).rejects.toThrow(`${part}: the disk is full; make room`);
  });
});
