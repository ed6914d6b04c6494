import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pixels } from '@stargan/training';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { RequestError } from '../request-error.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { ANIMATION_BYTES, requireAnimationSize } from './animated-picture.js';
import { requireFfmpeg } from './ffmpeg.js';
import { requireVideo, videoFormatOf, writeVideo } from './write-video.js';

const folder = useTemporaryFolder();
const at = (...parts: string[]): string => path.join(folder(), ...parts);

/** A frame of one colour, with a bright square whose place tells the frame. */
function frame(place: number, width = 40, height = 20): Pixels {
  const data = new Uint8Array(width * height * 3).fill(40);
  for (let y = 4; y < 12; y++) data.fill(220, (y * width + place) * 3, (y * width + place + 8) * 3);
  return { width, height, data };
}

async function* framesOf(list: readonly Pixels[]): AsyncGenerator<Pixels> {
  for (const one of list) {
    await Promise.resolve();
    yield one;
  }
}

describe('animated pictures', () => {
  const moving = [0, 8, 16, 24].map((place) => frame(place));
  const held = [...moving, moving[3]!, moving[3]!];

  it.each(['webp', 'gif'] as const)('loop for ever, and hold a frame that is repeated: %s', async (format) => {
    const file = at('new', `moving.${format}`);
    await writeVideo(file, framesOf(held), { fps: 10, quality: 100 });
    const metadata = await sharp(file, { animated: true }).metadata();
    expect(metadata).toMatchObject({ format, width: 40, pageHeight: 20, pages: 4, loop: 0, delay: [100, 100, 100, 300] });
    for (const [page, { data }] of moving.entries()) {
      const levels = await sharp(file, { page }).removeAlpha().raw().toBuffer();
      const error = levels.reduce((sum, level, i) => sum + Math.abs(level - data[i]!), 0) / levels.length;
      expect(error).toBeLessThan(4);
    }
    expect(await readdir(at('new'))).not.toContain(`moving.${format}.partial`);
  });

  it('last as long as the speed says, however it is rounded', async () => {
    const file = at('rounded.gif');
    await writeVideo(file, framesOf(Array.from({ length: 30 }, (_, i) => frame(i))), { fps: 30 });
    const { delay } = await sharp(file, { animated: true }).metadata();
    expect(delay!.reduce((sum, one) => sum + one)).toBe(1000);
  });

  it('are refused before they fill the memory', () => {
    expect(() => requireAnimationSize(100, 1000, 1000)).not.toThrow();
    expect(() => requireAnimationSize(1000, 1000, 1000)).toThrow(RequestError);
    expect(() => requireAnimationSize(1000, 1000, 1000)).toThrow(
      /1000 different frames of 1000×1000 are 2862 MiB, .* at most 512 MiB are allowed; take fewer styles or pictures, a smaller scale, or write \.mp4/,
    );
    expect(ANIMATION_BYTES).toBe(512 * 2 ** 20);
  });
});

describe('videoFormatOf', () => {
  it('is told by the ending', () => {
    expect(['a.webp', 'b.GIF', 'c.d.mp4'].map(videoFormatOf)).toEqual(['webp', 'gif', 'mp4']);
    for (const name of ['a.avi', 'a', 'webp', 'a.mp4.txt']) expect(() => videoFormatOf(name)).toThrow('must end in .webp, .gif or .mp4');
  });
});

describe('requireVideo', () => {
  const size = { distinct: 10, width: 64, height: 64 };
  it.each([
    ['a.webp', { fps: 0 }, 'fps must be a whole number from 1 to 60, got 0'],
    ['a.gif', { fps: 51 }, 'fps must be a whole number from 1 to 50, got 51'],
    ['a.webp', { quality: 0 }, 'quality must be a whole number from 1 to 100, got 0'],
    [
      'a.mp4',
      { ffmpeg: '/absent/ffmpeg' },
      'MP4 needs ffmpeg, but "/absent/ffmpeg" cannot be run (spawn /absent/ffmpeg ENOENT); install it',
    ],
  ])('refuses %s with %j', async (file, options, message) => {
    await expect(requireVideo(file, size, options)).rejects.toThrow(RequestError);
    await expect(requireVideo(file, size, options)).rejects.toThrow(message);
  });

  it('does not bound an MP4, which takes one frame at a time', async () => {
    const many = { ...size, distinct: 1e9 };
    await expect(requireVideo('a.mp4', many, { ffmpeg: await program('well', 'process.exit(0)') })).resolves.toBeUndefined();
    await expect(requireVideo('a.webp', many, {})).rejects.toThrow('different frames');
  });
});

/** A program in place of ffmpeg. */
async function program(name: string, script: string): Promise<string> {
  const file = at(name);
  await writeFile(file, `#!${process.execPath}\nconst fs = require('node:fs');\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('MP4', () => {
  const frames = Array.from({ length: 200 }, (_, i) => frame(i % 30));
  // What it is called with and what it gets, written where ffmpeg writes the video.
  const record = `const file = process.argv.at(-1).replace(/^file:/, '');
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', () => {
  const bytes = Buffer.concat(chunks);
  fs.writeFileSync(file, JSON.stringify({ argv: process.argv.slice(2), bytes: bytes.length, last: [...bytes.subarray(-2400)] }));
});`;
  let recorder = '';
  beforeAll(async () => {
    recorder = await program('record', record);
  });

  it('is what ffmpeg makes of every frame, piped to it without a shell', async () => {
    const file = at('with "quotes" $(touch x); and spaces.mp4');
    await writeVideo(file, framesOf(frames), { fps: 24, ffmpeg: recorder });
    const { argv, bytes, last } = JSON.parse(await readFile(file, 'utf8')) as { argv: string[]; bytes: number; last: number[] };
    expect(bytes).toBe(200 * 40 * 20 * 3);
    expect(last).toEqual([...frames.at(-1)!.data]);
    expect(argv).toEqual(expect.arrayContaining(['rawvideo', 'rgb24', '40x20', '24', 'pipe:0', 'libx264', 'yuv420p']));
    expect(argv.at(-1)).toBe(`file:${file}.partial`);
  });

  it('says what ffmpeg says when it fails, also in the middle, and leaves nothing', async () => {
    const failing = await program('fail', "process.stderr.write('Unknown encoder\\n  libx264\\n'); process.exit(3);");
    const endless = async function* (): AsyncGenerator<Pixels> {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        yield frames[0]!;
      }
    };
    await expect(writeVideo(at('failed.mp4'), endless(), { ffmpeg: failing })).rejects.toThrow(
      'ffmpeg ended with 3: Unknown encoder; libx264',
    );
    expect((await readdir(folder())).filter((name) => name.startsWith('failed'))).toEqual([]);
  });

  it('ends ffmpeg when the frames fail, and leaves nothing', async () => {
    const broken = async function* (): AsyncGenerator<Pixels> {
      yield* framesOf(frames.slice(0, 3));
      throw new Error('no more frames');
    };
    await expect(writeVideo(at('broken.mp4'), broken(), { ffmpeg: recorder })).rejects.toThrow('no more frames');
    expect((await readdir(folder())).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  it('refuses no frames, and a program that does not answer as ffmpeg does', async () => {
    await expect(writeVideo(at('none.mp4'), framesOf([]), { ffmpeg: recorder })).rejects.toThrow('at least one frame');
    await expect(writeVideo(at('none.webp'), framesOf([]))).rejects.toThrow('at least one frame');
    await expect(requireFfmpeg(await program('other', 'process.exit(1)'))).rejects.toThrow('it ends with 1');
  });
});
