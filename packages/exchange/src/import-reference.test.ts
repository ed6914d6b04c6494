import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { readPyTorchFile, readSafetensors, writePyTorchFile, type PyTorchSource } from '@stargan/checkpoints';
import { buildNetworks, disposeState, loadModel, NETWORK_NAMES, readState, type TrainingConfig } from '@stargan/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { importReference } from './index.js';
import { smallConfig, writeRandomRun } from './testing/random-run.js';
import { averagesIn, changed, dictAt, writeReferenceFiles } from './testing/reference-files.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

const folder = useTemporaryFolder();
const DOMAINS = ['cat', 'dog', 'wild'];

let run = '';
let files: Awaited<ReturnType<typeof writeReferenceFiles>>;

beforeAll(async () => {
  run = join(folder(), 'run');
  await writeRandomRun(run);
  files = await writeReferenceFiles(run, join(folder(), 'reference'));
});

let imports = 0;
const out = (): string => join(folder(), `imported-${++imports}`);

/** All tensors and metadata in the checkpoint of a run, by file; values as their checksums. */
async function contentOf(directory: string): Promise<Record<string, { tensors: Record<string, string>; metadata: object }>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.safetensors')).sort();
  const content: Awaited<ReturnType<typeof contentOf>> = {};
  for (const name of names) {
    const { tensors, metadata } = await readSafetensors(join(directory, name));
    const sums = Object.entries(tensors).map(([key, { dtype, shape, data }]) => {
      const sum = createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex');
      return [key, `${dtype} [${shape.join(', ')}] ${sum}`];
    });
    content[name] = { tensors: Object.fromEntries(sums) as Record<string, string>, metadata };
  }
  return content;
}

describe('a run that goes out to PyTorch and comes back', () => {
  it.each<[string, Partial<TrainingConfig>, string[]]>([
    ['three domains', {}, DOMAINS],
    ['one domain and the smallest images', { imageSize: 16, styleDim: 3 }, ['cat']],
    [
      'widths that are not capped, and other settings of the optimisers',
      { imageSize: 64, maxWidth: 512, learningRate: 2e-4, mappingLearningRate: 3e-6, beta1: 0.5, beta2: 0.9, weightDecay: 0 },
      ['a', 'b'],
    ],
    ['a high-pass skip', { imageSize: 64, highPass: 1 }, ['female', 'male']],
    ['a weak high-pass skip', { imageSize: 32, highPass: 3 }, ['female', 'male']],
    ['twelve domains, whose names sort otherwise than their numbers', {}, Array.from({ length: 12 }, (_, i) => `d${i}`)],
  ])('is the same to the bit, and its sizes are found: %s', async (name, values, domains) => {
    const origin = join(folder(), name.replaceAll(/\W/g, '-'));
    const config = await writeRandomRun(origin, { values, domains });
    const reference = await writeReferenceFiles(origin, `${origin}-reference`);
    const imported = await importReference(Object.values(reference), { out: out(), domains });
    expect(imported).toMatchObject({ iteration: 7, domains, isResumable: true });
    const expected = { ...config, batch: 8 };
    expect(imported.config).toEqual(expected);
    expect(await contentOf(imported.checkpoint)).toEqual(await contentOf(join(origin, 'checkpoints', '0000007')));
    const record: unknown = JSON.parse(await readFile(join(imported.run, 'config.json'), 'utf8'));
    expect(record).toEqual({ formatVersion: 1, config: expected, data: '', domains });
  });
});

