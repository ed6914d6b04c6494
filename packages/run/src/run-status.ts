import { readLastEntry } from './metric-log.js';
import { runPaths, type RunRecord } from './run-directory.js';
import { readHistory, type RunEvent } from './run-history.js';
import { isTraining } from './run-lock.js';

/** Where a run stands. */
export type RunState = 'running' | 'stopped' | 'finished' | 'failed';

/** Where a run stands, and how it came there. */
export interface RunStatus {
  /** What it does now, or how it ended. */
  readonly state: RunState;
  /** Iterations done, as far as the logs tell. */
  readonly iteration: number;
  /** Why it failed. */
  readonly reason?: string;
  /** What happened to it, oldest first. */
  readonly events: readonly RunEvent[];
}

/**
 * Where a run stands by its lock, its history and its log; nothing is written.
 *
 * @param run folder of the run
 * @param record of the run, as `readRunRecord` gives it
 */
export async function readRunStatus(run: string, { config }: RunRecord): Promise<RunStatus> {
  const [events, line, isRunning] = await Promise.all([readHistory(run), readLastEntry(runPaths(run).log), isTraining(run)]);
  const last = events.at(-1);
  const iteration = Math.max(line?.iteration ?? 0, last?.iteration ?? 0);
  const status = (state: RunState, reason?: string): RunStatus => ({ state, iteration, events, ...(reason !== undefined && { reason }) });
  if (isRunning) return status('running');
  switch (last?.event) {
    case 'completed':
      return status('finished');
    case 'stopped':
      return status('stopped');
    case 'failed':
      return status('failed', typeof last.reason === 'string' ? last.reason : 'the reason was not recorded');
    // Earlier versions kept no history.
    case undefined:
      return status(iteration >= config.iterations ? 'finished' : 'stopped');
    case 'begun':
    case 'resumed':
    case 'nonFinite':
    case 'rolledBack':
      return status(
        'failed',
        'its process ended without saying why: killed, or the machine went down; --resume goes on from the last checkpoint',
      );
  }
}
