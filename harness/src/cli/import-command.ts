import { runStoppable, wholeNumber } from '@stargan/command-line';
import { openDataset } from '@stargan/data';
import { importReference, type ReferenceImport } from '@stargan/exchange';
import { Command } from 'commander';
import { PRESETS, configFields, type Config } from '@stargan/run';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';
import { requireApart, requireFolder } from './folders.js';

interface ImportArguments {
  out: string;
  data?: string;
  domains?: string[];
  iteration?: number;
  json?: boolean;
}

/** `stargan import`. */
export function importCommand(): Command {
  return new Command('import')
    .description('Make a run of checkpoints of the StarGAN v2 reference (PyTorch); they are read as data, nothing in them is run.')
    .argument('<file...>', 'its files …_nets_ema.ckpt and, for training to go on, …_nets.ckpt and …_optims.ckpt')
    .requiredOption('--out <dir>', 'folder of the run that is made; it must not exist, or be empty')
    .option('--data <dir>', 'images that the run is used with; their folders name the domains')
    .option('--domains <list>', 'names of the domains in the order of their labels, separated by commas', (text) => text.split(','))
    .option('--iteration <n>', 'iterations that the model was trained for; by default what the names of the files begin with', wholeNumber)
    .option('--json', 'print what was made as JSON')
    .addHelpText(
      'after',
      examples(
        'stargan import 100000_nets_ema.ckpt --out runs/afhq --domains cat,dog,wild',
        'stargan import checkpoints/100000_*.ckpt --out runs/afhq --data photos',
        'stargan train --resume --out runs/afhq --data photos --preset afhq --iterations 150000',
      ),
    )
    .action(runImport);
}

async function runImport(files: string[], { out, data, domains, iteration, json = false }: ImportArguments): Promise<void> {
  if (data !== undefined && domains !== undefined)
    throw new UsageError('--data and --domains both name the domains; leave one of them out');
  if (data !== undefined) {
    await requireFolder('--data', data);
    await requireApart({ data, out });
  }
  const named = data === undefined ? domains : (await openDataset(data)).train.domains.map(({ name }) => name);
  await runStoppable('stopping; nothing is left behind', async (signal) => {
    const imported = await importReference(files, { out, data, iteration, domains: named, signal });
    for (const note of imported.notes) console.error(`note: ${note}`);
    if (json) console.log(JSON.stringify({ ...imported, presets: presetsOf(imported.config) }));
    else for (const line of describeImport(imported)) console.log(line);
    return 'completed';
  });
}

const SIZES = ['imageSize', 'styleDim', 'latentDim', 'hiddenDim', 'widthBudget', 'maxWidth', 'highPass'] as const;

/** The presets that have the sizes of a model. */
function presetsOf(config: Pick<Config, (typeof SIZES)[number]>): string[] {
  return Object.entries(PRESETS).flatMap(([name, preset]) =>
    SIZES.every((key) => (preset[key] ?? configFields[key].default) === config[key]) ? [name] : [],
  );
}

function describeImport({ run, config, domains, iteration, isResumable }: ReferenceImport): string[] {
  const presets = presetsOf(config);
  return [
    `${run}: a model of ${config.imageSize} × ${config.imageSize} images at iteration ${iteration}, with ${domains.length} domains (${domains.slice(0, 10).join(', ')}${domains.length > 10 ? ', …' : ''})`,
    `sizes: ${SIZES.map((key) => `${key} ${config[key]}`).join(', ')} (${presets.length === 0 ? 'of no preset' : `as ${presets.join(' and ')}`})`,
    isResumable
      ? `stargan sample, evaluate and train --resume take it; what checkpoints do not hold, such as lambdaDiversity and batch, has its default until train --resume is given --preset or --set`
      : `stargan sample and evaluate take it`,
  ];
}
