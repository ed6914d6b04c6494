import { setImmediate } from 'node:timers/promises';
import { stopSignal, type StopSignal } from './stop-signal.js';

/** How a long command ended: complete, or stopped before. */
export type StoppableOutcome = 'completed' | 'stopped';

/** Whether an error, or its cause, is the abortion of the signal. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || !(error instanceof Error)) return false;
  return error === signal.reason || error.name === 'AbortError' || isAbort(error.cause, signal);
}

/**
 * Runs a long command that can be stopped by a signal, and sets the exit code: 0 when it completed, whatever became of
 * its output, and that of the signal (130, 143, 129) when it was stopped.
 *
 * @param what is printed at the first signal
 * @param task saves what it has when the signal is aborted, and returns whether it completed
 * @param open creates the signal; replaced in tests
 */
export async function runStoppable(
  what: string,
  task: (signal: AbortSignal) => Promise<StoppableOutcome>,
  open: (what: string) => StopSignal = stopSignal,
): Promise<void> {
  const stop = open(what);
  try {
    let outcome: StoppableOutcome;
    try {
      outcome = await task(stop.signal);
    } catch (error) {
      if (!isAbort(error, stop.signal)) throw error;
      outcome = 'stopped';
    }
    // Output that the task wrote may fail a moment later.
    await setImmediate();
    process.exitCode = outcome === 'completed' ? 0 : (stop.exitCode() ?? 0);
  } finally {
    stop.release();
  }
}
