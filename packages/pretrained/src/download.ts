import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWholeFile } from '@stargan/checkpoints';
import { fileChecksum } from './checksum.js';

/** How a file is downloaded. */
export interface DownloadOptions {
  /** First hexadecimal digits that the file's SHA-256 must have. */
  readonly sha256?: string;
  /** Told how many bytes have arrived and, where the server says so, how many there will be. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Stops the download; what has arrived is kept, and the next attempt resumes from there. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the connection counts as broken. Default 30,000. */
  readonly timeout?: number;
  /** Retries of a broken connection. Default 4. */
  readonly retries?: number;
  /** Milliseconds before the first retry; doubled for each further one. Default 1000. */
  readonly retryDelay?: number;
}

/** What is known about an unfinished file, kept beside it. */
interface PartNotes {
  readonly url: string;
  /** Tells whether the server's file is still the same: a strong entity tag, else the time of its last change. */
  readonly validator?: string;
}

/** A failure that a retry may overcome. */
class ConnectionError extends Error {}

const notesOf = (part: string): string => `${part}.json`;

async function readNotes(part: string): Promise<PartNotes | undefined> {
  try {
    return JSON.parse(await readFile(notesOf(part), 'utf8')) as PartNotes;
  } catch {
    return undefined;
  }
}

async function removePart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(notesOf(part), { force: true });
}

/** Bytes of an earlier attempt that can be resumed. */
async function resumableBytes(part: string, url: string, notes: PartNotes | undefined): Promise<number> {
  if (notes?.url !== url || typeof notes.validator !== 'string') return 0;
  return (await stat(part).catch(() => undefined))?.size ?? 0;
}

function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  // A weak tag does not promise the same bytes.
  return tag !== null && !tag.startsWith('W/') ? tag : (headers.get('last-modified') ?? undefined);
}

/** Where the server's response starts in the file, and how long the file is. */
function placeOf(response: Response, asked: number): { begin: number; total: number | undefined } {
  if (response.status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    if (Number(range?.[1] ?? NaN) !== asked) throw new ConnectionError('the server sent another part than the one asked for');
    return { begin: asked, total: range?.[2] === '*' ? undefined : Number(range?.[2]) };
  }
  const length = response.headers.get('content-length');
  return { begin: 0, total: length === null ? undefined : Number(length) };
}

async function requireSuccess(url: string, { status, statusText, body }: Response): Promise<void> {
  if (status >= 200 && status < 300) return;
  await body?.cancel();
  const answer = `the server answered ${status}${statusText === '' ? '' : ` ${statusText}`}`;
  if (status >= 500 || status === 429 || status === 408) throw new ConnectionError(answer);
  throw new Error(`${url}: ${answer}; name a mirror with --from, or get the file in another way and add it with "stargan weights add"`);
}

/** An abort signal for silence: it is aborted unless `heard` is called in time. */
function silenceSignal(timeout: number): { signal: AbortSignal; heard: () => void; release: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new ConnectionError(`nothing came for ${timeout / 1000} s`)), timeout);
  return { signal: controller.signal, heard: () => void timer.refresh(), release: () => clearTimeout(timer) };
}

/** One connection: resumes from what there is, or starts over where the server's file has changed or it cannot resume. */
async function receive(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { onProgress = () => undefined, signal, timeout = 30_000 } = options;
  const silence = silenceSignal(timeout);
  const stop = signal === undefined ? silence.signal : AbortSignal.any([silence.signal, signal]);
  let handle: FileHandle | undefined;
  try {
    const notes = await readNotes(part);
    const have = await resumableBytes(part, url, notes);
    const range = have > 0 && notes?.validator !== undefined ? { range: `bytes=${have}-`, 'if-range': notes.validator } : undefined;
    // Compressed on the way, lengths and ranges would not be the file's.
    const response = await connect(url, { headers: { 'accept-encoding': 'identity', ...range }, signal: stop });
    if (response.status === 416) {
      await response.body?.cancel();
      // Nothing follows what we have: it is the whole file, or no longer the server's.
      if (response.headers.get('content-range') === `bytes */${have}`) return;
      await removePart(part);
      throw new ConnectionError('the file has changed on the server');
    }
    await requireSuccess(url, response);
    const { begin, total } = placeOf(response, have);
    handle = await open(part, begin > 0 ? 'a' : 'w');
    // Only once the old bytes are gone, which must not be taken for those of another file.
    if (begin === 0)
      await writeWholeFile(notesOf(part), JSON.stringify({ url, validator: validatorOf(response.headers) } satisfies PartNotes));
    let done = begin;
    onProgress(done, total);
    for await (const piece of piecesOf(response)) {
      silence.heard();
      await handle.writeFile(piece);
      done += piece.byteLength;
      onProgress(done, total);
    }
    if (total !== undefined && done !== total) throw new ConnectionError(`${done} of ${total} bytes came`);
    await handle.sync();
  } catch (error) {
    throw silence.signal.aborted && signal?.aborted !== true ? (silence.signal.reason as Error) : error;
  } finally {
    silence.release();
    await handle?.close();
  }
}

/** A request whose failures are connection errors with their cause in words. */
async function connect(url: string, request: RequestInit): Promise<Response> {
  return fetch(url, request).catch((error: unknown) => {
    throw broken(error);
  });
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw broken(error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** fetch only says "fetch failed" or "terminated"; the reason is its cause. */
function broken(error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new ConnectionError(cause instanceof Error ? cause.message || cause.name : String(cause), { cause: error });
}

async function requireChecksum(part: string, url: string, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  const actual = await fileChecksum(part);
  if (actual.startsWith(expected.toLowerCase())) return;
  await removePart(part);
  throw new Error(
    `${url}: the SHA-256 of what came must begin with ${expected}, got ${actual.slice(0, 16)}…; it was removed, try again or name another source with --from`,
  );
}

/**
 * Downloads a file. An unfinished one stays at `part`, with notes beside it (`.json`), and is resumed as long as the
 * server's file is the same.
 *
 * @param url http or https address of the file
 * @param part where the file is when this returns; the caller moves or removes it, and the notes with {@link discardDownload}
 * @throws when the server refuses, the connection stays broken, the disk is full, the checksum differs or the signal
 * stops it; the message names the address and what to do
 */
export async function download(url: string, part: string, options: DownloadOptions = {}): Promise<void> {
  const { sha256, signal, retries = 4, retryDelay = 1000 } = options;
  for (let tries = 0; ; tries++) {
    try {
      await receive(url, part, options);
      break;
    } catch (error) {
      if (signal?.aborted === true) throw new Error(`${url}: stopped; the same command resumes it`, { cause: error });
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
        throw new Error(`${part}: the disk is full; make room, and the same command resumes the download`, { cause: error });
      if (!(error instanceof ConnectionError)) throw error;
      if (tries === retries)
        throw new Error(`${url}: ${error.message}; check the connection, and the same command resumes the download`, { cause: error });
      await sleep(retryDelay * 2 ** tries, undefined, { signal }).catch(() => undefined);
    }
  }
  await requireChecksum(part, url, sha256);
}

/**
 * Removes a finished or unfinished download.
 *
 * @param part as it was given to {@link download}
 */
export async function discardDownload(part: string): Promise<void> {
  await removePart(part);
}
