import type { MetricLog } from '../logging/metric-log.js';

/** Things beside training that may fail: each is warned of once, then counted. */
export interface Attempts {
  /** Does it; a failure is said, not thrown. */
  attempt(what: string, action: () => Promise<unknown>): Promise<void>;
  /** How often each thing failed, as lines for people; none where all went well. */
  summary(): string[];
}

/** @param warn takes a line */
export function tolerateFailures(warn: (line: string) => void): Attempts {
  const failures = new Map<string, number>();
  return {
    async attempt(what, action) {
      try {
        await action();
      } catch (error) {
        const count = (failures.get(what) ?? 0) + 1;
        failures.set(what, count);
        if (count === 1)
          warn(`warning: ${what} could not be written: ${(error as Error).message}; training goes on, further failures are counted`);
      }
    },
    summary: () => [...failures].map(([what, count]) => `warning: ${what} could not be written ${count === 1 ? 'once' : `${count} times`}`),
  };
}

/** Lines that wait for a disk that takes them; older ones are given up. */
const MOST_WAITING = 10_000;

/** A log that keeps lines that could not be written, and writes them before the next one. */
export function patientLog(log: MetricLog): MetricLog {
  let waiting: Parameters<MetricLog['append']>[0][] = [];
  return {
    async append(entry) {
      waiting = [...waiting.slice(1 - MOST_WAITING), entry];
      while (waiting.length > 0) {
        await log.append(waiting[0]!);
        waiting = waiting.slice(1);
      }
    },
  };
}
