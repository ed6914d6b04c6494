/** Lets signals, timers and the page's own work run, which they cannot while TensorFlow.js computes. */
export const yieldToEventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    // Browsers have no setImmediate; the few milliseconds of their timers are little beside what is computed in between.
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
