import { NETWORK_NAMES, type TrainingState, stateNorms } from '@stargan/training';
import type { Config } from '../config/schema.js';
import { createEventLog, type EventLog } from '../logging/event-log.js';
import { readMetricLog, type LogEntry } from '../logging/metric-log.js';
import type { OptionalWrites } from '../logging/optional-writes.js';
import { runPaths } from '../run/run-directory.js';

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

/** A monitor that writes what TensorBoard shows. */
export function createMonitor({ out, config, optionalWrites, iteration: start }: MonitorOptions): Monitor {
  const paths = runPaths(out);
  const events = config.tensorboard ? createEventLog(paths.tensorboard, start) : undefined;
  const attempt = async (write: (log: EventLog) => Promise<void>): Promise<void> => {
    if (events !== undefined) await optionalWrites.attempt('tensorboard/', () => write(events));
  };
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
    sampled: (files, iteration) => attempt((log) => log.pictures(files, iteration)),
    async evaluated(iteration) {
      await attempt(async (log) => {
        const last = (await readMetricLog(paths.evaluationLog)).filter((entry) => entry.iteration === iteration).at(-1);
        if (last !== undefined) await log.numbers(last, 'evaluation/');
      });
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
