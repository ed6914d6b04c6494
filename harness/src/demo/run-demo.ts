import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { loadImages, openDataset, writeDemoImages, type DemoImagesOptions } from '@stargan/data';
import { resolveConfig, type Config, changedValues, findRunRecord, requireCheckpoint, runPaths } from '@stargan/run';
import { openEvaluationData } from '@stargan/evaluation';
import { formatDuration, percent } from '@stargan/command-line';
import { compileSampler, disposeAll, openModel } from '@stargan/training';
import { measureHeldOut, type HeldOutNumbers } from '@stargan/training/evaluation';
import { writeReport } from '../report/write-report.js';
import { train } from '../training/train.js';
import { replayedIfPossible } from '../replay.js';
import { trainClassifier } from '../evaluation/train-classifier.js';

/** The images of the demo: two shapes are the domains, everything else about them is style or content. */
const DEMO_IMAGES = {
  imagesPerDomain: 1000,
  validationPerDomain: 60,
  imageSize: 64,
  domains: ['circle', 'triangle'],
  textures: ['plain', 'outline'],
  backgrounds: ['light'],
  // A circle cannot show a rotation, but must carry it for the way back: it would keep a triangle's tip.
  rotation: 0,
} as const satisfies DemoImagesOptions;

/** Draws the demo images below `directory` unless they are there; gives their folder. */
export async function drawDemoImages(directory: string): Promise<string> {
  const images = path.join(directory, 'images');
  const { written } = await writeDemoImages(images, DEMO_IMAGES);
  console.log(written > 0 ? `drew ${written} images in ${images}` : `images are in ${images}`);
  return images;
}

/**
 * Draws the demo images, trains the `demo` preset on them, measures the result on held-out images and writes a
 * report. Steps that are already done are skipped, so an interrupted demo continues where it stopped.
 */
export async function runDemo(directory: string, signal: AbortSignal): Promise<void> {
  const images = await drawDemoImages(directory);
  const config = await resolveConfig({ preset: 'demo' });
  const run = await chooseDemoRun(directory, config);
  const began = performance.now();
  const { completed, iteration } = await train({ data: images, out: run, config, resume: true, signal });
  if (!completed) {
    console.log(`stopped after ${iteration} of ${config.iterations} iterations; the same command continues from there`);
    return;
  }
  console.log(`trained ${iteration} iterations (${formatDuration((performance.now() - began) / 1000)} in this session)`);

  const report = await measure(images, run, config, signal);
  if (report === undefined) {
    console.log('stopped before the result was measured; the same command continues from there');
    return;
  }
  await writeWholeFile(runPaths(run).metrics, `${JSON.stringify(report, null, 2)}\n`);
  const html = await writeReport(run);
  const name = `${iteration}`.padStart(7, '0');
  console.log(`
on held-out images, ${report.translations} translations each:
  latent guided     ${percent(report.latent.domainAccuracy)} taken for the target domain, distance between styles ${report.latent.styleDistance.toFixed(3)}
  reference guided  ${percent(report.reference.domainAccuracy)} taken for the target domain, distance between styles ${report.reference.styleDistance.toFixed(3)}
  real images       ${percent(report.real.domainAccuracy)} recognised, distance between images of a domain ${report.real.imageDistance.toFixed(3)}

pictures  ${path.join(runPaths(run).samples, `${name}-{latent,reference,cycle}.png`)}
numbers   ${runPaths(run).metrics}
report    ${html}`);
}

/**
 * The folder of the demo's run: an existing run with these settings is resumed; else it is the first of `run`, `run-2`,
 * … that is free. Runs with other settings are left alone.
 */
export async function chooseDemoRun(directory: string, config: Config, log: (line: string) => void = console.log): Promise<string> {
  for (let n = 1; ; n++) {
    const run = path.join(directory, n === 1 ? 'run' : `run-${n}`);
    if (!existsSync(run)) return run;
    const record = await findRunRecord(run).catch(() => undefined);
    if (record !== undefined && changedValues(record.config, config).length === 0) return run;
    log(`${run} was made with other settings, or holds something else: it is left alone`);
  }
}

/** Held-out images of each domain that are translated. */
const SOURCES = 20;

async function measure(images: string, run: string, config: Config, signal: AbortSignal): Promise<HeldOutNumbers | undefined> {
  const { domains } = await openEvaluationData(await openDataset(images), { sources: 0, reals: 0 }, 'refuse');
  const { evaluateClassifierSteps: classifierSteps, seed, imageSize } = config;
  const classifier = await trainClassifier(domains, imageSize, { classifierSteps, seed, log: () => undefined, signal });
  if (classifier === undefined) return undefined;
  const model = await openModel(run, { find: async () => (await requireCheckpoint(run)).checkpoint });
  const replaying = compileSampler(model, replayedIfPossible());
  try {
    const few = domains.map((domain) => ({ ...domain, sources: domain.sources.slice(0, SOURCES) }));
    return await measureHeldOut({ domains: few, load: loadImages, classifier, sampler: replaying.sampler, config, signal });
  } finally {
    classifier.dispose();
    replaying.dispose();
    disposeAll(...Object.values(model.weights));
  }
}
