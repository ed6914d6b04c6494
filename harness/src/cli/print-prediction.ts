import type { Runtime } from '@stargan/backend';
import { summarizeFit } from '../planning/describe-fit.js';
import { describeRuns, type PlannedRuns } from '../planning/describe-run.js';
import { fitTraining } from '../planning/fit.js';
import { memoryBudget } from '../planning/memory-budget.js';

/** Prints to standard error how much memory, disk space and time a training will take, and warns where there is less. */
export async function printPrediction({ runtime, ...planned }: Omit<PlannedRuns, 'state'> & { runtime: Runtime }): Promise<void> {
  const budget = await memoryBudget(runtime);
  const fit = fitTraining(planned.config, planned.domains, budget);
  for (const line of [...summarizeFit(fit, budget), ...(await describeRuns({ ...planned, state: fit.plan.stateBytes }))])
    console.error(line);
}
