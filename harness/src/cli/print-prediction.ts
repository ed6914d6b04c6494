import { memoryBudget, type Runtime } from '@stargan/backend';
import { fitTraining, type Forecast } from '@stargan/training/planning';
import { summarizeFit } from '../planning/describe-fit.js';
import { describeRuns, type PlannedRuns } from '../planning/describe-run.js';

/** What {@link printPrediction} is about. */
export interface Prediction extends Omit<PlannedRuns, 'state'> {
  /** Runtime that trains. */
  readonly runtime: Runtime;
  /** A plan that there is already. */
  readonly forecasted?: Forecast | undefined;
}

/** Prints to standard error how much memory, disk space and time a training will take, and warns where there is less. */
export async function printPrediction({ runtime, forecasted, ...planned }: Prediction): Promise<void> {
  const budget = await memoryBudget(runtime);
  const fit = fitTraining(planned.config, planned.domains, budget, { forecasted });
  for (const line of [...summarizeFit(fit, budget), ...(await describeRuns({ ...planned, state: fit.plan.stateBytes }))])
    console.error(line);
}
