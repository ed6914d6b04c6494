import { stat } from 'node:fs/promises';
import path from 'node:path';
import { printablePath } from '@stargan/data';
import { averageStyles, interpolateStyles, readStyle, writeStyle, type Style } from '@stargan/translation';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';
import { asRequested } from './run-model.js';

function weightOf(text: string): number {
  const weight = Number(text);
  if (text.trim() === '' || !Number.isFinite(weight)) throw new InvalidArgumentError('a number is needed.');
  return weight;
}

interface KeepArguments {
  out: string;
  overwrite?: boolean;
}

/** `stargan style`. */
export function styleCommand(): Command {
  const command = new Command('style')
    .description('Average, mix and describe styles that translate --save-style kept.')
    .addHelpText(
      'after',
      examples(
        'stargan style show rex.safetensors',
        'stargan style average rex.safetensors bello.safetensors --out dogs.safetensors',
        'stargan style mix rex.safetensors bello.safetensors --weight 0.3 --out mixed.safetensors',
      ),
    );
  command
    .command('average')
    .description('The mean of styles.')
    .argument('<files...>', 'styles')
    .requiredOption('--out <file>', 'where the mean is kept, as .safetensors')
    .option('--overwrite', 'replace the file where it is there already')
    .addHelpText('after', examples('stargan style average rex.safetensors bello.safetensors --out dogs.safetensors'))
    .action((files: readonly string[], options: KeepArguments) => keep(options, async () => averageStyles(await readStyles(files))));
  command
    .command('mix')
    .description('A style between two.')
    .argument('<from>', 'the style at weight 0')
    .argument('<to>', 'the style at weight 1')
    .requiredOption('--out <file>', 'where the mixture is kept, as .safetensors')
    .option('--weight <number>', 'of the second style: 0.3 is nearer to the first; below 0 and above 1 go beyond', weightOf, 0.5)
    .option('--overwrite', 'replace the file where it is there already')
    .addHelpText('after', examples('stargan style mix rex.safetensors bello.safetensors --weight 0.3 --out mixed.safetensors'))
    .action((from: string, to: string, { weight, ...options }: KeepArguments & { weight: number }) =>
      keep(options, async () => interpolateStyles(await readStyle(from), await readStyle(to), weight)),
    );
  command
    .command('show')
    .description('Print where styles come from.')
    .argument('<files...>', 'styles')
    .option('--json', 'print them as JSON, with their values')
    .addHelpText('after', examples('stargan style show rex.safetensors'))
    .action((files: readonly string[], options: { json?: boolean }) => show(files, options.json === true));
  return command;
}

const readStyles = (files: readonly string[]): Promise<Style[]> => Promise.all(files.map(readStyle));

async function keep({ out, overwrite = false }: KeepArguments, make: () => Promise<Style>): Promise<void> {
  await requireWritable('--out', path.dirname(out));
  if (!overwrite && (await stat(out).catch(() => undefined)) !== undefined)
    throw new UsageError(`--out ${printablePath(out)} is there already; --overwrite replaces it`);
  await asRequested(async () => writeStyle(out, await make()));
  console.log(printablePath(out));
}

async function show(files: readonly string[], json: boolean): Promise<void> {
  const styles = await asRequested(() => readStyles(files));
  if (json) {
    console.log(JSON.stringify(styles.map(({ values, ...style }, i) => ({ file: files[i], ...style, values: [...values] }))));
    return;
  }
  for (const [i, { values, domains, origin }] of styles.entries())
    console.log(
      `${printablePath(files[i]!)}: ${domains.map(printablePath).join(' and ')}, ${values.length} values: ${printablePath(origin)}`,
    );
}
