import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectRuntime } from '@stargan/backend';
import sharp from 'sharp';
import type { CapturedOutput } from '@stargan/testing/captured-output';
import { describe, expect, it, vi } from 'vitest';
import { stargan as runHere } from '../testing/run-command.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { train } from '../training/train.js';

const bin = fileURLToPath(new URL('../../bin/stargan.js', import.meta.url));
let [run, photos] = ['', ''];
const folder = useTemporaryFolder(async (created) => {
  await selectRuntime({ quiet: true });
  const data = await smallDataset(created);
  run = path.join(created, 'run');
  await train({ data, out: run, config: smallConfig({ iterations: 2 }) });
  photos = path.join(data, 'val', 'circle');
});
const at = (...parts: string[]): string => path.join(folder(), ...parts);

interface Printed {
  iteration: number;
  completed: boolean;
  fitted: number;
  kept: number;
  styles: { name: string; domains: string[]; origin: string }[];
  files: { source: string; style: string; file: string }[];
  passedOver: { file: string; problem: string; reason: string; remedy: string }[];
  saved: string[];
}

/** Runs a command in this process. */
async function stargan(...argv: string[]): Promise<CapturedOutput & { json: () => Printed }> {
  const printed = await runHere(...argv);
  return { ...printed, json: () => JSON.parse(printed.out) as Printed };
}

