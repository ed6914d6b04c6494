import {
  buildNetworks,
  defaultsOf,
  describeFinding,
  describeGridBounds,
  findUnusable,
  gridPasses,
  gridScale,
  openNewestState,
  parseStoredRecord,
  RECORD_FILE,
  samplerOfDomains,
  shownDomainsOf,
  trainingFields,
  type GridExtent,
  type NonFiniteFinding,
  type OpenedState,
  type OpenStateOptions,
  type Sampler,
  type StoredRecord,
} from '@stargan/training';
import {
  fitTraining,
  forecast,
  LARGEST_BATCH,
  planTraining,
  trainingWorkload,
  waysToSave,
  type Budget,
  type MemoryFit,
  type FitOptions,
  type Forecast,
  type MemoryPlan,
  type PlanOptions,
  type StateBytes,
  type TrainingWorkload,
  type WayToSave,
  type WorkloadOptions,
} from '@stargan/training/planning';

const config = { ...defaultsOf(trainingFields), imageSize: 16, batch: 2 };
const planned: PlanOptions = { domains: 2, kernels: 'composed' };
const plan: MemoryPlan = planTraining(config, planned);
const bytes: StateBytes = plan.stateBytes;
const forecasted: Forecast = forecast(config, 2);
const budget: Budget = { availableBytes: 1e9, runtimeBytes: 1e8, kernels: 'fused' };
const ways: WayToSave[] = waysToSave(config);
const options: FitOptions = { largerBatches: true, ways, forecasted };
const fit: MemoryFit = fitTraining(config, 2, budget, options);
const workloadOptions: WorkloadOptions = { domains: 2, values: 'zeros' };
const workload: TrainingWorkload = trainingWorkload(config, workloadOptions);
workload.dispose();
console.log(bytes.weights, fit.remedies, fit.largestBatch === LARGEST_BATCH);

const extent: GridExtent = { domains: 2, shown: shownDomainsOf(2, 0), sources: 2, rows: 2, latentGrids: 1, imageSize: 16 };
console.log(describeGridBounds(extent, '--domains 0'), gridPasses(extent), gridScale(16, { width: 32, height: 32 }));

const opening: OpenStateOptions = { domains: 2, sizes: config, log: console.log };
const opened: OpenedState | undefined = await openNewestState('run', buildNetworks(config, 2), opening);
const finding: NonFiniteFinding | undefined = opened && findUnusable(buildNetworks(config, 2), opened.state, 2, config);
if (finding !== undefined) console.log(describeFinding(finding));
const record: StoredRecord = parseStoredRecord('{}');
export const some = (sampler: Sampler): Sampler => samplerOfDomains(sampler, [0, 1]);
console.log(RECORD_FILE, record.domains);