describe('a run made of files of the reference', () => {
  it('is loaded, and training goes on from it', async () => {
    const { run: made, checkpoint, iteration } = await importReference(Object.values(files), { out: out(), domains: DOMAINS });
    const model = await loadModel(made);
    expect([model.imageSize, model.styleDim, model.domains]).toEqual([32, 6, DOMAINS]);
    model.dispose();
    const before = memory().numTensors;
    const networks = buildNetworks(smallConfig(), DOMAINS.length);
    const manifest = JSON.parse(await readFile(join(checkpoint, 'manifest.json'), 'utf8')) as Parameters<typeof readState>[1]['manifest'];
    const state = await readState(networks, { path: checkpoint, iteration, manifest });
    expect(state.iteration).toBe(7);
    expect(NETWORK_NAMES.map((name) => state.moments[name]!.step)).toEqual([14, 7, 7, 14]);
    expect(state.missingSteps).toBe(0);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });

  it('is told by the content of the files, whatever their names and order', async () => {
    const names = ['b.ckpt', 'a.ckpt', 'c.pt'].map((name) => join(folder(), name));
    for (const [i, path] of Object.values(files).entries()) await writeFile(names[i]!, await readFile(path));
    const imported = await importReference([...names].reverse(), { out: out(), domains: DOMAINS, iteration: 7 });
    expect(imported.isResumable).toBe(true);
    await expect(importReference(names, { out: out() })).rejects.toThrow(
      'the names of the files do not say how many iterations they are of, as 100000_nets.ckpt does; give the iteration',
    );
    await expect(importReference(names, { out: out(), iteration: 1.5 })).rejects.toThrow('iteration must be a whole number ≥ 0, got 1.5');
  });

  it('has what was wrapped with DataParallel under its own keys', async () => {
    const wrapped = await changed(files.averages, averagesIn(folder(), 'wrapped'), (content) => {
      for (const [name, network] of content)
        content.set(name, new Map([...(network as Map<string, PyTorchSource>)].map(([key, value]) => [`module.${key}`, value])));
    });
    const imported = await importReference([wrapped], { out: out(), domains: DOMAINS });
    const plain = await importReference([files.averages], { out: out(), domains: DOMAINS });
    expect(await contentOf(imported.checkpoint)).toEqual(await contentOf(plain.checkpoint));
  });

  it('makes images with the averages alone, and says that training cannot go on', async () => {
    const { run: made, isResumable, notes, checkpoint, iteration } = await importReference([files.averages, files.optims], { out: out() });
    expect(isResumable).toBe(false);
    expect(notes).toEqual([
      'the files do not name the domains; they are called domain-0, domain-1, domain-2 here',
      'training cannot go on from this run, for …_nets.ckpt was not given; 000007_optims.ckpt was left out; it makes and measures images'.replace(
        '0000007',
        '000007',
      ),
    ]);
    const model = await loadModel(made);
    model.dispose();
    const manifest = JSON.parse(await readFile(join(checkpoint, 'manifest.json'), 'utf8')) as Parameters<typeof readState>[1]['manifest'];
    await expect(readState(buildNetworks(smallConfig(), 3), { path: checkpoint, iteration, manifest })).rejects.toThrow(
      /0000007\/manifest\.json lists the moving averages alone, which images are made with; training cannot go on from them: import the files of weights/,
    );
  });

  it('leaves out what is no part of the model, and says so', async () => {
    const withLandmarks = await changed(files.averages, averagesIn(folder(), 'fan'), (content) => {
      content.set('fan', { 'conv1.weight': { dtype: 'F32', shape: [1], data: Float32Array.of(1) } });
    });
    const { notes } = await importReference([withLandmarks], { out: out(), domains: DOMAINS });
    expect(notes[0]).toBe('fan-000007_nets_ema.ckpt: left out fan; fan finds face landmarks, and is no part of StarGAN v2');
  });

  it('takes the state of an early PyTorch, which numbers parameters by their addresses and steps by ints', async () => {
    const early = await changed(files.optims, join(folder(), 'early-000007_optims.ckpt'), (content) => {
      for (const name of content.keys()) {
        const state = dictAt(content, name, 'state');
        const group = dictAt(content, name, 'param_groups', 0);
        const address = (i: number): number => 140_000_000_000_000 + 997 * ((i * 7919) % 100_003);
        const entries = [...state].map(([i, entry]) => {
          (entry as Map<string, PyTorchSource>).set('step', name === 'generator' || name === 'discriminator' ? 14 : 7);
          return [address(Number(i)), entry] as const;
        });
        state.clear();
        for (const [key, entry] of [...entries].reverse()) state.set(key, entry);
        group.set('params', (group.get('params') as number[]).map(address));
      }
    });
    const imported = await importReference([files.nets, files.averages, early], { out: out(), domains: DOMAINS });
    expect(await contentOf(imported.checkpoint)).toEqual(await contentOf(join(run, 'checkpoints', '0000007')));
  });

  it('has moments of zero where a parameter never had a gradient, and counts iterations without a step', async () => {
    const fresh = await changed(files.optims, join(folder(), 'fresh-000007_optims.ckpt'), (content) => {
      dictAt(content, 'generator', 'state').delete(3);
      for (const name of content.keys())
        for (const entry of dictAt(content, name, 'state').values())
          (entry as Map<string, PyTorchSource>).set('step', { dtype: 'F32', shape: [], data: Float32Array.of(2) });
    });
    const { checkpoint, iteration, notes } = await importReference([files.nets, files.averages, fresh], { out: out(), domains: DOMAINS });
    expect(notes).toEqual(['the optimisers have 5 steps fewer than 7 iterations: they began anew at some time']);
    const { tensors } = await readSafetensors(join(checkpoint, 'generator_optimizer.safetensors'));
    const [third, fourth] = Object.keys(tensors).slice(2, 4);
    expect(tensors[fourth!]!.data.some((value) => value !== 0)).toBe(false);
    expect(tensors[third!]!.data.some((value) => value !== 0)).toBe(true);
    const manifest = JSON.parse(await readFile(join(checkpoint, 'manifest.json'), 'utf8')) as Parameters<typeof readState>[1]['manifest'];
    const state = await readState(buildNetworks(smallConfig(), 3), { path: checkpoint, iteration, manifest });
    expect([state.missingSteps, state.moments.generator!.step]).toEqual([5, 2]);
    disposeState(state);
  });

  it('says what the optimisers had otherwise', async () => {
    const others = await changed(files.optims, join(folder(), 'others-000007_optims.ckpt'), (content) => {
      dictAt(content, 'discriminator', 'param_groups', 0).set('lr', 5e-4);
      dictAt(content, 'style_encoder', 'param_groups', 0).set('eps', 1e-7);
    });
    const { notes } = await importReference([files.nets, files.averages, others], { out: out(), domains: DOMAINS });
    expect(notes).toEqual([
      'the optimiser of style_encoder had eps 1e-7; it has 1e-8 from now on',
      'the optimiser of discriminator had other settings than that of generator, which all have from now on',
    ]);
  });

  it('takes w_hpf for 1 where an early version of the reference did not keep its filter', async () => {
    const origin = join(folder(), 'early-skip');
    await writeRandomRun(origin, { values: { highPass: 1 } });
    const { averages } = await writeReferenceFiles(origin, `${origin}-reference`);
    const early = await changed(averages, averagesIn(folder(), 'early-skip'), (content) => {
      dictAt(content, 'generator').delete('hpf.filter');
    });
    const { config, notes } = await importReference([early], { out: out(), domains: DOMAINS });
    expect(config.highPass).toBe(1);
    expect(notes[0]).toBe('the file does not say w_hpf, the weight of the high-pass skip; it is taken to be 1');
  });
});

