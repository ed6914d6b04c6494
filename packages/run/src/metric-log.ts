import { appendFile, open, readFile } from 'node:fs/promises';
import { writeWholeFile } from '@stargan/checkpoints';

/** One line of the log. */
export type LogEntry = { iteration: number } & Record<string, number>;

/** A log of numbers, one JSON object per line. */
export interface MetricLog {
  /**
   * Writes one line.
   *
   * @param entry the line
   */
  append(entry: LogEntry): Promise<void>;
}

/**
 * Opens a log for appending. Lines after `iteration` are dropped first, so that a resumed run does not repeat
 * iterations that were lost; so is a truncated last line.
 *
 * @param file path of the log
 * @param iteration the last one whose line is kept
 */
export async function openMetricLog(file: string, iteration: number): Promise<MetricLog> {
  const kept = (await readMetricLog(file)).filter((entry) => entry.iteration <= iteration);
  await writeWholeFile(file, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return { append: (entry) => appendToLog(file, entry) };
}

/**
 * Appends one line to a file, which is made where it is missing.
 *
 * @param file path of the log
 * @param entry the line
 */
export function appendToLog(file: string, entry: LogEntry): Promise<void> {
  return appendFile(file, `${JSON.stringify(entry)}\n`);
}

/**
 * The complete lines of a log; none when the file does not exist.
 *
 * @param file path of the log
 */
export async function readMetricLog(file: string): Promise<LogEntry[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return linesOf(text);
}

/** The complete lines of a text; what is no line of a log is left out. */
function linesOf(text: string): LogEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as LogEntry;
      return typeof entry.iteration === 'number' ? [entry] : [];
    } catch {
      return [];
    }
  });
}

/** More than a line of a log takes. */
const TAIL_BYTES = 64 * 1024;

/**
 * The last complete line of a log, without reading all of it; undefined where there is none.
 *
 * @param file path of the log
 */
export async function readLastEntry(file: string): Promise<LogEntry | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return linesOf(buffer.toString('utf8', 0, bytesRead)).at(-1);
  } finally {
    await handle.close();
  }
}

/** Lines that may wait to be written; the oldest are dropped beyond this. */
const MOST_WAITING = 10_000;

/**
 * A log that keeps the lines that could not be written, and writes them before the next one.
 *
 * @param log may fail
 */
export function retryingLog(log: MetricLog): MetricLog {
  let waiting: LogEntry[] = [];
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
