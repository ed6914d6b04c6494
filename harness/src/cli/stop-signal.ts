/**
 * An abort signal for Ctrl-C and SIGTERM: the first asks to save and leave, a second leaves at once.
 *
 * @param what is stopped, and when
 * @returns the signal, and a function that gives the keys back
 */
export function stopSignal(what = 'stopping after this iteration'): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(1);
    console.error(`\n${what}; once more to leave at once`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const release = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { signal: controller.signal, release };
}
