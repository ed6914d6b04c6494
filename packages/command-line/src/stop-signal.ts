import { constants } from 'node:os';

/** Signals that ask a command to save and exit: a key press, a scheduler, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type StopName = (typeof SIGNALS)[number];

/** Time to read the answer to a first Ctrl-C; a second one that comes sooner was pressed before it was shown. */
const READING_MS = 1000;

/** A request to stop. */
export interface StopSignal {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of a process that was stopped by the signal (130, 143 or 129); undefined before it came. */
  readonly exitCode: () => number | undefined;
  /** Stops handling the signals. */
  readonly release: () => void;
}

/** What {@link stopSignal} uses of the process, so that tests can replace it. */
export interface StopSurroundings {
  /**
   * As `process.on`.
   *
   * @param name of the signal
   * @param listener called when it comes
   */
  on(name: StopName, listener: (name: StopName) => void): unknown;
  /**
   * As `process.off`.
   *
   * @param name of the signal
   * @param listener that is no longer called
   */
  off(name: StopName, listener: (name: StopName) => void): unknown;
  /**
   * As `process.exit`.
   *
   * @param code of the exit
   */
  exit(code: number): void;
  /**
   * Prints a text and calls back once it has been printed, or could not be.
   *
   * @param text that is printed
   * @param shown called then
   */
  write(text: string, shown: () => void): void;
  /** Milliseconds on a monotonic clock. */
  now(): number;
}

const ofProcess: StopSurroundings = {
  on: (name, listener) => process.on(name, listener),
  off: (name, listener) => process.off(name, listener),
  exit: (code) => process.exit(code),
  write: (text, shown) => void process.stderr.write(text, shown),
  now: () => performance.now(),
};

/**
 * An abort signal for Ctrl-C, SIGTERM and SIGHUP: the first asks to save and exit.
 *
 * Only a second Ctrl-C exits at once, and only when the answer to the first could be read: while TensorFlow computes,
 * no signal is handled, and two that came meanwhile are delivered together. Schedulers repeat SIGTERM, and package
 * managers forward a Ctrl-C that the terminal has already sent; neither may cost the checkpoint.
 *
 * @param what is being stopped, and when
 * @param surroundings replaced in tests
 */
export function stopSignal(what = 'stopping after this iteration', surroundings: StopSurroundings = ofProcess): StopSignal {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let shownAt: number | undefined;
  const onSignal = (name: StopName): void => {
    const code = 128 + constants.signals[name];
    if (exitCode === undefined) {
      exitCode = code;
      const show = (): void => void (shownAt = surroundings.now());
      surroundings.write(`\n${what}; Ctrl-C once more to leave at once\n`, show);
      controller.abort();
    } else if (name === 'SIGINT' && shownAt !== undefined && surroundings.now() - shownAt >= READING_MS) {
      surroundings.exit(code);
    }
  };
  for (const name of SIGNALS) surroundings.on(name, onSignal);
  const release = (): void => {
    for (const name of SIGNALS) surroundings.off(name, onSignal);
  };
  return { signal: controller.signal, exitCode: () => exitCode, release };
}
