import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a server answers; changed at any time. */
export interface ServerBehaviour {
  content: Uint8Array;
  etag?: string;
  /** Whether it knows about ranges. */
  ranges: boolean;
  /** Status that it answers with instead of the file, so many times. */
  failures: { status: number; times: number };
  /** Bytes after which it breaks the connection, so many times. */
  breaks: { after: number; times: number };
  /** Waits until the file has so many bytes where it is written, before the connection breaks: what fetch has received and not given is lost with it. */
  arrived: (bytes: number) => Promise<void>;
  /** Bytes after which it falls silent, so many times. */
  silences: { after: number; times: number };
}

/** A server of one file on this machine. */
export interface FileServer {
  readonly address: string;
  readonly behaviour: ServerBehaviour;
  /** Ranges that were asked for, `undefined` for the whole file, request by request. */
  readonly asked: (string | undefined)[];
  readonly paths: string[];
  close(): void;
}

function answer(behaviour: ServerBehaviour, request: IncomingMessage, response: ServerResponse): void {
  const { content, etag, ranges, failures, breaks, arrived, silences } = behaviour;
  if (failures.times > 0) {
    failures.times -= 1;
    response.writeHead(failures.status).end('no');
    return;
  }
  const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const same = etag !== undefined && request.headers['if-range'] === etag;
  const partial = ranges && begin > 0 && same;
  const headers = etag === undefined ? {} : { etag };
  if (partial && begin >= content.byteLength) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${content.byteLength}` }).end();
    return;
  }
  const body = partial ? content.subarray(begin) : content;
  const range = partial ? { 'content-range': `bytes ${begin}-${content.byteLength - 1}/${content.byteLength}` } : {};
  response.writeHead(partial ? 206 : 200, { ...headers, ...range, 'content-length': body.byteLength });
  if (breaks.times > 0) {
    breaks.times -= 1;
    response.write(body.subarray(0, breaks.after));
    void arrived((partial ? begin : 0) + breaks.after).then(() => response.destroy());
  } else if (silences.times > 0) {
    silences.times -= 1;
    response.write(body.subarray(0, silences.after));
  } else {
    response.end(body);
  }
}

/** Waits until a file has so many bytes. */
export async function hasBytes(file: string, bytes: number): Promise<void> {
  while (((await stat(file).catch(() => undefined))?.size ?? -1) < bytes) await sleep(5);
}

/** Serves `content` under every path, as `behaviour` says. */
export async function serveFile(content: Uint8Array, changes: Partial<ServerBehaviour> = {}): Promise<FileServer> {
  const never = { times: 0 };
  const behaviour: ServerBehaviour = {
    content,
    etag: '"one"',
    ranges: true,
    failures: { ...never, status: 500 },
    breaks: { ...never, after: 0 },
    arrived: () => Promise.resolve(),
    silences: { ...never, after: 0 },
    ...changes,
  };
  const asked: (string | undefined)[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    paths.push(request.url ?? '');
    answer(behaviour, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, behaviour, asked, paths, close };
}
