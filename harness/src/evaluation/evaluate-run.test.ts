import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { loadImages, openDataset, writeDemoImages, type Dataset } from '@stargan/data';
import type { DomainClassifier } from '@stargan/metrics';
import sharp from 'sharp';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMetricLog, findCheckpoint, runPaths, type EvaluationRecord, describeEvaluation } from '@stargan/run';
import { buildNetworks, disposeAll, readAverages } from '@stargan/training';
import { addWeights } from '@stargan/pretrained';
import { addInception, addLpips } from '@stargan/testing/made-up-weights';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { train } from '../training/train.js';
import { openClassifier } from '@stargan/training/evaluation';
import { openEvaluationData } from '@stargan/evaluation';
import { evaluateRun } from './evaluate-run.js';
import { evaluationOptions, type EvaluationOptions } from './options.js';
import { openPerceptualDistance } from '@stargan/pretrained';

const CONFIG = smallConfig({ imageSize: 32, evaluateOutputs: 2, iterations: 1 });
const DOMAINS = ['circle', 'square'];

let dataset: Dataset;
/** Trained once: the choice of sources does not change it. */
let classifier: DomainClassifier;
const folder = useTemporaryFolder(async (created) => {
  await addInception(addWeights, path.join(created, 'cache'), 'torchvision');
  await addLpips(addWeights, path.join(created, 'cache'));
  const data = path.join(created, 'images');
  await writeDemoImages(data, { imagesPerDomain: 6, validationPerDomain: 2, imageSize: 24, domains: ['circle', 'square'] });
  // One validation image in one of the domains.
  const square = path.join(data, 'val', 'square');
  await rm(path.join(square, (await readdir(square)).sort()[1]!));
  dataset = await openDataset(data);
  await train({ data, out: path.join(created, 'run'), config: CONFIG });
  classifier = (await openClassifier((await openEvaluationData(dataset, { sources: 0, reals: 0 }, 'refuse')).domains, CONFIG.imageSize, {
    ...evaluationOptions(CONFIG),
    load: loadImages,
    log: () => undefined,
  }))!;
});
beforeEach(() => void vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache')));
afterAll(() => {
  vi.unstubAllEnvs();
  classifier.dispose();
});

const run = (): string => path.join(folder(), 'run');

interface Changes {
  options?: Partial<EvaluationOptions>;
  from?: Dataset;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
  saveImages?: string;
}

/** Evaluates the run's checkpoint; nothing is left in memory. */
async function evaluate({ options: changed = {}, from = dataset, ...rest }: Changes = {}): Promise<EvaluationRecord> {
  const options = { ...evaluationOptions(CONFIG), ...changed };
  const { checkpoint } = await findCheckpoint(run());
  const networks = buildNetworks(CONFIG, 2);
  const before = memory().numTensors;
  const weights = await readAverages(networks, checkpoint!);
  const data = await openEvaluationData(from, options, 'refuse');
  try {
    return await evaluateRun({
      run: run(),
      checkpoint: checkpoint!,
      sampler: { networks, weights },
      config: CONFIG,
      options,
      data,
      classifier: () => Promise.resolve(classifier),
      ...rest,
    });
  } finally {
    disposeAll(...Object.values(weights));
    expect(memory().numTensors).toBe(before);
  }
}

const withoutTimes = ({ created, ...record }: EvaluationRecord): Omit<EvaluationRecord, 'created'> => {
  expect(Date.parse(created)).not.toBeNaN();
  return record;
};

describe('evaluating a run', () => {
  let whole: EvaluationRecord;

  it('does every pair of domains under both guidances, and says why a score is missing', async () => {
    const steps: number[][] = [];
    whole = await evaluate({ onProgress: (done, total) => void steps.push([done, total]) });
    expect(whole.completed).toBe(true);
    expect(whole.convention).toBe('fid-stargan2');
    expect(whole.tasks.map(({ guidance, source, target, translations }) => [guidance, source, target, translations])).toEqual([
      ['latent', 'square', 'circle', 2],
      ['reference', 'square', 'circle', 2],
      ['latent', 'circle', 'square', 4],
      // One reference gives one style.
      ['reference', 'circle', 'square', 2],
    ]);
    expect(steps.at(-1)).toEqual([6 + 6 + 10, 6 + 6 + 10]);
    for (const { scores } of whole.tasks) {
      expect(Object.keys(scores.values).sort()).toEqual([
        'coverage-stargan2',
        'density-stargan2',
        'domainAccuracy',
        'fid-stargan2',
        'kid-stargan2',
        'lpips',
        'precision-stargan2',
        'recall-stargan2',
        'styleDistance',
      ]);
      for (const [key, value] of Object.entries(scores.values)) {
        if (value === null) expect(scores.reasons[key]).toBeTruthy();
        else expect(value).toSatisfy(Number.isFinite);
      }
      expect(scores.values['fid-stargan2']).toBeGreaterThan(0);
    }
    const [, , latent, reference] = whole.tasks;
    expect(latent!.scores.values.lpips).toBeGreaterThan(0);
    expect(latent!.scores.values['precision-stargan2']).not.toBeNull();
    expect(reference!.scores.reasons).toEqual({
      'precision-stargan2': 'it needs at least 4 generated images, got 2',
      'recall-stargan2': 'it needs at least 4 generated images, got 2',
      lpips: 'it compares translations of one source, and there is only one reference to take a style from',
      styleDistance: 'it compares translations of one source, and there is only one reference to take a style from',
    });
    expect(whole.means.latent.values.lpips).toBeCloseTo((whole.tasks[0]!.scores.values.lpips! + latent!.scores.values.lpips!) / 2, 12);
    expect(whole.means.reference.values.lpips).toBeNull();
    expect(whole.means.reference.reasons.lpips).toMatch(/^circle→square: it compares/);
    expect(describeEvaluation(whole)).toContain('circle → square (reference) lpips, styleDistance: it compares translations');
  });

  it('logs the means with the iteration, and gives the same evaluation again without doing it', async () => {
    const lines = await readMetricLog(runPaths(run()).evaluationLog);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      iteration: 1,
      'latent/fid-stargan2': whole.means.latent.values['fid-stargan2'],
      'latent/lpips': whole.means.latent.values.lpips,
    });
    expect(lines[0]).not.toHaveProperty('reference/lpips');
    const none = vi.fn();
    expect(await evaluate({ onProgress: none })).toEqual(whole);
    expect(none).not.toHaveBeenCalled();
    expect(await readMetricLog(runPaths(run()).evaluationLog)).toHaveLength(1);
  });

  it('resumes where it was stopped, to the same numbers, with the features of real images that it has', async () => {
    const { evaluations } = runPaths(run());
    await rm(evaluations, { recursive: true });
    const controller = new AbortController();
    const stopped = await evaluate({ signal: controller.signal, onProgress: (done) => void (done > 6 + 2 && controller.abort()) });
    expect(stopped.completed).toBe(false);
    expect(stopped.tasks.length).toBeGreaterThan(0);
    expect(stopped.tasks.length).toBeLessThan(4);
    const [file] = await readdir(evaluations);
    expect((JSON.parse(await readFile(path.join(evaluations, file!), 'utf8')) as EvaluationRecord).tasks).toEqual(stopped.tasks);
    const totals = new Set<number>();
    const finished = await evaluate({ onProgress: (_, total) => void totals.add(total) });
    expect(withoutTimes(finished)).toEqual(withoutTimes(whole));
    expect([...totals][0]).toBeLessThan(6 + 6 + 10);
  });

  it('keeps an evaluation with other options beside the first, and its images where it is told to', async () => {
    const images = path.join(folder(), 'pictures');
    const few = await evaluate({ options: { sources: 1, reals: 1, outputs: 1 }, saveImages: images });
    expect(few.tasks.every(({ scores }) => scores.values['fid-stargan2'] === null && scores.values.lpips === null)).toBe(true);
    expect(few.tasks[0]!.scores.reasons).toMatchObject({
      'fid-stargan2': 'it needs at least 2 real images, got 1',
      lpips: 'it compares translations of one source, and only one is made',
    });
    expect(few.tasks[0]!.scores.values.domainAccuracy).not.toBeNull();
    expect(await readdir(runPaths(run()).evaluations)).toHaveLength(2);
    const saved = (await readdir(images, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
    expect(saved).toEqual(
      ['latent', 'reference'].flatMap((guidance) =>
        DOMAINS.map((source, i) => path.join(guidance, `${source}2${DOMAINS[1 - i]!}`, '0000_00.png')),
      ),
    );
    expect(await sharp(path.join(images, saved[0]!)).metadata()).toMatchObject({ width: 32, height: 32 });
  });

  it('saves the images of an evaluation that is done, and nothing else beside them', async () => {
    const images = path.join(folder(), 'pictures');
    const list = async (): Promise<string[]> => (await readdir(images, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
    const steps: number[][] = [];
    // Of the first evaluation, whose scores are there; another's pictures give way.
    expect(withoutTimes(await evaluate({ saveImages: images, onProgress: (done, total) => void steps.push([done, total]) }))).toEqual(
      withoutTimes(whole),
    );
    expect(steps.at(-1)).toEqual([10, 10]);
    const all = await list();
    expect(all).toHaveLength(10);
    expect(all).toContain(path.join('latent', 'circle2square', '0001_01.png'));
    const content = await readFile(path.join(images, all[0]!));
    await rm(path.join(images, all[0]!));
    await evaluate({ saveImages: images });
    expect(await list()).toEqual(all);
    expect(await readFile(path.join(images, all[0]!))).toEqual(content);
    const none = vi.fn();
    await evaluate({ saveImages: images, onProgress: none });
    expect(none).not.toHaveBeenCalled();
    await evaluate({ options: { sources: 1, reals: 1, outputs: 1 }, saveImages: images });
    expect(await list()).toHaveLength(4);
  });

  it('leaves a folder with other files alone, and says so before it begins', async () => {
    const images = path.join(folder(), 'mine');
    await mkdir(path.join(images, 'latent', 'circle2square'), { recursive: true });
    const file = path.join(images, 'latent', 'circle2square', 'holiday.png');
    await writeFile(file, 'mine');
    await expect(evaluate({ options: { seed: 5 }, saveImages: images })).rejects.toThrow(
      /circle2square holds holiday\.png, not written by an evaluation.*name another folder as --save-images/,
    );
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('says which weights to get where there are none, and computes what needs none', async () => {
    vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'empty-cache'));
    const { tasks, weights } = await evaluate();
    expect(weights).toEqual([]);
    for (const { scores } of tasks) {
      expect(scores.values).toMatchObject({ 'fid-stargan2': null, 'coverage-stargan2': null });
      expect(scores.values.domainAccuracy).toSatisfy(Number.isFinite);
      expect(scores.reasons['fid-stargan2']).toContain('run "stargan weights fetch inception-torchvision"');
    }
    expect(tasks[0]!.scores.reasons['fid-stargan2']).toContain('inception_v3_google-0cc3c7bd.pth');
    expect(tasks[0]!.scores.reasons.lpips).toMatch(/weights fetch alexnet.*weights fetch lpips-alex/);
    expect(tasks[0]!.scores.values.styleDistance).toSatisfy(Number.isFinite);
  });

  it('refuses weights that were changed behind its back, and names the file', async () => {
    const cache = path.join(folder(), 'changed-cache');
    await addLpips(addWeights, cache);
    const file = path.join(cache, 'weights', 'alexnet.safetensors');
    const content = await readFile(file);
    content[content.length - 3]! ^= 1;
    await writeFile(file, content);
    vi.stubEnv('STARGAN_CACHE_DIR', cache);
    await expect(evaluate()).rejects.toThrow(/alexnet\.safetensors is not what was added as alexnet.*weights fetch alexnet --force/);
  });

  it('names weights that are not whole', async () => {
    const cache = path.join(folder(), 'short-cache');
    await addLpips(addWeights, cache);
    const file = path.join(cache, 'weights', 'alexnet.safetensors');
    await truncate(file, 1000);
    vi.stubEnv('STARGAN_CACHE_DIR', cache);
    const opened = await openPerceptualDistance();
    expect(opened).toEqual({
      reason: `the weights alexnet (${file}, 1000 bytes) are not what was recorded when they were added: run "stargan weights fetch alexnet --force", or add the file again`,
    });
  });

  it('translates training images where there are no others, and says so', async () => {
    const { notes } = await openEvaluationData({ train: dataset.train }, { sources: 1, reals: 2 }, 'refuse');
    expect(notes[0]).toMatch(/has no val\//);
  });

  it('names a broken image, or leaves it out', async () => {
    const data = path.join(folder(), 'broken');
    for (const name of ['a', 'b']) {
      await mkdir(path.join(data, name), { recursive: true });
      await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
        .png()
        .toFile(path.join(data, name, 'good.png'));
    }
    await writeFile(path.join(data, 'b', 'bad.png'), 'not a picture');
    const { domains, notes } = await openEvaluationData(await openDataset(data), { sources: 0, reals: 0 }, 'skip');
    expect(domains.map(({ sources }) => sources.length)).toEqual([1, 1]);
    expect(notes.join()).toContain('bad.png');
    await expect(evaluate({ from: await openDataset(data) })).rejects.toThrow(/bad\.png/);
  });
});
