import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { whyNotCaptured } from '@stargan/backend';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Config, readHistory, readMetricLog, findCheckpoint, runPaths } from '@stargan/run';
import { ABLATION_NAMES, ablationConfig, stateValues, type Compile, type Losses } from '@stargan/training';
import { trainingWorkload } from '@stargan/training/planning';
import { planTraining } from '@stargan/training/planning';
import { measureModel, openMeasurement, type Measurement } from '../studies/measure-model.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { replayed } from '../replay.js';
import { train } from './train.js';

// In a process of its own: nothing takes as long, and what shares a process comes last, where the other one would wait for it.
let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const ALTERNATIVES: Readonly<Record<string, Partial<Config>>> = {
  'a conditional mapping network': { mappingNetwork: 'conditional' },
  'a conditional style encoder': { styleEncoder: 'conditional' },
  'a projection discriminator': { discriminator: 'projection' },
  'a discriminator of label maps': { discriminator: 'labelMaps' },
  'a patch classifier with R1': { discriminator: 'patchClassifier' },
  'hinge losses': { adversarial: 'hinge' },
  "WGAN-GP's penalty in parts": { adversarial: 'wasserstein', penalty: 'wganGp', criticSteps: 2, gradientAccumulation: 2 },
  'styles as maps': { injection: 'concatenation' },
  'gradient checkpointing and accumulation': { gradientCheckpointing: 'blocks', gradientAccumulation: 2 },
  'relativistic pairs with R1 and R2': { adversarial: 'relativistic', penalty: 'r1r2' },
  'augmentation in parts': { augmentation: 'color,translation,cutout', gradientAccumulation: 2 },
  'the lower layers of the discriminator frozen': { freeze: 'freezeD' },
  'much frozen, in parts and computed again': {
    freeze: 'freezeD,generator.encode.*,generator.decode.0.conv1.weight,mapping_network.shared.*,style_encoder.*',
    gradientCheckpointing: 'blocks',
    gradientAccumulation: 2,
  },
  'a frozen generator': { freeze: 'generator.*', adversarial: 'relativistic', penalty: 'r1r2' },
  'a frozen discriminator': { freeze: 'discriminator.*,mapping_network.*' },
  'adaptive augmentation': { augmentation: 'color,translation', augmentationTarget: 0.6, augmentationImages: 100 },
};

const configurations: Readonly<Record<string, Config>> = {
  ...Object.fromEntries(ABLATION_NAMES.map((name) => [`configuration ${name}`, ablationConfig(smallConfig(), name)])),
  ...Object.fromEntries(Object.entries(ALTERNATIVES).map(([name, values]) => [name, smallConfig(values)])),
};

/** Two are recorded, the others replayed, each with other weights. */
const ITERATIONS = 4;

/** Losses of the first iteration on random data. */
function lossesOf(config: Config): Losses {
  const workload = trainingWorkload(config);
  const losses = workload.iterate();
  workload.dispose();
  return losses;
}

/** What some iterations on random data leave behind. */
interface Iterated {
  /** Losses of each. */
  readonly losses: readonly Losses[];
  /** Checksums of all tensors of the state after the last. */
  readonly tensors: readonly (readonly [string, string])[];
  /** Tensors that there are after each. */
  readonly counts: readonly number[];
}

function iterate(config: Config, compile?: Compile): Iterated {
  const workload = trainingWorkload(config, { compile });
  const counts: number[] = [];
  const losses = Array.from({ length: ITERATIONS }, () => {
    const step = workload.iterate();
    counts.push(memory().numTensors);
    return step;
  });
  const tensors = Array.from(
    stateValues(workload.state),
    ({ role, network, name, values }) =>
      [
        `${role} ${network} ${name}`,
        createHash('sha256')
          .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
          .digest('hex'),
      ] as const,
  );
  workload.dispose();
  return { losses, tensors, counts };
}

describe.each(Object.entries(configurations))('training with %s', (_, config) => {
  let before: number;
  let plain: Iterated;
  beforeAll(() => {
    before = memory().numTensors;
    plain = iterate(config);
  });

  it('has finite losses and leaves no tensors behind', () => {
    for (const losses of plain.losses) {
      for (const [name, value] of Object.entries(losses)) expect(Number.isFinite(value), name).toBe(true);
    }
    expect(new Set(plain.counts).size).toBe(1);
    expect(memory().numTensors).toBe(before);
  });

  it('leaves the same bits when its updates are recorded and replayed', (context) => {
    const why = whyNotCaptured();
    if (why !== undefined) return context.skip(why);
    const { losses, tensors } = iterate(config, replayed);
    expect({ losses, tensors }).toEqual({ losses: plain.losses, tensors: plain.tensors });
    expect(memory().numTensors).toBe(before);
  });
});

it('every configuration can be planned where no runtime, and so no gradients of its own, is loaded', () => {
  const program = `import { planTraining } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    for (const config of JSON.parse(process.argv[1])) console.log(planTraining(config).peakBufferBytes);`;
  const configs = Object.values(configurations);
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(configs)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const planned = printed.match(/^\d+$/gm) ?? [];
  expect(planned.map(Number)).toEqual(configs.map((config) => planTraining(config).peakBufferBytes));
});

