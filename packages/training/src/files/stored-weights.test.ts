import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSafetensors, saveCheckpoint, writeSafetensors, type Checkpoint, type TensorSource } from '@stargan/checkpoints';
import { generator } from '@stargan/generator';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { readState, writeCheckpoint } from './checkpoint.js';
import { buildOptimizers, disposeState, initialState } from '../iteration/state.js';
import { smallConfig } from '../testing/small-config.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { buildNetworks } from '../networks/networks.js';
import { readAverages } from './read-averages.js';
import { readStoredTensors, ROUNDED_WEIGHTS, storedConstants, storedTensors } from './stored-weights.js';
import { disposeAll } from '../networks/weights.js';

const networks = buildNetworks(smallConfig(), 2);
let checkpoint: Checkpoint;
const folder = useTemporaryFolder(async (created) => {
  const state = initialState(networks, buildOptimizers(smallConfig()), 1);
  state.iteration = 3;
  checkpoint = await writeCheckpoint(created, networks, state, 1).finally(() => disposeState(state));
});
let count = 0;

/** The checkpoint with one file written anew, its manifest in order. */
async function changed(
  file: string,
  change: (tensors: Record<string, TensorSource>) => void,
  metadata: Record<string, string> = { step: '3' },
): Promise<Checkpoint> {
  const files = Object.fromEntries(
    checkpoint.manifest.files.map(({ name }) => [
      name,
      async (aside: string) => {
        const content = await readSafetensors(path.join(checkpoint.path, name));
        const tensors: Record<string, TensorSource> = { ...content.tensors };
        if (name === file) change(tensors);
        await writeSafetensors(
          aside,
          tensors,
          name === file ? metadata : { ...content.metadata, ...(name.includes('optimizer') && { step: '3' }) },
        );
      },
    ]),
  );
  return saveCheckpoint(path.join(folder(), `changed-${count++}`), 3, files);
}

const EMA = 'generator_ema.safetensors';
const BIAS = 'from_rgb.bias';

describe('weights in a checkpoint', () => {
  it.each<[string, (tensors: Record<string, TensorSource>) => void, RegExp]>([
    [
      'NaN',
      (tensors) => ((tensors[BIAS]!.data as Float32Array)[1] = NaN),
      /generator_ema\.safetensors: tensor from_rgb\.bias holds NaN; the checkpoint cannot be used/,
    ],
    [
      'integers',
      (tensors) => (tensors[BIAS] = { ...tensors[BIAS]!, dtype: 'I32', data: new Int32Array(4) }),
      /generator_ema\.safetensors: tensor from_rgb\.bias must be F32, got I32/,
    ],
    [
      'a further tensor',
      (tensors) => (tensors.stray = tensors[BIAS]!),
      /generator_ema\.safetensors: tensor stray is not one of the model's/,
    ],
    ['one too few', (tensors) => delete tensors[BIAS], /generator_ema\.safetensors: tensor from_rgb\.bias is missing/],
    [
      'another shape',
      (tensors) => (tensors[BIAS] = { ...tensors[BIAS]!, shape: [2, 2] }),
      /generator_ema\.safetensors: from_rgb\.bias: expected shape \[4\].*got \[2, 2\]/,
    ],
  ])('are refused by file and tensor: %s', async (_, change, message) => {
    const before = memory().numTensors;
    const given = await changed(EMA, change);
    await expect(readAverages(networks, given)).rejects.toThrow(message);
    await expect(readState(networks, given)).rejects.toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  it('are refused by file and tensor where they are half floats, which a reader would widen', async () => {
    const given = await changed(EMA, () => undefined);
    const file = path.join(given.path, EMA);
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = bytes.toString('utf8', 8, 8 + length);
    const halves = header.replace(/("from_rgb\.bias":\{"dtype":"F)32("\s*,"shape":\[)4/, '$116$28');
    expect(halves).not.toBe(header);
    await writeFile(file, Buffer.concat([bytes.subarray(0, 8), Buffer.from(halves), bytes.subarray(8 + length)]));
    await expect(readAverages(networks, given)).rejects.toThrow(
      /generator_ema\.safetensors: tensor from_rgb\.bias must be F32, got F16; the file was changed after it was written/,
    );
  });

  it.each([
    [{}, 'none'],
    [{ step: 'abc' }, '"abc"'],
    [{ step: '-3' }, '"-3"'],
    [{ step: '1.5' }, '"1.5"'],
    [{ step: '2' }, '"2"'],
  ])('are not gone on with under the optimiser step %j, and the file is named', async (metadata, got) => {
    const before = memory().numTensors;
    const given = await changed('generator_optimizer.safetensors', () => undefined, metadata);
    await expect(readState(networks, given)).rejects.toThrow(
      `generator_optimizer.safetensors: step, in the file's metadata, must be a whole number of at least 3, the iterations done, got ${got}`,
    );
    expect(memory().numTensors).toBe(before);
  });

  it('may be half floats where the file says that they were rounded on purpose, for pictures alone', async () => {
    const network = generator({ imageSize: 16, styleDim: 4, widthBudget: 64, maxWidth: 4 });
    const parameters = network.init(1);
    const file = path.join(folder(), 'rounded.safetensors');
    const rounded = [...storedTensors(network.specs, parameters)].map(([name, tensor]) => [name, { ...tensor, dtype: 'F16' }] as const);
    await writeSafetensors(file, rounded, ROUNDED_WEIGHTS);
    const { groups } = await readStoredTensors(file, network.specs, { roundedToo: true });
    const [read, origin] = [groups[0]!, parameters].map((record) => record['to_rgb.2.weight']!.dataSync<'float32'>());
    expect(Math.max(...read!.map((value, i) => Math.abs(value - origin![i]!) / Math.abs(origin![i]!)))).toBeLessThanOrEqual(2 ** -11);
    await expect(readStoredTensors(file, network.specs)).rejects.toThrow('must be F32, got F16');
    await writeSafetensors(file, rounded);
    await expect(readStoredTensors(file, network.specs, { roundedToo: true })).rejects.toThrow('must be F32, got F16');
    disposeAll(...groups, parameters);
  });

  it('may have the constants of the reference beside them, and need not', async () => {
    const network = generator({ imageSize: 32, styleDim: 4, widthBudget: 64, maxWidth: 4, highPass: 1 });
    const parameters = network.init(1);
    const file = path.join(folder(), 'generator.safetensors');
    expect([...storedConstants(network)]).toMatchObject([['hpf.filter', { dtype: 'F32', shape: [3, 3] }]]);
    for (const stored of [[...storedConstants(network)], []]) {
      await writeSafetensors(file, [...storedTensors(network.specs, parameters), ...stored]);
      const { groups } = await readStoredTensors(file, network.specs, { constants: ['hpf.filter'] });
      expect(Object.keys(groups[0]!)).toEqual(network.specs.map(({ name }) => name));
      disposeAll(...groups);
    }
    disposeAll(parameters);
  });
});
