import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPyTorchFile, readSafetensors, writePyTorchFile, type PyTorchSource } from '@stargan/checkpoints';
import {
  buildNetworks,
  disposeState,
  NETWORK_NAMES,
  openModel,
  optimizerFile,
  readState,
  REFERENCE_NAMES,
  storedTensors,
} from '@stargan/training';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { exportPyTorch, importReference } from './index.js';
import { dictAt, type ChangedDict } from './testing/reference-files.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

// Checkpoints that the reference itself wrote are not part of the repository.
const goldens = fileURLToPath(new URL('../../../../shared/goldens/', import.meta.url));
const folder = useTemporaryFolder();

const read = async (path: string): Promise<ChangedDict> => (await readPyTorchFile(path)) as unknown as ChangedDict;

describe.skipIf(!existsSync(goldens))('checkpoints that the reference wrote', () => {
  const golden = (name: string): string => join(goldens, 'checkpoints', name);

  /** The file of trained weights that the goldens lack: the averages, and a discriminator. */
  async function completed(): Promise<string> {
    const path = join(folder(), '000003_nets.ckpt');
    const content = await read(golden('000003_nets_ema.ckpt'));
    const { discriminator } = buildNetworks(
      { imageSize: 512, widthBudget: 2 ** 14, maxWidth: 12, styleDim: 8, latentDim: 4, hiddenDim: 32, highPass: 0 },
      2,
    );
    const weights = discriminator.init(1);
    await writePyTorchFile(
      path,
      new Map<string, PyTorchSource>([...content, ['discriminator', Object.fromEntries(storedTensors(discriminator.specs, weights))]] as [
        string,
        PyTorchSource,
      ][]),
    );
    dispose(Object.values(weights));
    return path;
  }

  it.each(['000003_nets_ema.ckpt', '000003_nets_ema_legacy.ckpt', '000003_nets_ema_module_prefix.ckpt'])(
    '%s is a run whose tensors are those that the reference had, and goes out as it came',
    async (name) => {
      const out = join(folder(), name);
      const { config, iteration, domains, checkpoint } = await importReference([golden(name)], { out });
      expect([iteration, domains.length]).toEqual([3, 2]);
      expect(config).toMatchObject({
        imageSize: 512,
        styleDim: 8,
        latentDim: 4,
        hiddenDim: 32,
        widthBudget: 16384,
        maxWidth: 12,
        highPass: 0,
      });
      const { tensors: expected } = await readSafetensors(join(goldens, 'checkpoint-nets-ema.safetensors'));
      let compared = 0;
      for (const network of ['generator', 'mapping_network', 'style_encoder']) {
        const { tensors } = await readSafetensors(join(checkpoint, `${network}_ema.safetensors`));
        for (const [key, tensor] of Object.entries(tensors)) {
          expect(tensor).toEqual(expected[`${network}.${key}`]);
          compared++;
        }
      }
      expect(compared).toBe(Object.keys(expected).filter((key) => !key.startsWith('forward.')).length);
      const model = await openModel(out);
      dispose(Object.values(model.weights).flatMap((record) => Object.values(record)));

      const { files } = await exportPyTorch({ run: out, out: `${out}-exported` });
      const [written, origin] = [await read(files[0]!.path), await read(golden('000003_nets_ema.ckpt'))];
      expect([...written.keys()]).toEqual([...origin.keys()]);
      for (const network of origin.keys()) {
        expect([...dictAt(written, network).keys()]).toEqual([...dictAt(origin, network).keys()]);
        expect(written.get(network)).toEqual(origin.get(network));
      }
    },
  );

  it.each(['000003_optims.ckpt', '000003_optims_legacy.ckpt'])(
    '%s belongs to the parameters by their names, and goes out as it came',
    async (name) => {
      const out = join(folder(), name);
      const nets = await completed();
      const imported = await importReference([nets, golden('000003_nets_ema.ckpt'), golden(name)], { out });
      expect(imported.isResumable).toBe(true);
      expect(imported.config).toMatchObject({ learningRate: 1e-4, mappingLearningRate: 1e-6, beta1: 0, beta2: 0.99, weightDecay: 1e-4 });
      // Two steps of each were done for the goldens, fewer than the name says that there were iterations.
      expect(imported.notes).toContain('the optimisers have 1 step fewer than 3 iterations: they began anew at some time');

      const { cases } = JSON.parse(readFileSync(join(goldens, 'manifest.json'), 'utf8')) as {
        cases: { id: string; name_lists: Record<string, string[]> }[];
      };
      const lists = cases.find(({ id }) => id === 'checkpoint-optims')!.name_lists;
      const { tensors: expected } = await readSafetensors(join(goldens, 'checkpoint-optims.safetensors'));
      for (const network of NETWORK_NAMES) {
        const { tensors, metadata } = await readSafetensors(join(imported.checkpoint, optimizerFile(network)));
        expect(metadata.step).toBe('2');
        const names = lists[REFERENCE_NAMES[network]]!;
        expect(Object.keys(tensors).length).toBe(2 * names.length);
        for (const [i, key] of names.entries()) {
          expect(tensors[`first.${key}`]).toEqual(expected[`${REFERENCE_NAMES[network]}.${i}.exp_avg`]);
          expect(tensors[`second.${key}`]).toEqual(expected[`${REFERENCE_NAMES[network]}.${i}.exp_avg_sq`]);
        }
      }

      const { files } = await exportPyTorch({ run: out, out: `${out}-exported` });
      expect(files.map(({ path }) => basename(path))).toEqual(['000003_nets.ckpt', '000003_nets_ema.ckpt', '000003_optims.ckpt']);
      expect(await read(files[2]!.path)).toEqual(await read(golden('000003_optims.ckpt')));
      expect(await read(files[0]!.path)).toEqual(await read(nets));
    },
  );

  it('are a state that training goes on from', async () => {
    const out = join(folder(), 'resumed');
    const { checkpoint, iteration } = await importReference(
      [await completed(), golden('000003_nets_ema.ckpt'), golden('000003_optims.ckpt')],
      { out },
    );
    const before = memory().numTensors;
    const model = await openModel(out);
    const state = await readState(model.networks, model.checkpoint);
    expect([state.iteration, state.missingSteps, state.moments.generator!.step]).toEqual([iteration, 1, 2]);
    expect(model.checkpoint.path).toBe(checkpoint);
    disposeState(state);
    dispose(Object.values(model.weights).flatMap((record) => Object.values(record)));
    expect(memory().numTensors).toBe(before);
  });

  it('are refused where they are broken or hostile', async () => {
    for (const name of [
      'hostile_eval.ckpt',
      'hostile_system.ckpt',
      'hostile_system_legacy.ckpt',
      'truncated.ckpt',
      'truncated_legacy.ckpt',
      'garbage.ckpt',
      'empty.ckpt',
    ])
      await expect(importReference([golden(name)], { out: join(folder(), 'refused') })).rejects.toThrow(golden(name));
    await expect(importReference([golden('views.ckpt')], { out: join(folder(), 'refused') })).rejects.toThrow(
      'views.ckpt: it holds a dict with the keys views, iteration, note: not StarGAN v2',
    );
  });
});
