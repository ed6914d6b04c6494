import { afterEach, describe, expect, it } from 'vitest';
import { runStoppable } from './run-stoppable.js';
import type { StopSignal } from './stop-signal.js';

afterEach(() => {
  process.exitCode = undefined;
});

/** A signal that a test sends. */
function controlled(): { open: () => StopSignal; send: (code: number) => void; released: () => boolean } {
  const controller = new AbortController();
  let code: number | undefined;
  let released = false;
  return {
    open: () => ({ signal: controller.signal, exitCode: () => code, release: () => void (released = true) }),
    send: (sent) => {
      code = sent;
      controller.abort();
    },
    released: () => released,
  };
}

describe('runStoppable', () => {
  it('ends with 0 when all was done, even if a signal or a lost output came before the end', async () => {
    const stop = controlled();
    await runStoppable(
      '',
      () => {
        process.exitCode = 1;
        stop.send(143);
        return Promise.resolve('completed');
      },
      stop.open,
    );
    expect(process.exitCode).toBe(0);
    expect(stop.released()).toBe(true);
  });

  it("ends with the signal's code when it was stopped", async () => {
    const stop = controlled();
    await runStoppable(
      '',
      () => {
        stop.send(130);
        return Promise.resolve('stopped');
      },
      stop.open,
    );
    expect(process.exitCode).toBe(130);
  });

  it('takes an error that the signal caused for a stop, and passes on every other', async () => {
    const stop = controlled();
    await runStoppable(
      '',
      (signal) => {
        stop.send(129);
        return Promise.reject(new Error('the download was stopped', { cause: signal.reason }));
      },
      stop.open,
    );
    expect(process.exitCode).toBe(129);
    const other = controlled();
    await expect(
      runStoppable(
        '',
        () => {
          other.send(130);
          return Promise.reject(new Error('disk full'));
        },
        other.open,
      ),
    ).rejects.toThrow('disk full');
    expect(other.released()).toBe(true);
  });
});
