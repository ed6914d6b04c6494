export { lossCharts, metricCharts, optimizationCharts, speedCharts } from './charts.js';
export { configKeys } from './config/suggest-key.js';
export { PRESETS } from './config/presets.js';
export { parseConfig, resolveConfig, type ConfigSources } from './config/resolve.js';
export { CONFIG_KEYS, configFields, type Config } from './config/schema.js';
export type { DatasetRecord } from './dataset-record.js';
export { findBest, findBestCheckpoint, keepBest, type BestRecord } from './evaluation/best-checkpoint.js';
export {
  emptyScores,
  evaluationFile,
  findEvaluation,
  identityOf,
  listEvaluations,
  writeEvaluation,
  type EvaluationRecord,
  type TaskResult,
} from './evaluation/evaluation-record.js';
export {
  describeEvaluation,
  describeMeans,
  describeReasons,
  formatScore,
  scoreTable,
  type ScoreTable,
} from './evaluation/results-table.js';
export { createEventLog, type EventLog } from './event-log.js';
export { describeRunList, listRuns, type RunList, type RunSummary } from './list-runs.js';
export { appendToLog, openMetricLog, readLastEntry, readMetricLog, retryingLog, type LogEntry, type MetricLog } from './metric-log.js';
export { adoptRecord, changedValues, requireFittingRun, type AdoptedRecord, type ConfigChange } from './resume-rules.js';
export {
  describePassedOver,
  findCheckpoint,
  findRunRecord,
  readRunRecord,
  requireCheckpoint,
  runPaths,
  writeRunRecord,
  type RunRecord,
} from './run-directory.js';
export { appendToHistory, readHistory, type RunEvent } from './run-history.js';
export { isTraining, lockRun, type RunLock } from './run-lock.js';
export { readRunStatus, type RunState, type RunStatus } from './run-status.js';
