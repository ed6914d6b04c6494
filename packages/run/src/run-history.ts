import { open, readFile } from 'node:fs/promises';
import { runPaths } from './run-directory.js';

/** Something that happened to a run; one line of `history.jsonl`. */
export interface RunEvent {
  /** What happened. */
  readonly event: 'begun' | 'resumed' | 'nonFinite' | 'rolledBack' | 'completed' | 'stopped' | 'failed';
  /** Iterations done by then. */
  readonly iteration: number;
  /** Details of the event. */
  readonly [detail: string]: unknown;
}

/**
 * Appends a line to a run's history and waits until it is on the disk. Lines are never removed.
 *
 * @param directory of the run
 * @param event what happened
 */
export async function appendToHistory(directory: string, event: RunEvent): Promise<void> {
  const handle = await open(runPaths(directory).history, 'a');
  try {
    await handle.appendFile(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * What happened to a run, oldest first; damaged lines are left out. Runs of earlier versions have no history.
 *
 * @param directory of the run
 */
export async function readHistory(directory: string): Promise<RunEvent[]> {
  const text = await readFile(runPaths(directory).history, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      const event = JSON.parse(line) as RunEvent;
      return typeof event.event === 'string' && typeof event.iteration === 'number' ? [event] : [];
    } catch {
      return [];
    }
  });
}