const matrix = (shape: number[]): PyTorchSource => ({ dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });

describe('files of something else', () => {
  it.each<[string, PyTorchSource, string]>([
    [
      'a state dict',
      { 'layer1.0.conv1.weight': matrix([1]), 'layer1.0.bn1.weight': matrix([1]), 'fc.bias': matrix([1]) },
      'a state dict of 1 network with the keys layer1.0.conv1.weight, layer1.0.bn1.weight, fc.bias',
    ],
    [
      'other networks',
      { netG: { 'model.1.weight': matrix([1]) }, netD: { 'main.0.weight': matrix([2]) } },
      'state dicts of 2 networks (netG with model.1.weight; netD with main.0.weight)',
    ],
    [
      'a training of another program',
      { model: { w: matrix([1]) }, epoch: 3, 'state of\nthe dict': [] },
      'a dict with the keys model, epoch, state of\\nthe dict',
    ],
    ['a tensor', matrix([2, 3]), 'a single tensor [2, 3]'],
    ['a list', [1, 2], 'a list of 2 values'],
    ['nothing', {}, 'an empty dict'],
    ['a number', 3, 'a plain value of Python (number)'],
  ])('are named: %s', async (name, content, expected) => {
    const path = averagesIn(folder(), name.replaceAll(' ', '-'));
    await writePyTorchFile(path, content);
    await expect(importReference([path], { out: out() })).rejects.toThrow(`${path}: it holds ${expected}: not StarGAN v2, whose`);
  });

  it('and files that are missing, twice there, or of several iterations', async () => {
    await expect(importReference([join(folder(), 'absent.ckpt')], { out: out() })).rejects.toThrow(
      /absent\.ckpt.*ENOENT|absent\.ckpt.*no such/i,
    );
    await expect(importReference([], { out: out() })).rejects.toThrow(
      'the moving averages, which images are made with, are needed: a file like 100000_nets_ema.ckpt; got none',
    );
    await expect(importReference([files.nets, files.optims], { out: out() })).rejects.toThrow(
      `got ${files.nets} (nets), ${files.optims} (optims)`,
    );
    await expect(importReference([files.averages, files.averages], { out: out() })).rejects.toThrow(
      'both hold what nets_ema does; name the files of one model',
    );
    const later = join(folder(), '000008_nets.ckpt');
    await writeFile(later, await readFile(files.nets));
    await expect(importReference([later, files.averages, files.optims], { out: out() })).rejects.toThrow(
      'the files are of iterations 8 and 7',
    );
  });
});

