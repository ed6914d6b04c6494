import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readSafetensors } from '@stargan/checkpoints';
import { describe, expect, it } from 'vitest';
import { stargan } from '../testing/run-command.js';
import { SMALL_CONFIG, smallDataset, useTemporaryFolder } from '../testing/small-run.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const settings = Object.entries(SMALL_CONFIG)
  .filter(([key]) => key !== 'iterations')
  .flatMap(([key, value]) => ['--set', `${key}=${String(value)}`]);

/** All tensors of a checkpoint, by file. */
async function tensorsOf(run: string, iteration: string): Promise<Record<string, unknown>> {
  const directory = path.join(run, 'checkpoints', iteration);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.safetensors'));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readSafetensors(path.join(directory, name))] as const)),
  );
}

describe('stargan export and import', () => {
  it('hand a training to the reference and back, and it goes on as if it had not been away', async () => {
    const [run, exported, imported] = ['run', 'exported', 'imported'].map((name) => path.join(folder(), name)) as [string, string, string];
    await stargan('train', '--data', data, '--out', run, ...settings, '--iterations', '2');
    const written = await stargan('export', '--run', run, '--format', 'pytorch', '--out', exported, '--json');
    expect(written.code).toBe(0);
    const { files } = JSON.parse(written.out) as { files: { path: string }[] };
    expect(files.map((file) => path.basename(file.path))).toEqual(['000002_nets.ckpt', '000002_nets_ema.ckpt', '000002_optims.ckpt']);

    const read = await stargan('import', ...files.map((file) => file.path), '--out', imported, '--data', data);
    expect(read.out).toContain(`${imported}: a model of 16 × 16 images at iteration 2, with 2 domains (circle, square)`);
    expect(read.out).toContain('widthBudget 64, maxWidth 8, highPass 0 (of no preset)');
    expect(read.out).toContain('stargan sample, evaluate and train --resume take it');
    for (const each of [run, imported]) {
      const { code } = await stargan('train', '--data', data, '--out', each, '--resume', ...settings, '--iterations', '4');
      expect(code).toBe(0);
    }
    expect(await tensorsOf(imported, '0000004')).toEqual(await tensorsOf(run, '0000004'));
    expect((await stargan('evaluate', '--run', imported, '--outputs', '1', '--sources', '1', '--reals', '2', '--json')).code).toBe(0);
    expect((await stargan('report', '--run', imported)).code).toBe(0);
  });

  it('make a run of the averages alone, which samples with images that it is given, and is not trained', async () => {
    const imported = path.join(folder(), 'averages');
    const read = await stargan(
      'import',
      path.join(folder(), 'exported', '000002_nets_ema.ckpt'),
      '--out',
      imported,
      '--domains',
      'circle,square',
      '--json',
    );
    expect(JSON.parse(read.out)).toMatchObject({ iteration: 2, isResumable: false, domains: ['circle', 'square'], presets: [] });
    expect(read.err).toContain('note: training cannot go on from this run, for …_nets.ckpt and …_optims.ckpt were not given');
    const sample = ['sample', '--run', imported, '--psi', '1', '--rows', '1', '--sources', '1'];
    const without = await stargan(...sample);
    expect([without.code, without.err]).toEqual([
      2,
      expect.stringContaining('the run was imported and knows no images; name their folder with --data'),
    ]);
    expect((await stargan(...sample, '--data', data)).out.split('\n')).toHaveLength(3);
    const trained = await stargan('train', '--data', data, '--out', imported, '--resume', '--batch', '2', '--set', 'sampleSources=1');
    expect([trained.code, trained.err]).toEqual([
      1,
      expect.stringContaining('lists the moving averages alone, which images are made with'),
    ]);
  });

  it('write ONNX and bundles for browsers, with the sizes of all files', async () => {
    const run = path.join(folder(), 'run');
    const onnx = await stargan('export', '--run', run, '--format', 'onnx', '--out', path.join(folder(), 'onnx'), '--checkpoint', '4');
    expect(onnx.out).toMatch(
      /generator\.onnx \(\d+\.\d kB\)\n.*mapping_network\.onnx \(\d+\.\d kB\)\n.*style_encoder\.onnx \(\d+\.\d kB\)\niteration 4, \d+\.\d kB in all/,
    );
    const bundle = path.join(folder(), 'bundle');
    expect((await stargan('export', '--run', run, '--format', 'tfjs', '--float16', '--out', bundle)).code).toBe(0);
    expect(JSON.parse(await readFile(path.join(bundle, 'config.json'), 'utf8'))).toMatchObject({ domains: ['circle', 'square'] });
  });

  it('name what does not go together, and files of something else', async () => {
    const run = path.join(folder(), 'run');
    const out = path.join(folder(), 'nothing');
    const averages = path.join(folder(), 'exported', '000002_nets_ema.ckpt');
    for (const [code, message, ...argv] of [
      [2, '--float16 is for --format tfjs, got onnx', 'export', '--run', run, '--format', 'onnx', '--out', out, '--float16'],
      [2, '--masks is for --format onnx, got tfjs', 'export', '--run', run, '--format', 'tfjs', '--out', out, '--masks'],
      [2, "argument 'keras' is invalid", 'export', '--run', run, '--format', 'keras', '--out', out],
      [1, 'holds no model', 'export', '--run', data, '--format', 'onnx', '--out', out],
      [2, 'both name the domains', 'import', averages, '--out', out, '--data', data, '--domains', 'circle,square'],
      [2, 'lies among the images', 'import', averages, '--out', path.join(data, 'run'), '--data', data],
      [1, 'the model has 2 domains; name each once', 'import', averages, '--out', out, '--domains', 'circle'],
      [1, 'this is no file of torch.save', 'import', path.join(run, 'config.json'), '--out', out],
      [2, 'missing required argument', 'import', '--out', out],
    ] as const) {
      const result = await stargan(...argv);
      expect([result.code, result.err]).toEqual([code, expect.stringContaining(message)]);
    }
  });
});
