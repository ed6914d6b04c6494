import { env, Environment } from '@tensorflow/tfjs-core';

const WARNED = Symbol.for('@stargan/two-cores');

/**
 * Warns, once for all packages, where two copies of tfjs-core are loaded. They share the environment that the first one made, but
 * not the methods and classes that `@tensorflow/tfjs` adds to its own: what works with one copy fails with the other.
 *
 * It runs when a package is imported, from a module that each of its functions needs: a bundler that leaves out the functions
 * may leave it out too.
 */
export function warnOfSecondCore(): void {
  const global = globalThis as { [WARNED]?: boolean };
  if (global[WARNED] === true || env() instanceof Environment) return;
  global[WARNED] = true;
  console.warn(
    '@stargan: two copies of @tensorflow/tfjs-core are loaded and cannot be mixed; see `npm ls @tensorflow/tfjs-core`, and keep one version.',
  );
}
