import {
  adoptRecord,
  appendToHistory,
  appendToLog,
  changedValues,
  CONFIG_KEYS,
  configFields,
  configKeys,
  createEventLog,
  describeEvaluation,
  describeMeans,
  describePassedOver,
  describeReasons,
  describeRunList,
  emptyScores,
  evaluationFile,
  findBest,
  findBestCheckpoint,
  findCheckpoint,
  findEvaluation,
  findRunRecord,
  formatScore,
  identityOf,
  isTraining,
  keepBest,
  listEvaluations,
  listRuns,
  lockRun,
  lossCharts,
  metricCharts,
  openMetricLog,
  optimizationCharts,
  parseConfig,
  PRESETS,
  readHistory,
  readLastEntry,
  readMetricLog,
  readRunRecord,
  readRunStatus,
  requireCheckpoint,
  requireFittingRun,
  resolveConfig,
  retryingLog,
  runPaths,
  scoreTable,
  speedCharts,
  writeEvaluation,
  writeRunRecord,
  type AdoptedRecord,
  type BestRecord,
  type Config,
  type ConfigChange,
  type ConfigSources,
  type DatasetRecord,
  type EvaluationRecord,
  type EventLog,
  type LogEntry,
  type MetricLog,
  type RunEvent,
  type RunList,
  type RunLock,
  type RunRecord,
  type RunState,
  type RunStatus,
  type RunSummary,
  type ScoreTable,
  type TaskResult,
} from '@stargan/run';
import { metricTable } from '@stargan/metrics';

const sources: ConfigSources = { preset: Object.keys(PRESETS)[0], assignments: ['batch=2'], log: (line) => console.log(line) };
const config: Config = await resolveConfig(sources);
const changes: ConfigChange[] = changedValues(parseConfig({}), config);
console.log(
  changes.map(({ key, from, to }) => [key, from, to]),
  CONFIG_KEYS.length,
  configFields.batch.description,
  configKeys.suggest('lr'),
);

const run = 'runs/01';
const dataset: DatasetRecord | undefined = undefined;
const record: RunRecord = { config, data: 'photos', domains: ['cat', 'dog'], ...(dataset !== undefined && { dataset }) };
const lock: RunLock = await lockRun(run);
const previous = await requireFittingRun(run, record, true);
const adopted: AdoptedRecord = await adoptRecord(run, record, previous, (line) => console.log(line));
await writeRunRecord(run, record);
const event: RunEvent = { event: 'begun', time: new Date().toISOString(), iteration: 0 };
await appendToHistory(run, event);
console.log(adopted.changes, await readHistory(run), await isTraining(run));

const entry: LogEntry = { iteration: 1, 'G/latent_cyc': 0.2 };
const log: MetricLog = retryingLog(await openMetricLog(runPaths(run).log, 0));
await log.append(entry);
await appendToLog(runPaths(run).speed, entry);
const events: EventLog = createEventLog(runPaths(run).tensorboard, 0);
await events.numbers(entry);
await events.close();
const lines = await readMetricLog(runPaths(run).log);
console.log(await readLastEntry(runPaths(run).log), [
  lossCharts(lines),
  optimizationCharts(lines),
  speedCharts(lines),
  metricCharts(lines),
]);

const { checkpoint } = await requireCheckpoint(run);
const { notes } = await findCheckpoint(run, 1);
console.log(notes, describePassedOver({ path: checkpoint.path, reason: 'a checksum differs' }));
const evaluations: EvaluationRecord[] = await listEvaluations(run);
const [evaluation] = evaluations;
if (evaluation !== undefined) {
  const table: ScoreTable = scoreTable(evaluation);
  const tasks: TaskResult[] = evaluation.tasks;
  console.log(
    table.reasons,
    tasks.map(({ scores }) => describeReasons(scores)),
    describeEvaluation(evaluation),
    describeMeans(evaluation),
  );
  await writeEvaluation(run, evaluation);
  console.log(
    evaluationFile(run, 1, identityOf({})),
    await findEvaluation(run, 1, evaluation.identity),
    await keepBest(run, checkpoint, evaluation, 'lpips'),
  );
}
console.log(emptyScores(), formatScore(metricTable[0]!, null));
const best: BestRecord | undefined = await findBest(run);
console.log(best?.value, (await findBestCheckpoint(run)).iteration);

const list: RunList = await listRuns('runs');
const summaries: readonly RunSummary[] = list.runs;
const status: RunStatus = await readRunStatus(run, (await findRunRecord(run)) ?? (await readRunRecord(run)));
const state: RunState = status.state;
console.log(describeRunList(list), summaries.length, state);
await lock.release();
