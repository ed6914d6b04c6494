import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSafetensors, writeSafetensors } from '@stargan/checkpoints';
import { generator } from '@stargan/generator';
import { expect, test } from 'vitest';
import { restoreTensors, storedConstants, storedTensors } from './stored-weights.js';
import { disposeAll } from './weights.js';

test('a generator’s file has the reference’s constants, and is read with and without them', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'stored-weights-'));
  const file = path.join(folder, 'generator.safetensors');
  const network = generator({ imageSize: 32, styleDim: 4, widthBudget: 64, maxWidth: 4, highPass: 1 });
  const parameters = network.init(1);
  try {
    for (const constants of [[...storedConstants(network)], []]) {
      await writeSafetensors(file, [...storedTensors(network.specs, parameters), ...constants]);
      const { tensors } = await readSafetensors(file);
      expect(Object.keys(tensors)).toEqual([...network.specs.map(({ name }) => name), ...constants.map(([name]) => name)]);
      disposeAll(restoreTensors(network.specs, tensors, file));
    }
    expect([...storedConstants(network)]).toMatchObject([['hpf.filter', { dtype: 'F32', shape: [3, 3] }]]);
  } finally {
    disposeAll(parameters);
    await rm(folder, { recursive: true, force: true });
  }
});