describe('files of StarGAN v2 that are not whole', () => {
  it.each<[string, (content: ReturnType<typeof dictAt>) => void, RegExp]>([
    ['a network is missing', (content) => content.delete('style_encoder'), /there is no style_encoder beside generator/],
    [
      'a tensor is missing',
      (content) => dictAt(content, 'generator').delete('to_rgb.2.bias'),
      /generator is not that of StarGAN v2: missing 1 tensor: to_rgb\.2\.bias; the moving averages are of a model with images of 32 × 32, 3 domains, styles of 6 and latent codes of 5/,
    ],
    [
      'a tensor is one too many',
      (content) => dictAt(content, 'mapping_network').set('shared.8.weight', matrix([2])),
      /mapping_network is not that of StarGAN v2: not expected 1 tensor: shared\.8\.weight/,
    ],
    [
      'shapes disagree',
      (content) => dictAt(content, 'generator').set('from_rgb.bias', matrix([9])),
      /of another shape 1 tensor: from_rgb\.bias must be \[8\] and is \[9\]/,
    ],
    [
      'many faults at once',
      (content) => ['a', 'b', 'c', 'd', 'e'].forEach((name) => dictAt(content, 'style_encoder').set(name, matrix([1]))),
      /style_encoder is not that of StarGAN v2: not expected 5 tensors: a, b, c, d and 1 more/,
    ],
    [
      'blocks are missing',
      (content) =>
        ['encode.4', 'decode.4', 'encode.3', 'decode.3', 'encode.2', 'decode.2'].forEach((block) =>
          [...dictAt(content, 'generator').keys()]
            .filter((key) => String(key).startsWith(block))
            .forEach((key) => dictAt(content, 'generator').delete(key)),
        ),
      /generator has 2 encoder blocks; for images of 32 × 32, as style_encoder has them, it must have 3, or 4 with a high-pass skip/,
    ],
    [
      'the style encoder is of no size',
      (content) => content.set('style_encoder', { 'shared.0.weight': matrix([1]) }),
      /style_encoder has 0 residual blocks, as for images of 4 × 4; they must be from 16 to 16384/,
    ],
    [
      'the mapping network is another',
      (content) => content.set('mapping_network', { 'net.0.weight': matrix([1]) }),
      /mapping_network has no unshared\.0\.6\.weight with 1 axes; the file is not StarGAN v2's/,
    ],
    [
      'a network is no state dict',
      (content) => content.set('generator', 'gone'),
      /generator must be a state dict, and is a plain value of Python \(string\)/,
    ],
    [
      'a state dict holds something else',
      (content) => dictAt(content, 'generator').set('step', 3),
      /generator must hold tensors by name, and under step is a plain value of Python \(number\)/,
    ],
    [
      'whole numbers',
      (content) => dictAt(content, 'generator').set('to_rgb.2.bias', { dtype: 'I32', shape: [3], data: Int32Array.of(1, 2, 3) }),
      /tensor generator\.to_rgb\.2\.bias must hold floats/,
    ],
    [
      'a value is not finite',
      (content) => dictAt(content, 'generator').set('to_rgb.2.bias', { dtype: 'F32', shape: [3], data: Float32Array.of(1, NaN, 3) }),
      /tensor generator\.to_rgb\.2\.bias holds NaN at 1; take an earlier checkpoint/,
    ],
    [
      'a key is there with and without the prefix',
      (content) => dictAt(content, 'generator').set('module.to_rgb.2.bias', matrix([3])),
      /generator holds to_rgb\.2\.bias twice, with and without module\.; keep one of them/,
    ],
  ])('are refused by what is amiss, and nothing is left: %s', async (name, change, message) => {
    const path = await changed(files.averages, averagesIn(folder(), `amiss-${name.replaceAll(' ', '-')}`), change);
    const made = out();
    const before = memory().numTensors;
    const failing = importReference([path], { out: made });
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toThrow(path);
    expect(memory().numTensors).toBe(before);
    expect([existsSync(made), existsSync(`${made}.partial`)]).toEqual([false, false]);
  });

  it('are refused where the weights are of another model than the averages', async () => {
    const other = join(folder(), 'other');
    await writeRandomRun(other, { values: { styleDim: 9 } });
    const { nets } = await writeReferenceFiles(other, `${other}-reference`);
    await expect(importReference([nets, files.averages, files.optims], { out: out() })).rejects.toThrow(
      /000007_nets\.ckpt: generator is not that of StarGAN v2: of another shape \d+ tensors: decode\.0\.norm1\.fc\.weight must be \[\d+, 6\] and is \[\d+, 9\].*; the moving averages are of a model with/,
    );
  });

  it.each<[string, (content: ReturnType<typeof dictAt>) => void, RegExp]>([
    ['an optimiser is missing', (content) => content.delete('discriminator'), /there is no optimiser of discriminator/],
    [
      'several groups',
      (content) => dictAt(content, 'generator').set('param_groups', [{}, {}]),
      /the optimiser of generator must have one group of parameters/,
    ],
    [
      'other parameters',
      (content) => dictAt(content, 'generator', 'param_groups', 0).set('params', [0, 1]),
      /the optimiser of generator is for 2 parameters, the network has \d+; it belongs to another model/,
    ],
    [
      'amsgrad',
      (content) => dictAt(content, 'generator', 'param_groups', 0).set('amsgrad', true),
      /was used with amsgrad, which there is none of here/,
    ],
    [
      'no Adam',
      (content) => dictAt(content, 'mapping_network', 'state').set(0, { momentum_buffer: matrix([10, 5]) }),
      /must have exp_avg and exp_avg_sq for shared\.0\.weight, got a state dict of 1 network/,
    ],
    [
      'moments of another shape',
      (content) => dictAt(content, 'mapping_network', 'state', 0).set('exp_avg', matrix([5, 10])),
      /has moments \[5, 10\] for shared\.0\.weight, which is \[10, 5\]/,
    ],
    [
      'several numbers of steps',
      (content) => dictAt(content, 'generator', 'state', 1).set('step', 9),
      /has taken 14 and 9 steps, not the same number for all parameters/,
    ],
    [
      'half a step',
      (content) => dictAt(content, 'generator', 'state', 0).set('step', 1.5),
      /must have a whole number of steps for from_rgb\.weight/,
    ],
    ['no learning rate', (content) => dictAt(content, 'generator', 'param_groups', 0).delete('lr'), /must have a number as lr/],
    [
      'a learning rate that cannot be',
      (content) => dictAt(content, 'generator', 'param_groups', 0).set('lr', -1),
      /learningRate: must be ≥ 0, got -1/,
    ],
  ])('have optimisers that are refused by what is amiss: %s', async (name, change, message) => {
    const path = await changed(files.optims, join(folder(), `amiss-${name.replaceAll(' ', '-')}-000007_optims.ckpt`), change);
    await expect(importReference([files.nets, files.averages, path], { out: out() })).rejects.toThrow(message);
  });
});

