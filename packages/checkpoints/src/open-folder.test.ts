import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openFolder as openInBrowser } from './open-folder.browser.js';
import { openFolder } from './open-folder.js';
import { openCheckpoint, openLatestCheckpoint } from './open-checkpoint.js';
import type { FileContent, ReadableFolder } from './readable-folder.js';
import { openSafetensors as openSafetensorsInBrowser, readSafetensors as readInBrowser } from './safetensors-reader.browser.js';
import { readSafetensors } from './safetensors-reader.js';
import { saveCheckpoint } from './save-checkpoint.js';
import { useFolder } from './testing/folders.js';

const at = useFolder();
const FILES = ['config.json', 'checkpoints/0000020/manifest.json', 'checkpoints/0000020/a.safetensors'];
const requests: string[] = [];
let server: Server;
let url = '';

beforeAll(async () => {
  await mkdir(at('run'));
  await writeFile(at('run', 'config.json'), '{"grün": 1}');
  await saveCheckpoint(at('run', 'checkpoints'), 20, {
    'a.safetensors': { tensors: { bias: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } } },
  });
  server = createServer((request, response) => {
    requests.push(request.url!);
    if (request.url === '/forbidden/config.json') response.writeHead(403).end();
    else
      readFile(at('run', request.url!)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => server.close());

/** The run's files by name, as `as` makes them of bytes. */
async function contents(as: (bytes: Buffer) => FileContent, prefix = ''): Promise<Record<string, FileContent>> {
  return Object.fromEntries(await Promise.all(FILES.map(async (name) => [prefix + name, as(await readFile(at('run', name)))] as const)));
}
const copied = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** Each kind of folder, with the run in it. */
const KINDS: Record<string, () => Promise<ReadableFolder> | ReadableFolder> = {
  'a path': () => openFolder(at('run')),
  'a file: URL': () => openFolder(pathToFileURL(at('run'))),
  'an http: URL': () => openFolder(url),
  'an http: URL with a slash, in a browser': () => openInBrowser(`${url}/`),
  'a URL object, in a browser': () => openInBrowser(new URL(url)),
  'array buffers': async () => openFolder(await contents(copied)),
  'views of larger buffers': async () => openFolder(await contents((bytes) => Buffer.concat([Buffer.alloc(3), bytes]).subarray(3))),
  'blobs, as somebody picks them in a browser': async () => openInBrowser(await contents((bytes) => new Blob([copied(bytes)]), './demo/')),
  'names of Windows': async () =>
    openFolder(
      Object.fromEntries(Object.entries(await contents(copied, 'demo/')).map(([name, file]) => [name.replaceAll('/', '\\'), file])),
    ),
};

describe.each(Object.keys(KINDS))('a folder given as %s', (kind) => {
  it('gives sizes, sums, text and tensors, and no files that are not there', async () => {
    const run = await KINDS[kind]!();
    expect([await run.text('config.json'), await run.text('none.json')]).toEqual(['{"grün": 1}', undefined]);
    expect([await run.size('config.json'), await run.size('none.json')]).toEqual([12, undefined]);
    expect(await run.sha256('config.json')).toBe('2e538ac30fbbc7222eb60fb1637f97ba1287a9884e9e949f6c7ec4e99c76cada');
    const { folder, iteration, manifest } = await openCheckpoint(run.folder('checkpoints').folder('0000020'), { verify: 'sha256' });
    expect([iteration, manifest.files.map(({ name }) => name)]).toEqual([20, ['a.safetensors']]);
    const { tensors } = await readSafetensors(await folder.content('a.safetensors'), folder.locate('a.safetensors'));
    expect(tensors).toEqual({ bias: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } });
    expect(run.locate('config.json')).toMatch(/config\.json$/);
  });
});

describe('checkpoints of a folder', () => {
  it.each(['a path', 'array buffers'])('are found in %s', async (kind) => {
    const run = await KINDS[kind]!();
    expect((await openLatestCheckpoint(run.folder('checkpoints'))).checkpoint?.iteration).toBe(20);
    expect(await openLatestCheckpoint(run.folder('none'))).toEqual({ checkpoint: undefined, passedOver: [] });
  });

  it('cannot be looked for on a web server', async () => {
    await expect(openLatestCheckpoint(openFolder(url).folder('checkpoints'))).rejects.toThrow(
      `${url}/checkpoints cannot be listed, as no folder of a web server can; name the folder of a checkpoint`,
    );
  });

  it('are passed over where the content was changed, unless the file is not looked at', async () => {
    const files = await contents(copied);
    const name = 'checkpoints/0000020/a.safetensors';
    const changed = new Uint8Array(files[name] as ArrayBuffer).slice();
    changed[changed.length - 1]! ^= 1;
    const checkpoints = openFolder({ ...files, [name]: changed }).folder('checkpoints');
    expect((await openLatestCheckpoint(checkpoints)).checkpoint?.iteration).toBe(20);
    expect((await openLatestCheckpoint(checkpoints, { verify: 'sha256' })).passedOver[0]?.reason).toMatch(/sha256 differs/);
    const options = { verify: 'sha256', only: (file: string) => file !== 'a.safetensors' } as const;
    expect((await openLatestCheckpoint(checkpoints, options)).checkpoint?.iteration).toBe(20);
    await expect(openCheckpoint(checkpoints.folder('0000020'), { verify: 'sha256' })).rejects.toThrow(
      /openCheckpoint: checkpoints\/0000020: the content of a\.safetensors is not what was written/,
    );
  });
});

describe('a folder on a web server', () => {
  it('fetches a file once', async () => {
    const run = openFolder(url);
    requests.length = 0;
    await run.size('config.json');
    await run.text('config.json');
    await run.folder('.').folder('checkpoints').size('none');
    expect(requests).toEqual(['/config.json', '/checkpoints/none']);
  });

  it('says what the server answers, and when there is none', async () => {
    await expect(openFolder(`${url}/forbidden`).text('config.json')).rejects.toThrow(
      `${url}/forbidden/config.json cannot be fetched: the server answers 403 Forbidden`,
    );
    await expect(openFolder('http://127.0.0.1:1').text('config.json')).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:1\/config\.json cannot be fetched: /,
    );
  });
});

describe('in a browser', () => {
  it('checksums that an insecure page cannot compute name the remedy', async () => {
    const run = openInBrowser(await contents(copied));
    vi.stubGlobal('crypto', {});
    try {
      await expect(run.sha256('config.json')).rejects.toThrow(/checksums need a secure page .*give verify: 'sizes'/);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('safetensors are read from content, and a path is refused', async () => {
    const files = await contents(copied);
    const { tensors } = await readInBrowser(files['checkpoints/0000020/a.safetensors']!);
    expect(tensors.bias?.data).toEqual(Float32Array.of(1, 2));
    await expect(openSafetensorsInBrowser('a.safetensors')).rejects.toThrow('openSafetensors: a.safetensors: a browser has no paths');
    await expect(readInBrowser(new Uint8Array(3), 'half.safetensors')).rejects.toThrow(
      'openSafetensors: half.safetensors: a safetensors file has at least 8 bytes, this one has 3',
    );
  });
});
