import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ReportDocument } from './document.js';
import { findInside } from './live-files.js';
import { reportPage } from './page.js';

/** What {@link serveReport} serves. */
export interface LiveReportOptions {
  /** What the report shows at the moment; asked for when a page is opened and after every change. */
  readonly read: () => Promise<ReportDocument>;
  /** A text that differs when the report would: of the files' sizes and times, say. Asked for while pages are open. */
  readonly stamp: () => Promise<string>;
  /** Folder of the pictures: PNG and WebP files of it are served below `pictures/`, and nothing else. */
  readonly pictures: string;
  /** Port to listen on; 0 takes any that is free. Without one it is the first free of twenty from 6060 on. */
  readonly port?: number;
  /** Milliseconds between two looks at the stamp. Default 2000. */
  readonly interval?: number;
}

/** A report that is served. */
export interface LiveReport {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Ends the server and all connections. */
  close(): Promise<void>;
}

/** The loopback address: no other machine can connect. */
const HOST = '127.0.0.1';

const FIRST_PORT = 6060;
const PORTS = 20;

/** Nothing may be loaded from anywhere else, and no other page may embed this one or read it. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

/**
 * Serves a report that changes, on the loopback address alone: the page follows what happens by itself. Requests under any
 * other name than the machine's own are refused, so that a page of the web cannot reach it through a name that it controls.
 *
 * @param options what is served, and where
 * @throws Error when no port is free, naming those that were tried
 */
export async function serveReport(options: LiveReportOptions): Promise<LiveReport> {
  const { read, pictures, interval = 2000 } = options;
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  const port = await listen(server, options.port);
  const allowed = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const { host = '' } = request.headers;
    if (!allowed.includes(host.toLowerCase())) return send(403, 'text/plain', `this report is served as http://${allowed[0]} only`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'text/plain', 'only GET is answered');
    const { pathname } = new URL(request.url ?? '/', `http://${host}`);
    if (pathname === '/') return send(200, 'text/html', await reportPage(await read(), { live: true }));
    if (pathname === '/content') return send(200, 'application/json', JSON.stringify(await read()));
    if (pathname === '/events') return listenTo(response);
    const name = /^\/pictures\/([\w-]+\.(?:png|webp))$/.exec(pathname)?.[1];
    const file = name === undefined ? undefined : await findInside(pictures, name);
    if (file === undefined) return send(404, 'text/plain', `there is no ${pathname} here`);
    response.writeHead(200, { ...HEADERS, 'Content-Type': `image/${path.extname(file).slice(1)}` });
    if (request.method === 'HEAD') response.end();
    // A reader that leaves halfway is no failure.
    else await pipeline(createReadStream(file), response).catch(() => response.destroy());
  }

  async function listenTo(response: ServerResponse): Promise<void> {
    // Whatever changes from here on is told; a page reads the content when it is connected.
    stamp ??= await stampNow();
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
    response.write(': connected\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    look();
  }

  const stampNow = (): Promise<string> => options.stamp().catch((error: Error) => error.message);
  let stamp: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (timer !== undefined || listeners.size === 0) return;
    timer = setTimeout(() => void compare(), interval);
  };
  async function compare(): Promise<void> {
    const now = await stampNow();
    if (now !== stamp) for (const listener of listeners) listener.write('event: changed\ndata:\n\n');
    stamp = now;
    timer = undefined;
    look();
  }

  return {
    url: `http://${HOST}:${port}/`,
    async close() {
      clearTimeout(timer);
      listeners.clear();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Listens on the port, or on the first that is free. @returns the port */
async function listen(server: Server, wanted?: number): Promise<number> {
  const ports = wanted === undefined ? Array.from({ length: PORTS }, (_, i) => FIRST_PORT + i) : [wanted];
  for (const port of ports) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, HOST, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') throw new Error(`port ${port} may not be used; choose one above 1023`, { cause: error });
      if (code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(
    wanted === undefined
      ? `ports ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} are all in use; name another`
      : `port ${wanted} is in use; name another, or 0 for any that is free`,
  );
}
