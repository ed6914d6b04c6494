import { runStoppable } from '@stargan/command-line';
import { listDomains } from '@stargan/data';
import type { StudyOptions, StudyResult } from '../studies/train-models.js';
import { requireFolder } from './folders.js';
import { printPrediction } from './print-prediction.js';
import { checkFolders, configOf, startTrainingRuntime, type TrainingArguments } from './training-options.js';

/** What sets a study apart from others. */
export interface StudyCommand {
  /** How many models it trains. */
  readonly models: (domains: number) => number;
  readonly run: (options: StudyOptions) => Promise<StudyResult>;
  /** Something to say before it begins. */
  readonly note?: string | undefined;
}

/** Runs a study of several trainings as its options say, and prints its table, or JSON. */
export async function runStudy(options: TrainingArguments, { models, run, note }: StudyCommand): Promise<void> {
  const { data, out, json = false } = options;
  await checkFolders(options);
  const base = await configOf(options);
  await requireFolder('--data', data);
  if (note !== undefined) console.error(`note: ${note}`);
  await runStoppable('stopping after this iteration, and saving', async (signal) => {
    const domains = (await listDomains(data)).length;
    const started = await startTrainingRuntime(base, domains, options);
    await printPrediction({ config: base, domains, out, ...started, models: models(domains) });
    const log = (line: string): void => (json ? console.error : console.log)(line);
    const result = await run({ data, out, base, log, signal, progress: json ? 'stderr' : 'stdout' });
    if (json) console.log(JSON.stringify(result));
    else if (result.completed) console.log(`\n${result.text}\n\nnumbers   ${result.json}\npage      ${result.html}`);
    else console.log(`stopped at ${result.model}; everything is saved, and the same command resumes it`);
    return result.completed ? 'completed' : 'stopped';
  });
}
