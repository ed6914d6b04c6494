import { yieldToEventLoop } from '@stargan/training';
import { stopSignal, type StopSignal } from './stop-signal.js';

/** How a long command ended: with all that was asked for, or before. */
export type StoppableOutcome = 'completed' | 'stopped';

/** Whether an error, or what caused it, is that the signal was aborted. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || !(error instanceof Error)) return false;
  return error === signal.reason || error.name === 'AbortError' || isAbort(error.cause, signal);
}

/**
 * Runs a long command that signals stop, and sets the exit code: 0 when it completed, whatever became of its output,
 * and the signal's own (130, 143, 129) when it was stopped.
 *
 * @param what is said at the first signal
 * @param task saves what it has when the signal is aborted, and says whether it completed
 * @param open makes the signal, unless a test has another
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
    // What the task wrote may fail a moment later.
    await yieldToEventLoop();
    process.exitCode = outcome === 'completed' ? 0 : (stop.exitCode() ?? 0);
  } finally {
    stop.release();
  }
}
