import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects JavaScript's garbage now. TensorFlow works in the memory of the typed arrays that tensors are made of, as initial weights
 * are, and JavaScript frees it only when it collects, which it finds no reason for while long calls into TensorFlow follow each
 * other: at the reference's widths 0.9 GB of initial weights and moments would stay for many iterations.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    // The function is there in contexts that are made while the flag is set.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
