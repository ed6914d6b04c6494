export { fitTraining, LARGEST_BATCH, waysToSave, type Budget, type MemoryFit, type FitOptions, type WayToSave } from './fit.js';
export { forecast, planTraining, type Forecast, type MemoryPlan, type PlanOptions, type StateBytes } from './plan-training.js';
export { trainingWorkload, type TrainingWorkload, type WorkloadOptions } from './training-workload.js';
