import { runStoppable, createByteProgress } from '@stargan/command-line';
import { Argument, Command, Option } from 'commander';
import {
  addWeights,
  fetchWeights,
  findWeights,
  KINDS,
  sourceOf,
  WEIGHT_KINDS,
  type StoredWeights,
  type WeightKind,
} from '@stargan/pretrained';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';

/** `stargan weights`. */
export function weightsCommand(): Command {
  const command = new Command('weights').description(
    'Get the pretrained weights that evaluation uses; they belong to others and are not part of any package.',
  );
  const add = new Command('add')
    .description('Convert a file of pretrained weights, and keep the result.')
    .argument('<file>', 'PyTorch or safetensors file; it is read as data, nothing in it is run')
    .addOption(new Option('--as <name>', 'which weights they must be; recognised by default').choices(WEIGHT_KINDS))
    .option('--json', 'print what is kept as JSON')
    .addHelpText(
      'after',
      examples('stargan weights add pt_inception-2015-12-05-6726825d.pth', 'stargan weights add alex.pth --as lpips-alex'),
    )
    .action(runAdd);
  const fetch = new Command('fetch')
    .description('Download pretrained weights from their authors, check and convert them. Interrupted downloads are resumed.')
    .addArgument(new Argument('[name...]', 'which weights; by default all that are missing').choices(WEIGHT_KINDS))
    .option('--from <url>', 'address of a folder with the same files, instead of their authors')
    .option('--force', 'also weights that are already there')
    .addHelpText('after', examples('stargan weights fetch', 'stargan weights fetch inception-torchvision --force'))
    .option('--json', 'print what is kept as JSON')
    .action(runFetch);
  const list = new Command('list')
    .description('List the weights that are there, and where to get the others.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples('stargan weights list', 'stargan weights list --json'))
    .action(runList);
  command.addHelpText(
    'after',
    examples('stargan weights fetch', 'stargan weights add pt_inception-2015-12-05-6726825d.pth', 'stargan weights list --json'),
  );
  for (const subcommand of [add, fetch, list]) command.addCommand(subcommand);
  return command;
}

const describe = ({ kind, file, source, result }: StoredWeights): string =>
  `${kind}: ${file} (${(result.bytes / 1e6).toFixed(1)} MB), from ${source.name}`;

function print(weights: readonly StoredWeights[], json: boolean): void {
  if (json) console.log(JSON.stringify(weights));
  else for (const stored of weights) console.log(describe(stored));
}

async function runAdd(file: string, { as: kind, json = false }: { as?: WeightKind; json?: boolean }): Promise<void> {
  print([await addWeights(file, { kind })], json);
}

async function runFetch(
  names: WeightKind[],
  { from, force = false, json = false }: { from?: string; force?: boolean; json?: boolean },
): Promise<void> {
  if (from !== undefined && !/^https?:$/.test(URL.canParse(from) ? new URL(from).protocol : ''))
    throw new UsageError(`--from must be an http or https address, got ${from}`);
  await runStoppable('stopping; what has been downloaded is kept, and the same command resumes it', async (signal) => {
    const weights: StoredWeights[] = [];
    for (const kind of new Set(names.length > 0 ? names : WEIGHT_KINDS)) {
      const found = force ? undefined : await findWeights(kind);
      if (found === undefined) console.error(`${kind}: fetching ${sourceOf(kind, from)}`);
      weights.push(found ?? (await fetchOne(kind, from, signal)));
    }
    print(weights, json);
    return 'completed';
  });
}

async function fetchOne(kind: WeightKind, from: string | undefined, signal: AbortSignal): Promise<StoredWeights> {
  const progress = createByteProgress(kind);
  try {
    return await fetchWeights(kind, { from, signal, onProgress: progress.update });
  } finally {
    progress.stop();
  }
}

async function runList({ json = false }: { json?: boolean }): Promise<void> {
  const entries = await Promise.all(
    WEIGHT_KINDS.map(async (kind) => ({ kind, title: KINDS[kind].title, url: KINDS[kind].url, stored: await findWeights(kind) })),
  );
  if (json) {
    console.log(
      JSON.stringify(
        entries.map(({ stored, ...entry }) => ({
          ...entry,
          present: stored !== undefined,
          file: stored?.file,
          source: stored?.source,
          result: stored?.result,
        })),
      ),
    );
    return;
  }
  for (const { kind, title, url, stored } of entries) {
    console.log(`${kind}: ${title}`);
    console.log(
      stored === undefined
        ? `  missing: stargan weights fetch ${kind}, or stargan weights add FILE with ${url}`
        : `  ${stored.file}, from ${stored.source.name} (SHA-256 ${stored.source.sha256})`,
    );
  }
}
