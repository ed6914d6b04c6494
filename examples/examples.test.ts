import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDemoImages } from '@stargan/data';
import { buildNetworks, buildOptimizers, disposeState, initialState, writeCheckpoint } from '@stargan/training';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** What an example prints; fails when it does. */
const run = (file: string, ...argv: string[]): string =>
  execFileSync(process.execPath, [file, ...argv], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const numbers = (text: string, pattern: RegExp): number[] => (pattern.exec(text) ?? []).slice(1).map(Number);

describe('the examples', () => {
  it('are listed in the README', () => {
    const readme = readFileSync(`${folder}README.md`, 'utf8');
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    expect(files).toHaveLength(8);
    for (const file of files) expect(readme).toContain(`npm run example ${path.basename(file, '.js')}`);
  });

  it('acgan: the generator paints what the label asks for, and its loop leaves no tensors', () => {
    const printed = run('acgan.js', '60');
    expect(printed).toContain('tensors left by 59 steps: 0');
    // By chance it would be 25.
    expect(numbers(printed, /generated as asked for: (\d+) %/)[0]).toBeGreaterThan(80);
  });

  it('captured-training: a tf.layers model trains to the same bits captured', () => {
    expect(run('captured-training.js', '8')).toContain('losses of 8 steps: equal bit for bit');
  });

  it('dcgan: generated pictures have as many bright pixels as real ones, and more than noise would', () => {
    const [real, generated] = numbers(run('dcgan.js', '300'), /bright pixels: ([\d.]+) of real pictures, ([\d.]+) of generated ones/) as [
      number,
      number,
    ];
    expect(real).toBeCloseTo((Math.PI * 4 ** 2) / 16 ** 2, 1);
    // An untrained generator has half of its pixels bright.
    expect(Math.abs(generated - real)).toBeLessThan(0.1);
  });

  it('own-training-loop: the losses are finite and no tensors are left', () => {
    const printed = run('own-training-loop.js', '10');
    for (const loss of numbers(printed, /iteration 10: D (-?[\d.]+), G (-?[\d.]+)/)) expect(Number.isFinite(loss)).toBe(true);
    expect(printed).toMatch(/^iteration 10: D -?\d/m);
    expect(printed).toContain('tensors left: 0');
  });

  it('swap-a-layer: both ways compute the same and are measured', () => {
    const printed = run('swap-a-layer.js', '32', '2');
    expect(numbers(printed, /largest difference of a value: (\S+)/)[0]).toBeLessThan(1e-3);
    expect(numbers(printed, /taps takes ([\d.]+) times as long/)[0]).toBeGreaterThan(0);
  });

  it('tf-layers-adain: the model paints in the style that is asked for, and computes the same once loaded', () => {
    const printed = run('tf-layers-adain.js');
    const [before, after, grey] = numbers(
      printed,
      /held-out loss: ([\d.]+) before, ([\d.]+) after \d+ epochs; ([\d.]+) without a style/,
    ) as [number, number, number];
    expect(before / after).toBeGreaterThan(20);
    expect(grey / after).toBeGreaterThan(10);
    expect(numbers(printed, /largest difference of the loaded model: (\S+)/)).toEqual([0]);
  });

  it('translate: an image file becomes one of another domain, by a trained run', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'stargan-example-'));
    try {
      const trained = path.join(directory, 'run');
      await writeRun(trained);
      await writeDemoImages(path.join(directory, 'images'), {
        imagesPerDomain: 1,
        validationPerDomain: 0,
        imageSize: 16,
        domains: ['circle', 'triangle'],
      });
      const source = path.join(directory, 'images', 'train', 'circle');
      const out = path.join(directory, 'translated.png');
      const printed = run('translate.js', trained, path.join(source, readdirSync(source)[0]!), 'triangle', '1', out);
      expect(printed).toContain('as triangle, by iteration 20 of');
      expect(printed).toContain('tensors left: 0');
      expect(await sharp(out).metadata()).toMatchObject({ width: 16, height: 16, channels: 3 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('translate-files: a folder of pictures becomes pictures of their sizes, in two styles each', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'stargan-example-'));
    try {
      const trained = path.join(directory, 'run');
      await writeRun(trained);
      const pictures = path.join(directory, 'pictures');
      mkdirSync(pictures);
      await sharp({ create: { width: 30, height: 30, channels: 3, background: 'red' } })
        .jpeg()
        .toFile(path.join(pictures, 'red.jpg'));
      writeFileSync(path.join(pictures, 'text.jpg'), 'no picture');
      const out = path.join(directory, 'out');
      const printed = run('translate-files.js', trained, pictures, 'triangle', out);
      expect(printed).toContain(`${path.join(out, 'red-seed-2.png')}: ${path.join(pictures, 'red.jpg')}`);
      expect(printed).toMatch(/passed over .*text\.jpg: /);
      expect(printed).toContain('tensors left: 0');
      expect(readdirSync(out).sort()).toEqual(['red-seed-1.png', 'red-seed-2.png']);
      expect(await sharp(path.join(out, 'red-seed-1.png')).metadata()).toMatchObject({ width: 30, height: 30 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

/** The folder of a run, as training writes it. */
async function writeRun(folder: string): Promise<void> {
  const sizes = { imageSize: 16, widthBudget: 64, maxWidth: 8, styleDim: 4, latentDim: 4, hiddenDim: 8, highPass: 0 };
  const config = { ...sizes, learningRate: 1e-3, mappingLearningRate: 1e-5, beta1: 0, beta2: 0.99, weightDecay: 1e-4 };
  const networks = buildNetworks(config, 2);
  const state = initialState(networks, buildOptimizers(config), 1);
  for (const moments of Object.values(state.moments)) Object.assign(moments, { step: 20 });
  await writeCheckpoint(folder, networks, Object.assign(state, { iteration: 20 }), 1).finally(() => disposeState(state));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ formatVersion: 1, config, domains: ['circle', 'triangle'] }));
}
