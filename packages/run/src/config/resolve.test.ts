import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { smallConfig } from '../testing/small-config.js';
import { findRunRecord, writeRunRecord } from '../run-directory.js';
import { UsageError } from '@stargan/command-line';
import { PRESETS } from './presets.js';
import { parseConfig, resolveConfig } from './resolve.js';
import type { Config } from './schema.js';

const folder = useTemporaryFolder();

const write = async (text: string): Promise<string> => {
  const file = path.join(folder(), 'config.json');
  await writeFile(file, text);
  return file;
};

describe('a configuration', () => {
  it("has the reference's values where nothing is given", () => {
    expect(parseConfig({})).toMatchObject({
      imageSize: 256,
      styleDim: 64,
      latentDim: 16,
      hiddenDim: 512,
      batch: 8,
      iterations: 100_000,
      seed: 777,
      learningRate: 1e-4,
      mappingLearningRate: 1e-6,
      beta1: 0,
      beta2: 0.99,
      weightDecay: 1e-4,
      emaDecay: 0.999,
      lambdaR1: 1,
      lambdaStyle: 1,
      lambdaDiversity: 1,
      lambdaCycle: 1,
      diversityIterations: 100_000,
      widthBudget: 16384,
      maxWidth: 512,
      highPass: 0,
      cropProbability: 0.5,
    });
  });

  it('is taken from preset, file, options and assignments, the later before the earlier', async () => {
    const file = await write('{"batch": 3, "seed": 3, "lambdaCycle": 3}');
    const config = await resolveConfig({
      preset: 'afhq',
      file,
      overrides: { seed: 4, batch: undefined },
      assignments: ['lambdaCycle=5', 'onCorrupt=skip'],
    });
    expect(config).toMatchObject({ lambdaDiversity: 2, batch: 3, seed: 4, lambdaCycle: 5, onCorrupt: 'skip' });
  });

  it('takes the operations of the augmentation with commas, in their order', async () => {
    const assignments = ['augmentation=color,translation', 'augmentationTarget=0.6'];
    expect(await resolveConfig({ assignments })).toMatchObject({ augmentation: 'color,translation', augmentationTarget: 0.6 });
    await expect(resolveConfig({ assignments: ['augmentation=translation,color'] })).rejects.toThrow(
      'augmentation: must be one of "off"|"color"|"translation"|"cutout"|"color,translation"|',
    );
  });

  it('is taken from the record of a run, with a word', async () => {
    await writeRunRecord(folder(), { config: smallConfig({ batch: 5 }), data: '/elsewhere', domains: ['a', 'b'] });
    const file = path.join(folder(), 'config.json');
    const said: string[] = [];
    const config = await resolveConfig({ file, assignments: ['seed=3'], log: (line) => said.push(line) });
    expect(config).toEqual(smallConfig({ batch: 5, seed: 3 }));
    expect(said).toEqual([`${file} is the record of a run: its configuration is taken, not its data or domains`]);
    await expect(resolveConfig({ file: await write('{"formatVersion": 1, "config": 3}') })).rejects.toThrow('its config holds no values');
  });

  it('names an unknown key and the nearest known one', async () => {
    await expect(resolveConfig({ assignments: ['learningrate=1'] })).rejects.toThrow(
      'unknown config key learningrate; did you mean learningRate?',
    );
    await expect(resolveConfig({ preset: 'celeba' })).rejects.toThrow('unknown preset celeba; did you mean celeba-hq?');
    await expect(resolveConfig({ preset: 'constructor' })).rejects.toThrow('unknown preset constructor');
  });

  it.each([
    ['lr', 'learningRate'],
    ['batch_size', 'batch'],
    ['img-size', 'imageSize'],
    ['lambda_ds', 'lambdaDiversity'],
    ['w_hpf', 'highPass'],
    ['LEARNING_RATE', 'learningRate'],
    ['total_iters', 'iterations'],
    ['sede', 'seed'],
  ])('takes %s for %s: what it is called elsewhere, another spelling, or the nearest', (name, key) => {
    expect(() => parseConfig({ [name]: 1 })).toThrow(`unknown config key ${name}; did you mean ${key}?`);
  });

  it('takes numbers as people write them', async () => {
    expect(await resolveConfig({ assignments: ['learningRate=.0001', 'lambdaCycle=+2.', 'weightDecay=1E-5', 'batch= 4 '] })).toMatchObject({
      learningRate: 1e-4,
      lambdaCycle: 2,
      weightDecay: 1e-5,
      batch: 4,
    });
  });

  it.each([
    ['beta1=1', 'beta1: must be < 1, got 1'],
    ['beta2=1', 'beta2: must be < 1, got 1'],
    ['learningRate=1e999', 'learningRate: must be a finite number, got Infinity'],
    ['learningRate=fast', 'learningRate: must be a finite number, got "fast"'],
    ['batch=[[1]]', 'batch: must be a finite number, got a list'],
    ['batch=2000000000', 'batch: must be ≤ 65536, got 2000000000'],
    ['imageSize=100000', 'imageSize: must be a power of two ≥ 16, got 100000'],
    ['imageSize=32768', 'imageSize: must be at most 16384, got 32768'],
    ['widthBudget=128', 'widthBudget: must be at least imageSize, 256, for one channel, got 128'],
    ['tensorboard=yes', 'tensorboard: must be true or false, got "yes"'],
    ['onCorrupt=ignore', 'onCorrupt: must be one of "replace"|"skip"|"refuse", got "ignore"'],
  ])('refuses --set %s before anything begins', async (assignment, message) => {
    await expect(resolveConfig({ assignments: [assignment] })).rejects.toThrow(new UsageError(`config is not valid: ${message}`));
  });

  it('names a value that is out of range, and what came', () => {
    expect(() => parseConfig({ imageSize: 100 })).toThrow('imageSize: must be a power of two ≥ 16, got 100');
    expect(() => parseConfig({ batch: 0 })).toThrow(/batch: .*got 0/);
    expect(() => parseConfig({ seed: 'x' })).toThrow(/seed: .*got "x"/);
  });

  it('reports mistakes as mistakes of usage', async () => {
    await expect(resolveConfig({ assignments: ['batch'] })).rejects.toThrow(UsageError);
    await expect(resolveConfig({ file: path.join(folder(), 'absent.json') })).rejects.toThrow(/absent\.json cannot be read/);
    await expect(resolveConfig({ file: await write('[1]') })).rejects.toThrow('must hold one JSON object');
    await expect(resolveConfig({ assignments: ['batch='] })).rejects.toThrow('--set batch= gives no value; was a shell variable unset?');
  });

  describe('of an earlier version', () => {
    /** What a run of an earlier version kept: its keys, and their values. */
    const old = {
      imageSize: 32,
      accumulate: 2,
      checkpointing: 'blocks',
      lambdaWasserstein: 3,
      penalty: 'wasserstein',
      style: 'mapped',
      variant: 'fused',
    };
    const today = {
      imageSize: 32,
      gradientAccumulation: 2,
      gradientCheckpointing: 'blocks',
      lambdaGradientPenalty: 3,
      penalty: 'wganGp',
      conditioning: 'style',
      convolution: 'fused',
    };

    it('is read from a file, and every name that is another now is noted', async () => {
      const said: string[] = [];
      const config = await resolveConfig({ file: await write(JSON.stringify(old)), log: (line) => said.push(line) });
      expect(config).toEqual(parseConfig(today));
      expect(said).toEqual([
        'config key accumulate is called gradientAccumulation now',
        'config key checkpointing is called gradientCheckpointing now',
        'config key lambdaWasserstein is called lambdaGradientPenalty now',
        'penalty wasserstein is called wganGp now',
        'config key style is called conditioning now',
        'conditioning mapped is called style now',
        'config key variant is called convolution now',
      ]);
    });

    it('is read from the record of a run', async () => {
      const file = path.join(folder(), 'config.json');
      await writeFile(file, JSON.stringify({ formatVersion: 1, config: old, data: '/images', domains: ['a', 'b'] }));
      const said: string[] = [];
      expect(await findRunRecord(folder(), (line) => said.push(line))).toMatchObject({ config: parseConfig(today) });
      expect(said).toHaveLength(7);
      expect(said[0]).toBe(`${file}: config key accumulate is called gradientAccumulation now`);
    });

    it('may come by --set too, and then wins over a file that has the key of today', async () => {
      const file = await write('{"gradientAccumulation": 4}');
      expect(await resolveConfig({ file, assignments: ['accumulate=3', 'penalty=wasserstein'] })).toMatchObject({
        gradientAccumulation: 3,
        penalty: 'wganGp',
      });
    });

    it('cannot give one value under both names', async () => {
      await expect(resolveConfig({ assignments: ['accumulate=3', 'gradientAccumulation=2'] })).rejects.toThrow(
        new UsageError('config keys accumulate and gradientAccumulation are one value; give gradientAccumulation alone'),
      );
    });
  });

  it('is valid for every preset', () => {
    for (const preset of Object.values(PRESETS)) expect(() => parseConfig(preset)).not.toThrow();
  });

  it('gives small photographs the networks of the demo, with a freer discriminator and more iterations', async () => {
    const [demo, photos] = await Promise.all(['demo', 'photos-32'].map((preset) => resolveConfig({ preset })));
    const sizes = (config: Config) => [config.imageSize, config.widthBudget, config.maxWidth, config.styleDim, config.hiddenDim];
    expect(sizes(photos!)).toEqual(sizes(demo!));
    expect(photos).toMatchObject({ imageSize: 32, lambdaR1: 0.1, lambdaDiversity: 0.5, iterations: 7200 });
    // λ_ds reaches 0 with the last iteration, and not before.
    for (const { iterations, diversityIterations } of [demo!, photos!]) expect(diversityIterations).toBe(iterations);
  });
});