describe('an iteration', () => {
  const keys = (values: Partial<Config>): string[] => Object.keys(lossesOf(smallConfig(values)));

  it('logs the terms that there are', () => {
    expect(keys({ guidance: 'latent' }).some((name) => name.includes('ref'))).toBe(false);
    expect(keys({})).toContain('G/ref_ds');
    const label = keys({ conditioning: 'label' });
    for (const name of ['G/latent_sty', 'G/latent_ds', 'G/ref_sty', 'G/ref_ds']) expect(label).not.toContain(name);
    const classified = keys({ discriminator: 'patchClassifier' });
    expect(classified).toEqual(expect.arrayContaining(['D/latent_cls', 'G/latent_cls', 'D/ref_cls', 'G/ref_cls']));
    expect(keys({}).some((name) => name.endsWith('_cls'))).toBe(false);
  });

  it('adds its terms up with their weights', () => {
    const losses = lossesOf(
      smallConfig({
        discriminator: 'patchClassifier',
        penalty: 'wganGp',
        adversarial: 'wasserstein',
        lambdaGradientPenalty: 3,
        lambdaClassification: 5,
        lambdaCycle: 7,
      }),
    );
    const value = (name: string): number => losses[name]!;
    expect(value('D/latent_total')).toBeCloseTo(
      value('D/latent_real') + value('D/latent_fake') + 3 * value('D/latent_gp') + 5 * value('D/latent_cls'),
      3,
    );
    const terms =
      value('G/latent_adv') + value('G/latent_sty') - value('G/latent_ds') + 7 * value('G/latent_cyc') + 5 * value('G/latent_cls');
    expect(value('G/latent_total')).toBeCloseTo(terms, 3);
  });
});

describe('a run with other networks', () => {
  let measurement: Measurement;
  beforeAll(async () => {
    vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache'));
    measurement = await openMeasurement(data, smallConfig(), { log: () => undefined });
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    measurement.dispose();
  });

  it.each(Object.entries(configurations))('continues bit for bit, samples and is measured: %s', async (name, other) => {
    const config = { ...other, iterations: 2, sampleSources: 1, saveEvery: 1 };
    const run = (kind: string): string => path.join(folder(), `${name} ${kind}`);
    await train({ data, out: run('whole'), config });
    await cp(run('whole'), run('halves'), { recursive: true });
    await rm(path.join(run('halves'), 'checkpoints', '0000002'), { recursive: true });
    await train({ data, out: run('halves'), config, resume: true });
    const resumed = (await readHistory(run('halves'))).filter(({ event }) => event === 'resumed');
    expect(resumed.map(({ iteration }) => iteration)).toEqual([1]);
    const log = (kind: string): Promise<unknown> => readMetricLog(runPaths(run(kind)).log);
    expect(await log('halves')).toEqual(await log('whole'));
    const { checkpoint } = await findCheckpoint(run('halves'));
    expect(checkpoint?.iteration).toBe(2);
    expect(await readdir(runPaths(run('halves')).samples)).toContain('0000002-latent.png');
    const { completed, tasks, means } = (await measureModel({ config, run: run('halves') }, measurement))!;
    expect(completed).toBe(true);
    expect(tasks).toHaveLength(4);
    const { domainAccuracy, styleDistance } = means.latent.values;
    expect(domainAccuracy).not.toBeNull();
    // The last bits of a picture that is made twice depend on its place in the batch.
    expect(styleDistance! > 1e-5).toBe(config.conditioning !== 'label');
  });

  describe('of the default ones', () => {
    const out = (): string => path.join(folder(), 'fixed');
    beforeAll(async () => void (await train({ data, out: out(), config: smallConfig({ iterations: 1 }) })));

    it.each([
      ['conditioning', 'label'],
      ['injection', 'concatenation'],
      ['mappingNetwork', 'conditional'],
      ['styleEncoder', 'conditional'],
      ['discriminator', 'projection'],
    ] as const)('is not gone on with under another %s', async (key, value) => {
      await expect(train({ data, out: out(), config: smallConfig({ iterations: 2, [key]: value }), resume: true })).rejects.toThrow(
        `was trained with ${key} `,
      );
    });
  });

  it('draws other positions for the penalty in every iteration, the same for the same seed', async () => {
    const config = smallConfig({
      iterations: 3,
      penalty: 'wganGp',
      adversarial: 'wasserstein',
      learningRate: 0,
      mappingLearningRate: 0,
      weightDecay: 0,
    });
    const log = async (out: string): Promise<number[]> => {
      await train({ data, out: path.join(folder(), out), config });
      return (await readMetricLog(runPaths(path.join(folder(), out)).log)).map((entry) => entry['D/latent_gp']!);
    };
    const first = await log('positions');
    expect(await log('positions again')).toEqual(first);
    expect(new Set(first).size).toBe(3);
  });
});
