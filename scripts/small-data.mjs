// Trains variants of one preset on one folder of images, several seeds of each, measures every run on held-out images,
// and prints a table of means and ranges. A run that is done is not trained again, and one that was stopped is resumed.
//
//   node scripts/small-data.mjs --data DIR [--out runs/small-data] [--preset demo] [--iterations 1000] [--seeds 1,2,3]
//     [--variants plain,augmentation,relativistic] [--set KEY=VALUE …] [--classifier-steps 800] [--measure-only]
//
// DIR has train/ and val/ with a folder for each domain. `recognition` is how often the discriminator gives a training
// image a larger logit than a held-out one: 50 % where it cannot tell them apart, 100 % where it knows them by heart.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { selectRuntime } from '../packages/backend/dist/index.js';
import { loadImages, openDataset } from '../packages/data/dist/index.js';
import { openEvaluationData } from '../packages/evaluation/dist/index.js';
import { measureHeldOut, openClassifier, measureDiscriminator } from '../packages/training/dist/evaluation/index.js';
import { disposeAll, disposeState, openModel, readState } from '../packages/training/dist/node.js';
import { root, run } from './run.mjs';

const VARIANTS = {
  plain: [],
  augmentation: ['augmentation=color,translation,cutout'],
  adaptive: ['augmentation=color,translation,cutout', 'augmentationTarget=0.6', 'augmentationImages=20000'],
  relativistic: ['adversarial=relativistic', 'penalty=r1r2'],
};

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'runs/small-data' },
    preset: { type: 'string', default: 'demo' },
    iterations: { type: 'string', default: '1000' },
    seeds: { type: 'string', default: '1,2,3' },
    variants: { type: 'string', default: 'plain,augmentation,relativistic' },
    set: { type: 'string', multiple: true, default: [] },
    'classifier-steps': { type: 'string', default: '800' },
    'measure-only': { type: 'boolean', default: false },
  },
});
const variants = values.variants.split(',');
const unknown = variants.find((name) => !Object.hasOwn(VARIANTS, name));
if (values.data === undefined || unknown !== undefined) {
  console.error(
    unknown === undefined ? 'name a folder of images as --data' : `no variant ${unknown}; known: ${Object.keys(VARIANTS).join(', ')}`,
  );
  process.exit(2);
}
const [data, out] = [resolve(values.data), resolve(values.out)];
const runs = values.seeds
  .split(',')
  .flatMap((seed) => variants.map((variant) => ({ variant, seed, folder: join(out, `${variant}-${seed}`) })));

/** Trains a run, or goes on with it. */
async function trainRun({ variant, seed, folder }) {
  const { iterations, preset } = values;
  const settings = [`diversityIterations=${iterations}`, 'sampleEvery=0', 'tensorboard=false', ...VARIANTS[variant], ...values.set];
  const options = [
    '--data',
    data,
    '--out',
    folder,
    '--preset',
    preset,
    '--iterations',
    iterations,
    '--seed',
    seed,
    '--threads',
    '1',
    '--resume',
  ];
  const code = await run(process.execPath, [
    join(root, 'harness', 'bin', 'stargan.js'),
    'train',
    ...options,
    ...settings.flatMap((setting) => ['--set', setting]),
  ]);
  if (code !== 0) process.exit(code);
}

await selectRuntime({ quiet: true, threads: 1 });
let evaluator;
/** The images, and one classifier for all runs. */
async function openEvaluator(imageSize) {
  if (evaluator !== undefined) return evaluator;
  const dataset = await openDataset(data);
  if (dataset.validation === undefined) throw new Error(`${data} has no val/ with images that are held out; dataset prepare makes one`);
  const { domains } = await openEvaluationData(dataset, { sources: 0, reals: 0 }, 'refuse');
  const few = domains.map((domain) => ({ ...domain, sources: domain.sources.slice(0, 20) }));
  const classifier = await openClassifier(domains, imageSize, {
    load: loadImages,
    classifierSteps: Number(values['classifier-steps']),
    seed: 777,
    log: console.error,
  });
  return (evaluator = { domains, few, classifier });
}

/** Measures a trained run, or reads what was measured before. */
async function measureRun({ folder }) {
  const kept = join(folder, 'small-data.json');
  const model = await openModel(folder);
  const { weights, networks, config, checkpoint } = model;
  try {
    const found = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : undefined;
    if (found?.iteration === checkpoint.iteration) return found;
    const { domains, few, classifier } = await openEvaluator(config.imageSize);
    const numbers = await measureHeldOut({ domains: few, load: loadImages, classifier, sampler: model, config: { ...config, seed: 777 } });
    const state = await readState(networks, checkpoint);
    const discriminator = await measureDiscriminator({
      domains,
      load: loadImages,
      discriminator: networks.discriminator,
      weights: state.weights.discriminator,
      imageSize: config.imageSize,
    });
    disposeState(state);
    const measured = { iteration: checkpoint.iteration, ...numbers, discriminator };
    writeFileSync(kept, `${JSON.stringify(measured, null, 2)}\n`);
    return measured;
  } finally {
    disposeAll(...Object.values(weights));
  }
}

const measured = [];
for (const one of runs) {
  if (!values['measure-only']) await trainRun(one);
  else if (!existsSync(join(one.folder, 'checkpoints', values.iterations.padStart(7, '0')))) continue;
  measured.push({ ...one, ...(await measureRun(one)) });
}

const percent = (value) => (100 * value).toFixed(1);
const distance = (value) => value.toFixed(3);
const signed = (value) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`;
/** Mean and range over the seeds. */
function over(some, value, format) {
  const all = some.map(value);
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  return all.length === 1 ? format(mean) : `${format(mean)} (${format(Math.min(...all))} … ${format(Math.max(...all))})`;
}
const columns = [
  ['accuracy, latent', ({ latent }) => latent.domainAccuracy, percent],
  ['accuracy, reference', ({ reference }) => reference.domainAccuracy, percent],
  ['styles, latent', ({ latent }) => latent.styleDistance, distance],
  ['styles, reference', ({ reference }) => reference.styleDistance, distance],
  ['D: logit, training', ({ discriminator }) => discriminator.trainingLogit, signed],
  ['D: logit, held out', ({ discriminator }) => discriminator.heldOutLogit, signed],
  ['D: recognition', ({ discriminator }) => discriminator.recognition, percent],
];
console.log(`\n| variant | seeds | ${columns.map(([heading]) => heading).join(' | ')} |\n|${' --- |'.repeat(columns.length + 2)}`);
for (const variant of variants) {
  const some = measured.filter((one) => one.variant === variant);
  if (some.length === 0) continue;
  console.log(`| ${variant} | ${some.length} | ${columns.map(([, value, format]) => over(some, value, format)).join(' | ')} |`);
}
const real = measured[0]?.real;
if (real !== undefined)
  console.log(
    `\nThe classifier recognises ${percent(real.domainAccuracy)} % of held-out images; they differ by ${distance(real.imageDistance)} within a domain.`,
  );
evaluator?.classifier.dispose();
