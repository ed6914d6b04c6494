import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type LiveReport, type LiveReportOptions, serveReport } from './serve-report.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

const folder = useTemporaryFolder(async (created) => {
  await mkdir(path.join(created, 'samples', 'inside'), { recursive: true });
  for (const file of ['secret.png', 'samples/grid-1.png', 'samples/config.json', 'samples/inside/deep.png'])
    await writeFile(path.join(created, file), file);
  await symlink(path.join(created, 'secret.png'), path.join(created, 'samples', 'link.png'));
});

const served: LiveReport[] = [];
afterEach(async () => {
  for (const report of served.splice(0)) await report.close();
});

async function serve(options: Partial<LiveReportOptions> = {}): Promise<LiveReport> {
  const report = await serveReport({
    read: () => Promise.resolve({ title: 'A training', sections: [{ id: 'text', html: '<p>words</p>' }] }),
    stamp: () => Promise.resolve(''),
    pictures: path.join(folder(), 'samples'),
    port: 0,
    interval: 5,
    ...options,
  });
  served.push(report);
  return report;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** Asks for a path exactly as it is written. */
function ask({ url }: LiveReport, target: string, { method = 'GET', host }: { method?: string; host?: string } = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target, method, ...(host !== undefined && { headers: { host } }) }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }));
    });
    sent.on('error', reject).end();
  });
}

describe('a report that is served', () => {
  it('is a page, its content, and pictures of its folder', async () => {
    const report = await serve();
    expect(report.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await ask(report, '/');
    expect([page.status, page.body.includes('<p>words</p>'), page.body.includes('"live":true')]).toEqual([200, true, true]);
    expect(JSON.parse((await ask(report, '/content')).body)).toMatchObject({ title: 'A training' });
    const picture = await ask(report, '/pictures/grid-1.png');
    expect([picture.status, picture.body, picture.headers['content-type']]).toEqual([200, 'samples/grid-1.png', 'image/png']);
    for (const target of ['/', '/content', '/pictures/grid-1.png'])
      expect(await ask(report, target, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it.each([
    '/pictures/../secret.png',
    '/pictures/%2e%2e%2fsecret.png',
    '/pictures/..%5csecret.png',
    '/pictures//etc/passwd',
    '/pictures/inside/deep.png',
    '/pictures/config.json',
    '/pictures/link.png',
    '/pictures/absent.png',
    '/pictures/',
    '/secret.png',
    '/../secret.png',
    '//pictures/grid-1.png',
  ])('holds nothing else: %s', async (target) => {
    const { status, body } = await ask(await serve(), target);
    // A path that leads to the page itself shows the page.
    expect(status === 404 || body.includes('<p>words</p>')).toBe(true);
    expect(body).not.toContain('secret.png\n');
    expect(body).not.toBe('secret.png');
  });

  it('is refused under a name that is not the machine’s own, whose address somebody else may choose', async () => {
    const report = await serve();
    const { port } = new URL(report.url);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', '127.0.0.1:1', `localhost.evil.example:${port}`])
      for (const target of ['/', '/content', '/events', '/pictures/grid-1.png'])
        expect(await ask(report, target, { host })).toMatchObject({ status: 403 });
    expect(await ask(report, '/', { host: `LOCALHOST:${port}` })).toMatchObject({ status: 200 });
  });

  it('cannot be embedded or read by other pages, and loads nothing from elsewhere', async () => {
    const { headers } = await ask(await serve(), '/');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers nothing but reading', async () => {
    const report = await serve();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await ask(report, '/', { method })).toMatchObject({ status: 405 });
  });

  it('says why it cannot be read at the moment, and goes on', async () => {
    let isBroken = true;
    const report = await serve({
      read: () => (isBroken ? Promise.reject(new Error('config.json is damaged')) : Promise.resolve({ title: 'whole', sections: [] })),
    });
    expect(await ask(report, '/content')).toMatchObject({ status: 500, body: 'config.json is damaged' });
    isBroken = false;
    expect(await ask(report, '/content')).toMatchObject({ status: 200 });
  });

  it('tells open pages of changes', async () => {
    let stamp = 'a';
    const report = await serve({ stamp: () => Promise.resolve(stamp) });
    const { hostname, port } = new URL(report.url);
    const heard = await new Promise<string>((resolve, reject) => {
      let text = '';
      const sent = request({ hostname, port, path: '/events' }, (response) => {
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          if (stamp === 'a') stamp = 'b';
          if (text.includes('event: changed')) resolve(text);
        });
        response.on('error', () => undefined);
      });
      sent.on('error', reject).end();
    });
    expect(heard).toBe(': connected\n\nevent: changed\ndata:\n\n');
  });

  it('does not look at the files while nobody looks at it', async () => {
    let looks = 0;
    await serve({ stamp: () => Promise.resolve(`${looks++}`) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(looks).toBe(0);
  });

  it('takes the next port where one is in use, and names a given one that is', async () => {
    const first = await serve({ port: undefined });
    const second = await serve({ port: undefined });
    expect(second.url).not.toBe(first.url);
    const other = createServer();
    const taken = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as AddressInfo).port));
    });
    await expect(serve({ port: taken })).rejects.toThrow(`port ${taken} is in use; name another, or 0 for any that is free`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('ends with its connections', async () => {
    const report = await serve();
    const { hostname, port } = new URL(report.url);
    const ended = new Promise((resolve) => {
      request({ hostname, port, path: '/events' }, (response) => {
        response.on('data', () => void report.close());
        response.on('error', resolve);
        response.on('close', resolve);
      }).end();
    });
    await ended;
    await expect(ask(report, '/')).rejects.toThrow('ECONNREFUSED');
    served.splice(0);
  });
});
