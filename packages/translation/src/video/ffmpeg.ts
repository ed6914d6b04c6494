import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Pixels } from '@stargan/training';
import { RequestError } from '../request-error.js';

/** How ffmpeg is run. */
export interface FfmpegOptions {
  /** The program: its path, or a name that is looked for in `PATH`. Default `ffmpeg`. */
  readonly ffmpeg?: string | undefined;
  /** Frames a second. */
  readonly fps: number;
}

/** Characters at the end of what ffmpeg says that are kept, for errors. */
const KEPT = 2000;

/** Makes sure that ffmpeg can be run. @throws RequestError saying how to get it */
export async function requireFfmpeg(ffmpeg = 'ffmpeg'): Promise<void> {
  const child = spawn(ffmpeg, ['-version'], { stdio: 'ignore', windowsHide: true });
  const code = await closing(child).catch((error: unknown) => (error as Error).message);
  if (code === 0) return;
  throw new RequestError(
    `MP4 needs ffmpeg, but ${JSON.stringify(ffmpeg)} cannot be run (${typeof code === 'string' ? code : `it ends with ${code}`}); ` +
      'install it, name its file, or write .webp or .gif, which need nothing',
  );
}

/**
 * Writes an MP4 (H.264) by piping frames to ffmpeg one at a time, never through a shell.
 *
 * @param file absolute path of the file to write
 * @param frames of one size
 * @param options the program and the speed
 * @throws Error with what ffmpeg says when it fails
 */
export async function writeMp4(file: string, frames: AsyncIterable<Pixels>, { ffmpeg = 'ffmpeg', fps }: FfmpegOptions): Promise<void> {
  let running: { child: ChildProcess; closed: Promise<number>; said: () => string } | undefined;
  try {
    for await (const { width, height, data } of frames) {
      running ??= start(ffmpeg, file, width, height, fps);
      const { stdin } = running.child;
      // Frames are shared by those that are equal, and not changed once they are drawn.
      if (stdin === null || stdin.destroyed || !stdin.writable) break;
      if (!stdin.write(data)) await Promise.race([once(stdin, 'drain').catch(() => undefined), running.closed.catch(() => undefined)]);
    }
    if (running === undefined) throw new RequestError('a video needs at least one frame');
    running.child.stdin?.end();
    const code = await running.closed;
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${running.said() || 'it does not say why'}`);
  } catch (error) {
    running?.child.kill('SIGKILL');
    await running?.closed.catch(() => undefined);
    throw error;
  }
}

function start(
  ffmpeg: string,
  file: string,
  width: number,
  height: number,
  fps: number,
): { child: ChildProcess; closed: Promise<number>; said: () => string } {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', `${fps}`, '-i', 'pipe:0'];
  // What most players show has even sides and colours at half the resolution.
  const picture = [
    '-an',
    '-c:v',
    'libx264',
    '-crf',
    '16',
    '-preset',
    'medium',
    '-vf',
    'pad=ceil(iw/2)*2:ceil(ih/2)*2',
    '-pix_fmt',
    'yuv420p',
  ];
  const output = ['-movflags', '+faststart', '-f', 'mp4', '-y', `file:${file}`];
  const child = spawn(ffmpeg, ['-hide_banner', '-nostdin', '-loglevel', 'error', ...input, ...picture, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-KEPT)));
  // It ends when ffmpeg does, whose exit code says more.
  child.stdin.on('error', () => undefined);
  const closed = closing(child);
  closed.catch(() => undefined);
  return { child, closed, said: () => said.trim().replaceAll(/\s*\n\s*/g, '; ') };
}

/** The exit code of a process, once all it wrote has been read. */
function closing(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => (code === null ? reject(new Error(`it was ended by ${signal}`)) : resolve(code)));
  });
}
