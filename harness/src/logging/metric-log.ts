import { appendFile, readFile } from 'node:fs/promises';
import { writeWholeFile } from '@stargan/checkpoints';

/** One line of the log. */
export type LogEntry = { iteration: number } & Record<string, number>;

/** A log of numbers, one JSON object a line. */
export interface MetricLog {
  append(entry: LogEntry): Promise<void>;
}

/**
 * Opens a log for appending. Lines after `iteration` are dropped first, so that a resumed run does not repeat
 * iterations that were lost; so is a last line that was cut off.
 */
export async function openMetricLog(file: string, iteration: number): Promise<MetricLog> {
  const kept = (await readMetricLog(file)).filter((entry) => entry.iteration <= iteration);
  await writeWholeFile(file, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return { append: (entry) => appendToLog(file, entry) };
}

/** Appends a line, and touches no other. */
export function appendToLog(file: string, entry: LogEntry): Promise<void> {
  return appendFile(file, `${JSON.stringify(entry)}\n`);
}

/** The lines of a log that are whole; none when there is no file. */
export async function readMetricLog(file: string): Promise<LogEntry[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as LogEntry;
      return typeof entry.iteration === 'number' ? [entry] : [];
    } catch {
      return [];
    }
  });
}
