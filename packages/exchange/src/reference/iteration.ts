import { basename } from 'node:path';

/** `100,000 iterations`. */
export const describeIteration = (iteration: number): string => `${iteration.toLocaleString('en')} iteration${iteration === 1 ? '' : 's'}`;

/** The reference names its files `100000_nets.ckpt`, `100000_nets_ema.ckpt` and `100000_optims.ckpt`. */
const NUMBERED = /(?:^|\D)(\d{1,12})_(?:nets|optims)/;

/**
 * How many iterations a model was trained for.
 *
 * @param paths of its files
 * @param given number of iterations, where it was given
 * @param isNeeded whether training goes on from it; else 0 will do
 * @throws where the names do not agree, or do not say what is needed
 */
export function iterationOf(paths: readonly string[], given: number | undefined, isNeeded: boolean): number {
  if (given !== undefined) {
    if (!Number.isSafeInteger(given) || given < 0) throw new Error(`iteration must be a whole number ≥ 0, got ${given}`);
    return given;
  }
  const found = new Set(paths.flatMap((path) => NUMBERED.exec(basename(path))?.[1] ?? []).map(Number));
  if (found.size > 1) throw new Error(`the files are of iterations ${[...found].join(' and ')}; name those of one, or give the iteration`);
  const [iteration] = found;
  if (iteration === undefined && isNeeded)
    throw new Error('the names of the files do not say how many iterations they are of, as 100000_nets.ckpt does; give the iteration');
  return iteration ?? 0;
}
