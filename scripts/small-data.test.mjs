import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeDemoImages } from '../packages/data/dist/index.js';
import { runScript } from './testing/run-script.mjs';

const TINY = ['widthBudget=32', 'maxWidth=4', 'styleDim=4', 'latentDim=4', 'hiddenDim=8', 'batch=2'].flatMap((value) => ['--set', value]);

test('trains every seed of every variant once, measures it and prints means; the tip is measured of the same runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-small-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [data, out] = [join(folder, 'images'), join(folder, 'runs')];
  const shapes = { domains: ['circle', 'triangle'], textures: ['plain'], backgrounds: ['light'], rotation: 0 };
  await writeDemoImages(data, { imagesPerDomain: 8, validationPerDomain: 4, imageSize: 64, ...shapes });
  const options = [
    '--data',
    data,
    '--out',
    out,
    '--iterations',
    '1',
    '--seeds',
    '1,2',
    '--variants',
    'plain,relativistic',
    '--classifier-steps',
    '20',
    ...TINY,
  ];
  const first = await runScript('small-data.mjs', ...options);
  expect(first.code, first.stderr).toBe(0);
  const rows = first.stdout.split('\n').filter((line) => /^\| (plain|relativistic) \| 2 \|/.test(line));
  expect(rows).toHaveLength(2);
  const measured = [1, 2].map((seed) => JSON.parse(readFileSync(join(out, `plain-${seed}`, 'small-data.json'), 'utf8')));
  const mean = measured.reduce((sum, { discriminator }) => sum + discriminator.recognition, 0) / 2;
  expect(rows[0]).toContain(`| ${(100 * mean).toFixed(1)} (`);

  const second = await runScript('small-data.mjs', ...options, '--measure-only');
  expect(second).toMatchObject({ code: 0, stdout: first.stdout.slice(first.stdout.indexOf('\n| variant')) });
  expect(second.stderr).not.toContain('training the classifier');

  const tip = await runScript('demo-tip.mjs', '--data', data, '--sources', '2', '--styles', '2', join(out, 'plain-1'));
  expect(tip.code, tip.stderr).toBe(0);
  const real = (shape) => Number(new RegExp(`^real ${shape}: (-?[0-9.]+)`, 'm').exec(tip.stdout)[1]);
  expect(tip.stdout).toContain(`${join(out, 'plain-1')} | triangle | circle | `);
  expect(real('circle')).toBeCloseTo(0, 1);
  expect(Math.abs(real('triangle') - 1)).toBeLessThan(0.1);
});

test('says what is missing or unknown, as wrong usage', async () => {
  const unknown = await runScript('small-data.mjs', '--data', 'images', '--variants', 'plain,bigger');
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no variant bigger; known: plain, augmentation, ') });
  expect(await runScript('demo-tip.mjs')).toMatchObject({ code: 2, stderr: expect.stringContaining('--data') });
});
