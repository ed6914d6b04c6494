import { runStoppable, positiveNumber, wholeNumber } from '@stargan/command-line';
import { Command, InvalidArgumentError } from 'commander';
import { cycleStrip, describeGridBounds, disposeAll, latentGrid, openModel, otherDomains, referenceGrid } from '@stargan/training';
import { logDataset } from '../dataset/log-dataset.js';
import { loadFixedInputs } from '../sampling/fixed-inputs.js';
import { writePictures, type PictureRecipes } from '../sampling/write-samples.js';
import { readRunRecord, runPaths } from '@stargan/run';
import { checkpointChoice, openChosenCheckpoint, type CheckpointChoice } from './checkpoint-option.js';
import { examples } from './examples.js';
import { requireApart, requireWritable } from './folders.js';
import { imagesFolder, openRunDataset, requireDomains } from './run-dataset.js';
import { startRuntime } from './runtime.js';

function truncations(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  const values = parts.map(Number);
  if (parts.includes('') || values.some((psi) => !Number.isFinite(psi) || psi < 0))
    throw new InvalidArgumentError('numbers ≥ 0, separated by commas, are needed.');
  return [...new Set(values)];
}

interface SampleArguments {
  run: string;
  checkpoint?: CheckpointChoice;
  data?: string;
  out?: string;
  psi: number[];
  rows: number;
  sources: number;
  domains?: number;
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
    .option('--rows <n>', 'latent codes per domain', positiveNumber, 4)
    .option('--sources <n>', 'source images, and references, per domain', positiveNumber, 4)
    .option('--domains <n>', "domains that are shown at most, 0 for all; the run's sampleDomains by default (5)", wholeNumber)
    .option('--seed <n>', "seed of the latent codes; the run's by default", wholeNumber)
    .option('--json', 'print the files as JSON')
    .addHelpText(
      'after',
      examples(
        'stargan sample --run runs/01',
        'stargan sample --run runs/01 --checkpoint best --psi 0.7 --out pictures',
        "stargan sample --run runs/01 --json | jq -r '.files[]'",
      ),
    )
    .action(runSample);
}

async function runSample({
  run,
  checkpoint: choice,
  data,
  out,
  psi,
  rows,
  sources: perDomain,
  domains: shown,
  seed,
  json = false,
}: SampleArguments): Promise<void> {
  const record = await readRunRecord(run);
  if (out !== undefined) await requireApart({ data: imagesFolder(record, data), out, onlyAdds: true });
  await requireWritable(out === undefined ? '--run' : '--out', out ?? runPaths(run).samples);
  const dataset = await openRunDataset(record, data);
  const read = logDataset(dataset);
  const folders = dataset.validation ?? dataset.train;
  requireDomains(
    folders.domains.map(({ name }) => name),
    record.domains,
  );
  await runStoppable('stopping; finished pictures are kept', async (signal) => {
    await startRuntime();
    const config = { ...record.config, sampleSources: perDomain, sampleDomains: shown ?? record.config.sampleDomains };
    const { sources, references, shownDomains } = await loadFixedInputs(folders, config);
    const extent = {
      domains: record.domains.length,
      shown: shownDomains,
      sources: perDomain,
      rows,
      latentGrids: psi.length,
      imageSize: config.imageSize,
    };
    for (const line of describeGridBounds(extent, '--domains 0')) console.error(line);

    const sampler = await openModel(run, { find: () => openChosenCheckpoint(run, choice) });
    const { checkpoint, weights } = sampler;
    const recipes: PictureRecipes = {
      reference: () => referenceGrid(sampler, sources, references, { signal }),
      cycle: () => cycleStrip(sampler, sources, otherDomains(references), { signal }),
      ...Object.fromEntries(
        psi.map((value) => [
          `latent-psi-${value}`,
          () =>
            latentGrid(sampler, sources, {
              domains: shownDomains,
              latentDim: config.latentDim,
              rows,
              psi: value,
              seed: seed ?? config.seed,
              signal,
            }),
        ]),
      ),
    };
    try {
      const files = await writePictures(
        recipes,
        out ?? runPaths(run).samples,
        `${checkpoint.iteration}`.padStart(7, '0'),
        config.imageSize,
        signal,
      );
      const completed = files.length === Object.keys(recipes).length;
      if (json) console.log(JSON.stringify({ iteration: checkpoint.iteration, completed, files, dataset: read }));
      else for (const file of files) console.log(file);
      if (!completed) console.error(`stopped after ${files.length} of ${Object.keys(recipes).length} pictures`);
      return completed ? 'completed' : 'stopped';
    } finally {
      disposeAll(...Object.values(weights));
    }
  });
}
