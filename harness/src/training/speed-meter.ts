import { memory } from '@tensorflow/tfjs-core';
import { formatDuration } from '@stargan/command-line';

/** Seconds since it was last read, how many of them were spent waiting for images, and the memory in use. */
export interface SpeedMeter {
  read(iteration: number): Record<string, number>;
  /** Stops the clock. @returns starts it again */
  pause(): () => void;
  /** Starts over at an iteration, after a roll-back. */
  restart(iteration: number): void;
}

/**
 * @param iteration at which the clock starts
 * @param waitSeconds seconds that the current stream has kept training waiting
 */
export function startSpeedMeter(iteration: number, waitSeconds: () => number): SpeedMeter {
  let began = performance.now();
  let waited = waitSeconds();
  let logged = iteration;
  const restart = (now: number): void => {
    began = performance.now();
    waited = waitSeconds();
    logged = now;
  };
  return {
    read(now) {
      const seconds = (performance.now() - began) / 1000;
      const dataWaitSeconds = waitSeconds() - waited;
      const iterations = now - logged;
      restart(now);
      return {
        iterations,
        seconds,
        dataWaitSeconds,
        dataWaitShare: dataWaitSeconds / seconds,
        tensorBytes: memory().numBytes,
        residentBytes: process.memoryUsage.rss(),
      };
    },
    pause() {
      const paused = performance.now();
      return () => (began += performance.now() - paused);
    },
    restart,
  };
}

/** Share of the time above which reading images deserves a remedy. */
const NOTICEABLE = 0.02;

/** Seconds of training below which most of the waiting is the reader's start. */
const SHORT = 60;

/**
 * Says how long training waited for images and, from 2 % of the time on, what to do about it, unless the training was
 * too short to tell.
 *
 * @param waited seconds
 * @param seconds of the whole training, > 0
 */
export function describeDataWait(waited: number, seconds: number): string {
  const share = waited / seconds;
  const line = `waited ${waited.toFixed(1)} s for images, ${(100 * share).toFixed(1)} % of ${formatDuration(seconds)}`;
  return share < NOTICEABLE || seconds < SHORT ? line : `${line}; files that are no larger than needed, on a local disk, are read faster`;
}
