import { InvalidArgumentError } from 'commander';

/** The largest number that options accept where more could only be a mistake. */
const MOST = 1e9;

/**
 * A whole number from the command line.
 *
 * @param text what was given to the option
 */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed.');
  return value;
}

/**
 * A whole number ≥ 1 from the command line.
 *
 * @param text what was given to the option
 */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > MOST) throw new InvalidArgumentError('a whole number ≥ 1 is needed.');
  return value;
}

/** The most threads that a runtime can be given. */
const MOST_THREADS = 1024;

/**
 * A number of threads from the command line.
 *
 * @param text what was given to the option
 */
export function threadCount(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > MOST_THREADS)
    throw new InvalidArgumentError(`a whole number from 1 to ${MOST_THREADS} is needed; leave the option out for all cores.`);
  return value;
}

/**
 * The number of a port.
 *
 * @param text what was given to the option
 * @throws InvalidArgumentError
 */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65535) throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  return port;
}

/**
 * A share, from 0 to 1, from the command line.
 *
 * @param text what was given to the option
 */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('a number from 0 to 1 is needed.');
  return value;
}