describe('stargan translate', () => {
  it('translates a picture, and names the result', async () => {
    const [first] = await readdir(photos);
    const { code, out } = await stargan('translate', path.join(photos, first!), '--run', run, '--to', 'square', '--out', at('one'));
    expect({ code, out }).toEqual({ code: 0, out: at('one', first!) });
    expect(await sharp(out).metadata()).toMatchObject({ format: 'png', width: 16, height: 16 });
  });

  it('translates folders in several styles, at the size of the source', async () => {
    const options = ['--run', run, '--to', 'square', '--count', '2', '--size', 'source', '--format', 'webp', '--out', at('several')];
    const { code, json } = await stargan('translate', photos, ...options, '--batch', '1', '--json');
    const { files, styles, ...rest } = json();
    expect(code).toBe(0);
    expect(rest).toEqual({ iteration: 2, completed: true, fit: 'crop', fitted: 0, kept: 0, passedOver: [], saved: [] });
    expect(styles.map(({ name, domains }) => [name, domains])).toEqual([
      ['seed-1', ['square']],
      ['seed-2', ['square']],
    ]);
    expect(files).toHaveLength(4);
    for (const { file } of files) expect(await sharp(file).metadata()).toMatchObject({ format: 'webp', width: 24, height: 24 });
  });

  it('keeps the style of a reference, which another command uses', async () => {
    const style = at('style.safetensors');
    const reference = path.join(photos, (await readdir(photos))[1]!);
    const from = ['--run', run, '--json', '--out'];
    const taken = await stargan(
      'translate',
      photos,
      ...from,
      at('taken'),
      '--to',
      'circle',
      '--reference',
      reference,
      '--save-style',
      style,
    );
    expect(taken.json().saved).toEqual([style]);
    const used = await stargan('translate', photos, ...from, at('used'), '--style', style);
    expect(used.json().styles).toEqual([{ name: 'style', domains: ['circle'], origin: `reference ${reference}` }]);
    for (const [i, { file }] of used.json().files.entries())
      expect(await readFile(file)).toEqual(await readFile(taken.json().files[i]!.file));
    const again = await stargan('translate', '--run', run, '--to', 'circle', '--save-style', style);
    expect([again.code, again.err]).toEqual([
      2,
      expect.stringContaining(`the style ${style} is there already; overwrite it, or name another file`),
    ]);
  });

  it('averages, mixes and shows styles', async () => {
    const kept = await stargan(
      'translate',
      '--run',
      run,
      '--to',
      'square',
      '--seed',
      '3',
      '--seed',
      '4',
      '--save-style',
      at('s.safetensors'),
      '--json',
    );
    const { saved } = kept.json();
    expect(saved).toEqual([at('s-seed-3.safetensors'), at('s-seed-4.safetensors')]);
    const [mean, half, near] = [at('mean.safetensors'), at('half.safetensors'), at('near.safetensors')];
    expect((await stargan('style', 'average', ...saved, '--out', mean)).out).toBe(mean);
    expect((await stargan('style', 'mix', ...saved, '--out', half)).code).toBe(0);
    expect((await stargan('style', 'mix', ...saved, '--weight', '0', '--out', near)).code).toBe(0);
    const shown = await stargan('style', 'show', mean, half, near, saved[0]!, '--json');
    const styles = JSON.parse(shown.out) as { values: number[]; domains: string[]; origin: string }[];
    styles[0]!.values.forEach((value, i) => expect(value).toBeCloseTo(styles[1]!.values[i]!, 6));
    expect(styles[2]!.values).toEqual(styles[3]!.values);
    expect(styles[0]!.origin).toBe('mean of 2 styles: seed 3; seed 4');
    expect((await stargan('style', 'show', mean)).out).toBe(`${mean}: square, 4 values: mean of 2 styles: seed 3; seed 4`);
    const refused = await stargan('style', 'average', ...saved, '--out', mean);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('is there already; --overwrite replaces it')]);
  });

  it('reports a picture that cannot be read, translates the others, and ends with 1; 0 or at once when that was chosen', async () => {
    const broken = at('broken');
    await cp(photos, broken, { recursive: true });
    await writeFile(path.join(broken, 'cut.png'), (await readFile(path.join(photos, (await readdir(photos))[0]!))).subarray(0, 80));
    const options = [broken, '--run', run, '--to', 'square'];
    const reported = await stargan('translate', ...options, '--out', at('reported'), '--json');
    expect(reported.code).toBe(1);
    expect(reported.err).toMatch(/passed over .*cut\.png: truncated or corrupt/);
    expect(reported.err).toContain('error: 1 picture of 3 could not be read; the others are translated');
    expect(reported.json().passedOver).toMatchObject([{ file: path.join(broken, 'cut.png'), problem: 'damaged' }]);
    expect(await readdir(at('reported'))).toHaveLength(2);
    expect((await stargan('translate', ...options, '--out', at('skipped'), '--on-corrupt', 'skip')).code).toBe(0);
    const refused = await stargan('translate', ...options, '--out', at('refused'), '--on-corrupt', 'refuse');
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/error: .*cut\.png: truncated or corrupt/)]);
  });

  it('says how pictures are fitted that are not square', async () => {
    await mkdir(at('wide'));
    await sharp({ create: { width: 40, height: 20, channels: 3, background: 'blue' } })
      .png()
      .toFile(at('wide', 'wide.png'));
    const { err } = await stargan('translate', at('wide'), '--run', run, '--to', 'square', '--out', at('wide-out'));
    expect(err).toContain('1 picture is not square: only the middle is translated; stretch and pad take all');
  });

  it.each([
    [['--to', 'square'], /name pictures to translate, in front of the options/],
    [['absent.png', '--to', 'square'], /absent\.png does not exist; check the path/],
    [['PHOTOS', '--to', 'hexagon'], /the model has no domain "hexagon"; its domains are circle, square/],
    [['PHOTOS'], /a domain to translate to is needed; the model's are circle, square/],
    [['PHOTOS', '--to', 'square', '--style', 'absent.safetensors'], /the style absent\.safetensors cannot be read/],
    [['PHOTOS', '--to', 'square', '--fit', 'squeeze'], /Allowed choices are crop, stretch, pad/],
    [['PHOTOS', '--to', 'square', '--psi', '-1'], /a number ≥ 0 is needed/],
    [['PHOTOS', '--to', 'square', '--overwrite', '--skip-existing'], /cannot be used with option/],
    [['PHOTOS', '--to', 'square', '--checkpoint', '7'], /has no checkpoint of iteration 7; there are: 2/],
    [['PHOTOS', '--to', 'square', '--out', 'PHOTOS'], /the results would lie among the pictures/],
  ])('refuses wrong usage with code 2, before it writes anything: %j', async (argv, message) => {
    const before = await readdir(photos);
    const { code, err } = await stargan('translate', ...argv.map((one) => (one === 'PHOTOS' ? photos : one)), '--run', run);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(await readdir(photos)).toEqual(before);
  });

  it('stops at a signal with whole results, and goes on with --skip-existing', { timeout: 300_000 }, async () => {
    const many = at('many');
    await mkdir(many);
    const [first] = await readdir(photos);
    for (let i = 0; i < 400; i++) await cp(path.join(photos, first!), path.join(many, `${i}.png`));
    const out = at('many-out');
    const child = spawn(process.execPath, [bin, 'translate', many, '--run', run, '--to', 'square', '--out', out, '--batch', '2']);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    await vi.waitFor(async () => expect((await readdir(out)).length).toBeGreaterThan(3), { timeout: 100_000, interval: 20 });
    child.kill('SIGTERM');
    expect(await closed).toBe(143);
    expect(text).toContain('stopped before the end; --skip-existing goes on');
    const done = await readdir(out);
    expect(done.length).toBeLessThan(400);
    expect(done.filter((name) => !name.endsWith('.png'))).toEqual([]);
    const rest = await stargan('translate', many, '--run', run, '--to', 'square', '--out', out, '--skip-existing', '--json');
    expect(rest.json()).toMatchObject({ completed: true, kept: done.length });
    expect(await readdir(out)).toHaveLength(400);
  });
});
