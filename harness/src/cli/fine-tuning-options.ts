import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { holds, resolveLinks } from '@stargan/command-line';
import { findPretrained, parseStoredRecord, RECORD_FILE, type PretrainedKind } from '@stargan/training';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseConfig, CONFIG_KEYS, type Config, describePassedOver, changedValues } from '@stargan/run';
import type { FineTuning } from '../training/fine-tuning.js';
import { UsageError } from '../usage-error.js';
import { checkpointChoice, openChosenCheckpoint, type CheckpointChoice } from './checkpoint-option.js';
import { requireRunFolder } from './run-model.js';

/** Options of a training that begins with the weights of a trained model. */
export interface FineTuningArguments {
  from?: string;
  checkpoint?: CheckpointChoice;
  fromWeights?: PretrainedKind;
  newDomain?: Record<string, string>;
}

/** Adds the options of {@link FineTuningArguments} to a command. */
export function addFineTuningOptions(command: Command): Command {
  return command
    .option('--from <run>', 'begin with the weights of a trained run, of any domains, at its newest whole checkpoint')
    .option('--checkpoint <iteration>', 'another checkpoint of --from; best for the one that evaluations found best', checkpointChoice)
    .addOption(
      new Option(
        '--from-weights <which>',
        'moving averages (ema, the default) or live weights of generator, mapping network and style encoder',
      ).choices(['ema', 'live']),
    )
    .option('--new-domain <new=old>', 'a new domain begins with the heads of one of --from; may be given several times', copyOfHeads);
}

/** Reads `--new-domain wolf=dog`. */
function copyOfHeads(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const [name, old, ...rest] = text.normalize('NFC').split('=');
  if (!name || !old || rest.length > 0) throw new InvalidArgumentError('It takes new=old, such as wolf=dog.');
  if (Object.hasOwn(previous, name)) throw new InvalidArgumentError(`It names ${name} twice.`);
  return { ...previous, [name]: old };
}

/** A trained model that a training begins with, and the configuration that it was trained with. */
export interface OpenedFineTuning extends FineTuning {
  /** What the new training has as long as nothing else is said, but for what was frozen. */
  readonly base: Config;
}

/**
 * The trained model that a training begins with; undefined where none is named.
 *
 * @throws UsageError where there is none, or options contradict each other
 */
export async function openFineTuning(
  { from, checkpoint, fromWeights, newDomain }: FineTuningArguments,
  resume: boolean,
): Promise<OpenedFineTuning | undefined> {
  if (from === undefined) {
    const given = { '--checkpoint': checkpoint, '--from-weights': fromWeights, '--new-domain': newDomain };
    for (const [option, value] of Object.entries(given))
      if (value !== undefined) throw new UsageError(`${option} needs --from, the run whose weights the training begins with`);
    return undefined;
  }
  if (resume)
    throw new UsageError('--resume and --from exclude each other: a run that was begun with --from is resumed by --resume --out alone');
  await requireRunFolder(from);
  const source = path.resolve(checkpoint === undefined ? from : (await openChosenCheckpoint(from, checkpoint)).path);
  const onPassedOver = (broken: { path: string; reason: string }): void => console.error(describePassedOver(broken));
  const pretrained = await findPretrained(source, { weights: fromWeights ?? 'ema', onPassedOver });
  return { pretrained, copies: newDomain ?? {}, base: await readBase(from) };
}

/** The configuration of a run; that of a checkpoint's own folder is two above. What other programs have written beside it is passed over. */
async function readBase(from: string): Promise<Config> {
  const file = path.join(await runFolderOf(from), RECORD_FILE);
  const { config } = parseStoredRecord(await readFile(file, 'utf8'));
  const known = Object.entries(config).filter(([key]) => CONFIG_KEYS.includes(key as keyof Config));
  return parseConfig(Object.fromEntries(known));
}

async function runFolderOf(from: string): Promise<string> {
  const isRun = await readFile(path.join(from, RECORD_FILE)).then(
    () => true,
    () => false,
  );
  return isRun ? from : path.join(from, '..', '..');
}

/** @throws UsageError where the new run would be written into the one that it begins with */
export async function requireAnotherRun(from: string, out: string): Promise<void> {
  const [run, results] = await Promise.all([runFolderOf(from).then(resolveLinks), resolveLinks(out)]);
  if (holds(run, results))
    throw new UsageError(
      `--out ${out} ${run === results ? 'is' : 'lies in'} the run that --from names, which stays as it is; name another folder`,
    );
}

const shown = (value: Config[keyof Config]): string => (value === '' ? 'none' : `${value}`);

/** What the new training has otherwise than the one whose weights it begins with, a line each. */
export const describeChanges = (base: Config, config: Config): string[] =>
  changedValues(base, config).map(({ key, from, to }) => `${key}: ${shown(to)}, ${shown(from)} in the run of the weights`);
