import { readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { selectRuntime } from '@stargan/backend';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { stargan } from '../testing/run-command.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { train } from '../training/train.js';

let [run, data] = ['', ''];
const folder = useTemporaryFolder(async (created) => {
  await selectRuntime({ quiet: true });
  data = await smallDataset(created);
  run = path.join(created, 'run');
  await train({ data, out: run, config: smallConfig({ iterations: 2 }) });
});
const at = (...parts: string[]): string => path.join(folder(), ...parts);

describe('stargan video', () => {
  it('needs nothing but a run, in whose folder the report finds the video', async () => {
    const file = path.join(run, 'samples', '0000002-latent-video.webp');
    expect(await stargan('video', '--run', run, '--scale', '1')).toMatchObject({ code: 0, out: file });
    const { pages, width, pageHeight } = await sharp(file, { animated: true }).metadata();
    expect({ width, pageHeight }).toEqual({ width: 64, pageHeight: 32 });
    expect(pages).toBeGreaterThan(40);
    const again = await stargan('video', '--run', run);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('is there already; --overwrite replaces it, --out names another')]);
    await stargan('report', '--run', run);
    const report = await readFile(path.join(run, 'report.html'), 'utf8');
    expect(report).toContain('From style to style');
    expect(report).toContain(`data:image/webp;base64,${(await readFile(file)).toString('base64')}`);
  });

  it('shows pictures and references that are named, in the form that is named', async () => {
    const references = path.join(data, 'val', 'square');
    const [first] = await readdir(path.join(data, 'val', 'circle'));
    const source = path.join(data, 'val', 'circle', first!);
    const options = ['--run', run, '--to', 'square', '--reference', references, '--out', at('video.gif'), '--scale', '2', '--no-loop'];
    const { code, out } = await stargan('video', source, ...options, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ iteration: 2, file: at('video.gif'), frames: 41, width: 68, height: 64 });
    expect(await sharp(at('video.gif'), { animated: true }).metadata()).toMatchObject({ format: 'gif', width: 68, pageHeight: 64 });
  });

  it.each([
    [['--to', 'hexagon', '--overwrite'], 2, /its domains are circle, square/],
    [['--out', 'video.avi'], 2, /must end in \.webp, \.gif or \.mp4, got video\.avi/],
    [['--out', 'video.mp4', '--ffmpeg', '/absent/ffmpeg'], 2, /MP4 needs ffmpeg, but "\/absent\/ffmpeg" cannot be run/],
    [['absent.png'], 2, /absent\.png does not exist/],
    [['--count', '100000'], 2, /count must be a whole number from 1 to 10000/],
  ])('refuses what is used wrongly: %j', async (argv, code, message) => {
    const result = await stargan('video', ...argv, '--run', run, ...(argv.includes('--out') ? [] : ['--out', at('wrong.webp')]));
    expect(result.err).toMatch(message);
    expect(result.code).toBe(code);
  });

  it('asks for pictures where those of the run are gone', async () => {
    await rm(data, { recursive: true });
    const { code, err } = await stargan('video', '--run', run, '--out', at('gone.webp'));
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("the run's own pictures cannot be shown; name others in front of the options"),
    ]);
  });
});
