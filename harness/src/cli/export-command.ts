import { runStoppable } from '@stargan/command-line';
import { exportBundle, exportOnnx, exportPyTorch, type ExportedFile, type ExportOptions } from '@stargan/exchange';
import { Command, Option } from 'commander';
import { UsageError } from '../usage-error.js';
import { checkpointChoice, openChosenCheckpoint, type CheckpointChoice } from './checkpoint-option.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';

/** What any export gives; some have notes, and options for the program that reads it. */
interface Exported {
  readonly iteration: number;
  readonly files: readonly ExportedFile[];
  readonly notes?: readonly string[];
  readonly options?: readonly string[];
}

interface ExportArguments {
  run: string;
  format: keyof typeof FORMATS;
  out: string;
  checkpoint?: CheckpointChoice;
  float16?: boolean;
  masks?: boolean;
  json?: boolean;
}

const FORMATS = {
  pytorch: (options: ExportOptions): Promise<Exported> => exportPyTorch(options),
  onnx: (options: ExportOptions, { masks }: ExportArguments): Promise<Exported> => exportOnnx({ ...options, masks }),
  tfjs: (options: ExportOptions, { float16 }: ExportArguments): Promise<Exported> => exportBundle({ ...options, float16 }),
};

/** `stargan export`. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write a trained model for other programs: the StarGAN v2 reference (PyTorch), ONNX runtimes, or browsers.')
    .requiredOption('--run <dir>', 'folder of the run (train --out)')
    .addOption(new Option('--format <name>', 'what is written').choices(Object.keys(FORMATS)).makeOptionMandatory())
    .requiredOption('--out <dir>', 'folder that is written to')
    .option('--checkpoint <iteration>', "iteration of the checkpoint, or 'best'; the newest by default", checkpointChoice)
    .option('--float16', 'with tfjs: round the weights to half floats, for half the size')
    .option('--masks', 'with onnx: the masks of the high-pass skip are inputs of the generator')
    .option('--json', 'print the files as JSON')
    .addHelpText(
      'after',
      examples(
        'stargan export --run runs/01 --format onnx --out onnx',
        'stargan export --run runs/01 --format tfjs --float16 --out site/model',
        'stargan export --run runs/01 --format pytorch --checkpoint best --out checkpoints',
      ),
    )
    .action(runExport);
}

async function runExport(args: ExportArguments): Promise<void> {
  const { run, format, out, checkpoint, float16, masks, json = false } = args;
  if (float16 === true && format !== 'tfjs') throw new UsageError(`--float16 is for --format tfjs, got ${format}`);
  if (masks === true && format !== 'onnx') throw new UsageError(`--masks is for --format onnx, got ${format}`);
  await requireWritable('--out', out);
  const find = checkpoint === undefined ? undefined : () => openChosenCheckpoint(run, checkpoint);
  await runStoppable('stopping; files that are whole stay', async (signal) => {
    const { iteration, files, notes = [], options } = await FORMATS[format]({ run, out, find, signal }, args);
    for (const note of notes) console.error(`note: ${note}`);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const lines = [
      ...files.map(({ path, bytes }) => `${path} (${size(bytes)})`),
      `iteration ${iteration}, ${size(total)} in all`,
      ...(options === undefined ? [] : [`options of the reference: ${options.join(' ')}`]),
    ];
    console.log(json ? JSON.stringify({ iteration, files, options }) : lines.join('\n'));
    return 'completed';
  });
}

const size = (bytes: number): string => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
