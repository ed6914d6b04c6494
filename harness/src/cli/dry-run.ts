import { inspectMachine, memoryBudget } from '@stargan/backend';
import { openDataset } from '@stargan/data';
import { fitTraining } from '@stargan/training/planning';
import type { Config } from '@stargan/run';
import { logDataset } from '../dataset/log-dataset.js';
import { summarizeFit } from '../planning/describe-fit.js';
import { describeRuns } from '../planning/describe-run.js';
import { describeFineTuning, planFineTuning, summarizeFineTuning, type FineTuning } from '../training/fine-tuning.js';
import { usedRuntime } from './plan-command.js';

/** What `stargan train --dry-run` is about. */
export interface DryRun {
  readonly data: string;
  /** Folder that the run would have. */
  readonly out: string;
  readonly config: Config;
  /** Whether a run in `out` would be resumed. */
  readonly resumes: boolean;
  /** The trained model that it would begin with. */
  readonly from?: FineTuning | undefined;
  readonly json: boolean;
}

/** Says what would be trained, on what, where, and what it takes. Nothing is written. */
export async function printDryRun({ data, out, config, resumes, from, json }: DryRun): Promise<void> {
  const dataset = await openDataset(data);
  const names = dataset.train.domains.map(({ name }) => name);
  const domains = names.length;
  const plan = from && planFineTuning(from, { config, domains: names });
  const budget = await memoryBudget(usedRuntime(await inspectMachine()));
  const fit = fitTraining(config, domains, budget);
  if (json) {
    const { runtimeBytes, availableBytes, place } = budget;
    const counts = logDataset(dataset, () => undefined);
    const begun = from && plan && { from: summarizeFineTuning(from, plan) };
    console.log(JSON.stringify({ out, resumes, config, dataset: counts, ...begun, ...fit, place, runtimeBytes, availableBytes }, null, 2));
    return;
  }
  const width = Math.max(...Object.keys(config).map(({ length }) => length));
  const values = Object.entries(config).map(([key, value]) => `  ${key.padEnd(width)}  ${value}`);
  console.log([resumes ? `would resume ${out}, with` : `would train in ${out}, with`, ...values].join('\n'));
  logDataset(dataset, (line) => console.log(line));
  for (const line of from && plan ? describeFineTuning(from, plan) : []) console.log(line);
  const planned = { config, domains, out, state: fit.plan.stateBytes };
  for (const line of [...summarizeFit(fit, budget), ...(await describeRuns(planned))]) console.log(line);
  console.log('nothing was written');
}
