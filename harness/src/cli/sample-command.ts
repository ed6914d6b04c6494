import path from 'node:path';
import { openDataset } from '@stargan/data';
import { Command, InvalidArgumentError } from 'commander';
import { buildNetworks } from '../model/networks.js';
import { disposeAll } from '../model/weights.js';
import { gridScale, loadFixedInputs, otherDomains } from '../sampling/fixed-samples.js';
import { cycleStrip, latentGrid, referenceGrid } from '../sampling/grids.js';
import type { Pixels } from '../sampling/pixels.js';
import { writePng } from '../sampling/write-png.js';
import { openAverages } from '../training/open-state.js';
import { readRunRecord, runPaths } from '../training/run-directory.js';
import { UsageError } from '../usage-error.js';
import { checkpointChoice, openCheckpoint, type CheckpointChoice } from './checkpoint-option.js';
import { startRuntime } from './runtime.js';
import { wholeNumber } from './training-options.js';

function truncations(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.some((psi) => !Number.isFinite(psi) || psi < 0)) throw new InvalidArgumentError('numbers ≥ 0, separated by commas, are needed.');
  return values;
}

interface SampleArguments {
  run: string;
  checkpoint?: CheckpointChoice;
  data?: string;
  out?: string;
  psi: number[];
  rows: number;
  sources: number;
  seed?: number;
  json?: boolean;
}

/** `stargan sample`. */
export function sampleCommand(): Command {
  return new Command('sample')
    .description('Make pictures with a trained run: latent grids, a reference grid and a cycle strip.')
    .requiredOption('--run <dir>', 'folder of the run (train --out)')
    .option('--checkpoint <iteration>', "iteration of the checkpoint, or 'best'; the newest by default", checkpointChoice)
    .option('--data <dir>', "images to translate and to take styles from; the run's own by default (val/ where there is one)")
    .option('--out <dir>', 'where the pictures go; samples/ of the run by default')
    .option('--psi <list>', 'truncations of the latent grids', truncations, [0.5, 0.7, 1])
    .option('--rows <n>', 'latent codes per domain', wholeNumber, 4)
    .option('--sources <n>', 'source images, and references, per domain', wholeNumber, 4)
    .option('--seed <n>', "seed of the latent codes; the run's by default", wholeNumber)
    .option('--json', 'print the files as JSON')
    .action(runSample);
}

async function runSample({ run, checkpoint: choice, data, out, psi, rows, sources: perDomain, seed, json = false }: SampleArguments): Promise<void> {
  if (rows < 1 || perDomain < 1) throw new UsageError('--rows and --sources must be at least 1');
  const record = await readRunRecord(run);
  await startRuntime();

  const { config, domains } = record;
  const networks = buildNetworks(config, domains.length);
  const dataset = await openDataset(data ?? record.data);
  const folders = dataset.validation ?? dataset.train;
  requireDomains(folders.domains.map(({ name }) => name), domains);
  const inputs = await loadFixedInputs(folders, config, perDomain);
  const { checkpoint, weights } = await openAverages({ networks, domains: domains.length, sizes: config }, () => openCheckpoint(run, choice));
  const sampler = { networks, weights };

  const pictures: Record<string, () => Pixels> = {
    reference: () => referenceGrid(sampler, inputs.sources, inputs.references),
    cycle: () => cycleStrip(sampler, inputs.sources, otherDomains(inputs.references)),
  };
  for (const value of psi) {
    const options = { domains: domains.length, latentDim: config.latentDim, rows, psi: value, seed: seed ?? config.seed };
    pictures[`latent-psi-${value}`] = () => latentGrid(sampler, inputs.sources, options);
  }
  const directory = out ?? runPaths(run).samples;
  const files: string[] = [];
  for (const [kind, draw] of Object.entries(pictures)) {
    const file = path.join(directory, `${`${checkpoint.iteration}`.padStart(7, '0')}-${kind}.png`);
    await writePng(file, draw(), gridScale(config.imageSize));
    files.push(file);
  }
  disposeAll(...Object.values(weights));
  console.log(json ? JSON.stringify({ iteration: checkpoint.iteration, files }) : files.join('\n'));
}

/** @throws UsageError when images are of other domains than the run was trained on */
export function requireDomains(given: readonly string[], trained: readonly string[]): void {
  if (given.join('/') !== trained.join('/')) {
    throw new UsageError(`the run was trained on the domains ${trained.join(', ')}; the images have ${given.join(', ')}`);
  }
}
