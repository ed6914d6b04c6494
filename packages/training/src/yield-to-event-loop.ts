/** Lets signals and timers run, which they cannot while TensorFlow computes. */
export const turnEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
