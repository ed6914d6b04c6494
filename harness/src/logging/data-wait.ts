import { formatDuration } from './progress.js';

/** Share of the time above which reading images is worth looking at. */
const NOTICEABLE = 0.02;

/** Seconds of training below which the start of the reader is most of the waiting. */
const SHORT = 60;

/**
 * Says for people how long training stood still because the next images were not there yet, and from 2 % of the time
 * on what to do about it, unless the training was too short to tell.
 *
 * @param waited seconds
 * @param seconds of the whole training, > 0
 */
export function describeDataWait(waited: number, seconds: number): string {
  const share = waited / seconds;
  const line = `waited ${waited.toFixed(1)} s for images, ${(100 * share).toFixed(1)} % of ${formatDuration(seconds)}`;
  return share < NOTICEABLE || seconds < SHORT ? line : `${line}; files that are no larger than needed, on a local disk, are read faster`;
}
