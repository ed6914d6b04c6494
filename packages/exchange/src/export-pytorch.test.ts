import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPyTorchFile } from '@stargan/checkpoints';
import type { TrainingConfig } from '@stargan/training';
import { describe, expect, it } from 'vitest';
import { exportBundle, exportOnnx, exportPyTorch } from './index.js';
import { writeRandomRun } from './testing/random-run.js';
import { dictAt, type ChangedDict } from './testing/reference-files.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

const folder = useTemporaryFolder();
const read = async (path: string): Promise<ChangedDict> => (await readPyTorchFile(path)) as unknown as ChangedDict;

describe('an export to PyTorch', () => {
  it('has the names, the networks and the options that the reference looks for', async () => {
    const run = join(folder(), 'run');
    await writeRandomRun(run, { values: { imageSize: 64, highPass: 2 }, domains: ['female', 'male'], iteration: 1_234_567 });
    const out = join(folder(), 'expr', 'checkpoints');
    const { iteration, files, options, notes } = await exportPyTorch({ run, out });
    expect(iteration).toBe(1_234_567);
    expect((await readdir(out)).sort()).toEqual(['1234567_nets.ckpt', '1234567_nets_ema.ckpt', '1234567_optims.ckpt']);
    expect(options).toEqual(['--img_size 64', '--num_domains 2', '--latent_dim 5', '--style_dim 6', '--w_hpf 2', '--resume_iter 1234567']);
    expect(notes).toEqual([
      'the model has sizes that the reference has as constants in core/model.py: 10 hidden units in the mapping network (512 in the reference), a first width of 4 (2**14 // img_size), widths of at most 24 (max_conv_dim=512); change them there',
    ]);
    const [nets, averages, optims] = await Promise.all(files.map(({ path }) => read(path)));
    // The landmark network keeps its own weights: its state dict is there, and empty.
    expect([...nets!.keys()]).toEqual(['generator', 'mapping_network', 'style_encoder', 'discriminator', 'fan']);
    expect([...averages!.keys()]).toEqual(['generator', 'mapping_network', 'style_encoder', 'fan']);
    expect(dictAt(averages!, 'fan').size).toBe(0);
    expect([...optims!.keys()]).toEqual(['generator', 'mapping_network', 'style_encoder', 'discriminator']);
    expect(dictAt(nets!, 'generator').get('hpf.filter')).toEqual({
      dtype: 'F32',
      shape: [3, 3],
      data: Float32Array.of(-0.5, -0.5, -0.5, -0.5, 4, -0.5, -0.5, -0.5, -0.5),
    });
  });

  it('has the state of Adam as PyTorch numbers it, without the filter, which is no parameter', async () => {
    const run = join(folder(), 'adam');
    await writeRandomRun(run, { values: { highPass: 1, mappingLearningRate: 3e-6, beta1: 0.5 } });
    const { files } = await exportPyTorch({ run, out: `${run}-exported` });
    const [nets, , optims] = await Promise.all(files.map(({ path }) => read(path)));
    for (const [network, learningRate, step] of [
      ['generator', 1e-4, 14],
      ['mapping_network', 3e-6, 7],
      ['style_encoder', 1e-4, 7],
      ['discriminator', 1e-4, 14],
    ] as const) {
      const keys = [...dictAt(nets!, network).keys()].filter((key) => key !== 'hpf.filter');
      const group = dictAt(optims!, network, 'param_groups', 0);
      expect(group.get('params')).toEqual(keys.map((_, i) => i));
      expect([group.get('lr'), group.get('betas'), group.get('eps'), group.get('weight_decay')]).toEqual([
        learningRate,
        [0.5, 0.99],
        1e-8,
        1e-4,
      ]);
      const state = dictAt(optims!, network, 'state');
      expect([...state.keys()]).toEqual(keys.map((_, i) => i));
      for (const [i, key] of keys.entries()) {
        const { shape } = dictAt(nets!, network).get(key) as { shape: number[] };
        expect(dictAt(state, i).get('step')).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(step) });
        expect(dictAt(state, i).get('exp_avg')).toMatchObject({ dtype: 'F32', shape });
        expect(dictAt(state, i).get('exp_avg_sq')).toMatchObject({ dtype: 'F32', shape });
      }
    }
  });

  it('notes only those sizes that are not the reference’s', async () => {
    const run = join(folder(), 'sizes');
    // As at 2048 × 2048 widths begin at 8, so that the test is quick.
    await writeRandomRun(run, { values: { imageSize: 16, widthBudget: 128, maxWidth: 512, hiddenDim: 512 }, domains: ['a'] });
    const { notes } = await exportPyTorch({ run, out: `${run}-exported` });
    expect(notes).toEqual([expect.stringMatching(/: a first width of 8 \(2\*\*14 \/\/ img_size\); change them there$/)]);
  });

  it('overwrites nothing, and writes nothing then', async () => {
    const run = join(folder(), 'again');
    await writeRandomRun(run);
    const out = join(folder(), 'theirs');
    await mkdir(out);
    const theirs = join(out, '000007_optims.ckpt');
    await writeFile(theirs, 'theirs');
    await expect(exportPyTorch({ run, out })).rejects.toThrow(
      `${theirs} is there already, and is not overwritten; name another folder, or move it away`,
    );
    expect([await readdir(out), await readFile(theirs, 'utf8')]).toEqual([['000007_optims.ckpt'], 'theirs']);
  });

  it('is stopped by a signal, and leaves no half of a file', async () => {
    const run = join(folder(), 'stopped');
    await writeRandomRun(run);
    const controller = new AbortController();
    controller.abort();
    const [pytorch, onnx, bundle] = ['pytorch', 'onnx', 'bundle'].map((name) => join(folder(), `stopped-${name}`)) as [
      string,
      string,
      string,
    ];
    const options = { run, signal: controller.signal };
    await expect(exportPyTorch({ ...options, out: pytorch })).rejects.toThrow(/aborted/);
    await expect(exportOnnx({ ...options, out: onnx })).rejects.toThrow(/aborted/);
    await expect(exportBundle({ ...options, out: bundle })).rejects.toThrow(/aborted/);
    expect([await readdir(pytorch), await readdir(onnx), existsSync(bundle)]).toEqual([[], [], false]);
  });

  it.each<[Partial<TrainingConfig>, string]>([
    [{ conditioning: 'latent' }, "with conditioning 'style'; this model has 'latent'"],
    [{ injection: 'concatenation' }, "with injection 'adain'; this model has 'concatenation'"],
    [{ styleEncoder: 'conditional' }, "with styleEncoder 'branches'; this model has 'conditional'"],
    [{ discriminator: 'projection' }, "with discriminator 'branches'; this model has 'projection'"],
  ])('is refused for networks that the reference has not: %j', async (values, message) => {
    const run = join(folder(), Object.values(values).join('-'));
    await writeRandomRun(run, { values });
    await expect(exportPyTorch({ run, out: `${run}-exported` })).rejects.toThrow(
      `pytorch is written of the networks of StarGAN v2, ${message}`,
    );
  });

  it('names a checkpoint that is damaged, wherever that is', async () => {
    const run = join(folder(), 'damaged');
    await writeRandomRun(run);
    const file = join(run, 'checkpoints', '0000007', 'discriminator_optimizer.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    await expect(exportPyTorch({ run, out: `${run}-exported` })).rejects.toThrow(
      /discriminator_optimizer\.safetensors is not what was written: its sha256/,
    );
    await expect(exportPyTorch({ run: join(folder(), 'none'), out: `${run}-exported` })).rejects.toThrow(
      /holds no model \(there is no config\.json\)/,
    );
    await expect(exportPyTorch({ run, out: `${run}-exported`, iteration: 3 })).rejects.toThrow(/no whole checkpoint of iteration 3/);
  });
});