describe('an import', () => {
  it('names the domains as it is told, each once', async () => {
    for (const domains of [
      ['cat', 'dog'],
      ['cat', 'cat', 'dog'],
      ['cat', 'dog', ''],
    ])
      await expect(importReference([files.averages], { out: out(), domains })).rejects.toThrow(
        `the model has 3 domains; name each once, in the order of the sorted folders of its images, got ${domains.join(', ')}`,
      );
  });

  it('is stopped by a signal, and leaves nothing', async () => {
    const stopped = out();
    const controller = new AbortController();
    controller.abort();
    const failing = importReference(Object.values(files), { out: stopped, domains: DOMAINS, signal: controller.signal });
    await expect(failing).rejects.toThrow(/aborted/);
    expect([existsSync(stopped), existsSync(`${stopped}.partial`)]).toEqual([false, false]);
  });

  it('changes no folder that holds something', async () => {
    await expect(importReference([files.averages], { out: run })).rejects.toThrow(
      `${run} holds 2 files or folders already; name one that does not exist yet`,
    );
    await expect(importReference([files.averages], { out: files.averages })).rejects.toThrow(/is a file, not a folder; name another/);
  });

  it('reads files of half floats and of double ones', async () => {
    const halves = await changed(files.averages, averagesIn(folder(), 'halves'), (content) => {
      for (const [name, network] of content)
        content.set(
          name,
          new Map(
            [...(network as unknown as Map<string, { shape: number[]; data: Float32Array }>)].map(([key, { shape, data }], i) => [
              key,
              i % 2 === 0 ? { dtype: 'F16' as const, shape, data } : { dtype: 'F64' as const, shape, data: Float64Array.from(data) },
            ]),
          ),
        );
    });
    const { checkpoint } = await importReference([halves], { out: out(), domains: DOMAINS });
    const whole = (await readPyTorchFile(files.averages)) as unknown as ReturnType<typeof dictAt>;
    const bias = dictAt(whole, 'generator').get('to_rgb.2.bias') as { data: Float32Array };
    const { tensors } = await readSafetensors(join(checkpoint, 'generator_ema.safetensors'));
    const read = tensors['to_rgb.2.bias']!.data as Float32Array;
    expect(Math.max(...read.map((value, i) => Math.abs(value - bias.data[i]!)))).toBeLessThan(1e-3);
  });
});
