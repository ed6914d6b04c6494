import { NETWORK_NAMES, type TrainingState, stateNorms } from '@stargan/training';
import { type Config, readMetricLog, type LogEntry, runPaths, createEventLog, type EventLog } from '@stargan/run';
import type { OptionalWrites } from '../logging/optional-writes.js';
import { writeReport } from '../report/write-report.js';

/** Lets people follow a training besides its logs. Nothing of it can fail the training. */
export interface Monitor {
  /** Lines of the logs of losses and of speed were written. */
  logged(losses: LogEntry, speed: LogEntry): Promise<void>;
  /** Grids were written. */
  sampled(files: readonly string[], iteration: number): Promise<void>;
  /** An evaluation ended. */
  evaluated(iteration: number): Promise<void>;
  /** Training continues after an iteration that it had left behind. */
  rolledBack(iteration: number): Promise<void>;
  close(): Promise<void>;
}

/** Options of {@link createMonitor}. */
export interface MonitorOptions {
  readonly out: string;
  readonly config: Config;
  readonly optionalWrites: OptionalWrites;
  /** Iterations done. */
  readonly iteration: number;
}

/** The report is written again at the earliest this long after it was written last, */
const SECONDS_BETWEEN_REPORTS = 30;

/** and so seldom that it takes at most one part in this many of the time. */
const TIMES_LONGER = 100;

/** Writes a run's report when it is due, by the time that it took the last time. */
function refreshedReport(run: string): () => Promise<void> {
  let next = 0;
  return async () => {
    const began = performance.now();
    if (began < next) return;
    // A report that cannot be written is not tried again at once either.
    next = began + 1000 * SECONDS_BETWEEN_REPORTS;
    await writeReport(run);
    const now = performance.now();
    next = now + Math.max(1000 * SECONDS_BETWEEN_REPORTS, TIMES_LONGER * (now - began));
  };
}

/** A monitor that writes what TensorBoard shows, and refreshes the report after grids and evaluations. */
export function createMonitor({ out, config, optionalWrites, iteration: start }: MonitorOptions): Monitor {
  const paths = runPaths(out);
  const events = config.tensorboard ? createEventLog(paths.tensorboard, start) : undefined;
  const attempt = async (write: (log: EventLog) => Promise<void>): Promise<void> => {
    if (events !== undefined) await optionalWrites.attempt('tensorboard/', () => write(events));
  };
  const refresh = refreshedReport(out);
  const attemptReport = (): Promise<void> => optionalWrites.attempt('report.html', refresh);
  let isDescribed = false;
  return {
    async logged(losses, speed) {
      await attempt(async (log) => {
        if (!isDescribed) await log.table('configuration', config, losses.iteration);
        isDescribed = true;
        await log.numbers(losses);
        await log.numbers(speed, 'speed/');
      });
    },
    async sampled(files, iteration) {
      await attempt((log) => log.pictures(files, iteration));
      await attemptReport();
    },
    async evaluated(iteration) {
      await attempt(async (log) => {
        const last = (await readMetricLog(paths.evaluationLog)).filter((entry) => entry.iteration === iteration).at(-1);
        if (last !== undefined) await log.numbers(last, 'evaluation/');
      });
      await attemptReport();
    },
    rolledBack: (iteration) => attempt((log) => log.restart(iteration)),
    close: () => attempt((log) => log.close()),
  };
}

/** What a line of the log says besides the losses: norms of weights and gradients, and the learning rates in force. */
export function readingsOf(state: TrainingState, { learningRate, mappingLearningRate }: Config): Record<string, number> {
  const rates = NETWORK_NAMES.map((name) => [`learningRate/${name}`, name === 'mappingNetwork' ? mappingLearningRate : learningRate]);
  return { ...stateNorms(state), ...(Object.fromEntries(rates) as Record<string, number>) };
}
